package mech

import (
	"math"
	"sort"
)

// A Histogram counts values in bins [lo, hi), here of 1/16 of an octave, in base units.
type Histogram struct {
	Name string       `json:"name"`
	Unit string       `json:"unit"`
	Bins [][3]float64 `json:"bins"`
}

const binsPerOctave = 16

// Times adds durations given in nanoseconds: their number, mean, median, 99th percentile and maximum in seconds,
// and their histogram. The percentile is left out where fewer than 368 values cannot bound it.
func (r *Report) Times(name string, ns []int64) {
	r.Measure(name+"_n", "1", float64(len(ns)))
	if len(ns) == 0 {
		return
	}
	sorted := append([]int64(nil), ns...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	r.Measure(name+"_mean", "s", mean(sorted)/1e9)
	r.Measure(name+"_p50", "s", Quantile(sorted, 0.5)/1e9)
	if len(sorted) >= 368 {
		r.Measure(name+"_p99", "s", Quantile(sorted, 0.99)/1e9)
	}
	r.Measure(name+"_max", "s", float64(sorted[len(sorted)-1])/1e9)
	r.Histograms = append(r.Histograms, Histogram{name, "s", bins(sorted)})
}

// Quantile of ascending values by linear interpolation between them (Hyndman and Fan's type 7).
func Quantile(sorted []int64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	return float64(sorted[low]) + (at-float64(low))*float64(sorted[low+1]-sorted[low])
}

func mean(values []int64) float64 {
	total := 0.0
	for _, v := range values {
		total += float64(v)
	}
	return total / float64(len(values))
}

// bins of ascending nanoseconds, in seconds; what is below 1 ns shares the first bin.
func bins(sorted []int64) [][3]float64 {
	filled := [][3]float64{}
	last := math.MinInt
	for _, ns := range sorted {
		bin := int(math.Floor(binsPerOctave * math.Log2(math.Max(float64(ns), 1))))
		if bin != last {
			filled = append(filled, [3]float64{edge(bin), edge(bin + 1), 0})
			last = bin
		}
		filled[len(filled)-1][2]++
	}
	return filled
}

func edge(bin int) float64 { return math.Exp2(float64(bin)/binsPerOctave) / 1e9 }
