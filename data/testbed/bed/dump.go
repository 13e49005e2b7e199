package bed

import (
	"encoding/json"
	"math"
	"net/http"
	"runtime"
	"runtime/metrics"
	"syscall"
	"time"
)

// Dump is one reading of everything the runtime measures about itself, and of the kernel's account of us.
type Dump struct {
	WallNs     int64             `json:"wall_ns"`
	Go         string            `json:"go"`
	Goroutines int               `json:"goroutines"`
	Metrics    map[string]any    `json:"metrics"`
	Rusage     map[string]int64  `json:"rusage"`
	Counters   map[string]uint64 `json:"counters,omitempty"`
}

// Counters may be set by a program to add counters of its own to every dump.
var Counters func() map[string]uint64

// bin is one filled bin of a runtime histogram: [lo, hi, count]; an open end is null.
type bin [3]any

func dump(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(TakeDump())
}

// TakeDump reads runtime/metrics and getrusage once.
func TakeDump() Dump {
	taken := Dump{
		WallNs:     time.Now().UnixNano(),
		Go:         runtime.Version(),
		Goroutines: runtime.NumGoroutine(),
		Metrics:    readMetrics(),
		Rusage:     readRusage(),
	}
	if Counters != nil {
		taken.Counters = Counters()
	}
	return taken
}

func readMetrics() map[string]any {
	samples := make([]metrics.Sample, 0, 100)
	for _, description := range metrics.All() {
		samples = append(samples, metrics.Sample{Name: description.Name})
	}
	metrics.Read(samples)
	values := make(map[string]any, len(samples))
	for _, sample := range samples {
		switch sample.Value.Kind() {
		case metrics.KindUint64:
			values[sample.Name] = sample.Value.Uint64()
		case metrics.KindFloat64:
			values[sample.Name] = sample.Value.Float64()
		case metrics.KindFloat64Histogram:
			values[sample.Name] = map[string]any{"bins": filled(sample.Value.Float64Histogram())}
		}
	}
	return values
}

func filled(histogram *metrics.Float64Histogram) []bin {
	bins := []bin{}
	for i, count := range histogram.Counts {
		if count > 0 {
			bins = append(bins, bin{finite(histogram.Buckets[i]), finite(histogram.Buckets[i+1]), count})
		}
	}
	return bins
}

func finite(edge float64) any {
	if math.IsInf(edge, 0) {
		return nil
	}
	return edge
}

func readRusage() map[string]int64 {
	var usage syscall.Rusage
	Must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return map[string]int64{
		"user_us":              usage.Utime.Nano() / 1000,
		"system_us":            usage.Stime.Nano() / 1000,
		"max_rss_kib":          usage.Maxrss,
		"voluntary_switches":   usage.Nvcsw,
		"involuntary_switches": usage.Nivcsw,
		"minor_faults":         usage.Minflt,
		"major_faults":         usage.Majflt,
	}
}
