// Package mech is what the mechanism programs share: the report they print, the clock that paces their work,
// call-free work of a known length, and the account of CPU and memory.
package mech

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"testbed/loadkit"
)

// Flags of every program.
var (
	Seed    = flag.Int64("seed", 1, "seed of everything random")
	Seconds = flag.Float64("seconds", 2, "length of the measured part")
)

// A Report is all that a program prints: one JSON object on stdout, in base units.
type Report struct {
	Schema     int            `json:"schema"`
	Program    string         `json:"program"`
	Go         string         `json:"go"`
	Gomaxprocs int            `json:"gomaxprocs"`
	Seed       int64          `json:"seed"`
	Window     loadkit.Window `json:"window"`
	Measures   []Measure      `json:"measures"`
	Histograms []Histogram    `json:"histograms"`
	Series     []Series       `json:"series"`
	Facts      map[string]any `json:"facts"`
}

// A Measure is one number of the run.
type Measure struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
}

// A Series is one quantity over time: points of (Unix nanoseconds, value).
type Series struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Points []Point `json:"points"`
}

// A Point is one reading of a Series.
type Point [2]any

// Main parses the flags, runs the program's measurement and prints its report.
func Main(program, about string, measure func(*Report)) {
	if settings, started := os.LookupEnv(driveEnv); started {
		drive(settings)
		return
	}
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "%s: %s\nIt prints one JSON object. Flags:\n", program, about)
		flag.PrintDefaults()
	}
	flag.Parse()
	now := loadkit.Now()
	r := &Report{
		Schema: 1, Program: program, Go: runtime.Version(), Gomaxprocs: runtime.GOMAXPROCS(0), Seed: *Seed,
		Window:   loadkit.Window{Start: now, End: now},
		Measures: []Measure{}, Histograms: []Histogram{}, Series: []Series{}, Facts: map[string]any{},
	}
	r.first()
	measure(r)
	if r.Window.End <= r.Window.Start {
		r.Window.End = loadkit.Now()
	}
	Must(json.NewEncoder(os.Stdout).Encode(r))
}

// Must ends the program with one line on stderr.
func Must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "mechanism:", err)
		os.Exit(1)
	}
}

// Choose is the value of that name, or the end of the program with the names there are.
func Choose[T any](flagName, wanted string, known map[string]T) T {
	found, ok := known[wanted]
	if !ok {
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		Must(fmt.Errorf("-%s must be one of %v, not %q", flagName, names, wanted))
	}
	return found
}

// Measure adds one number.
func (r *Report) Measure(name, unit string, value float64) {
	r.Measures = append(r.Measures, Measure{name, unit, value})
}

// Open begins the measured part.
func (r *Report) Open() { r.Window.Start = loadkit.Now() }

// Close ends the measured part and returns its length in seconds.
func (r *Report) Close() float64 {
	r.Window.End = loadkit.Now()
	return float64(r.Window.End-r.Window.Start) / 1e9
}

// Length is the -seconds of the measured part.
func Length() time.Duration { return time.Duration(*Seconds * float64(time.Second)) }
