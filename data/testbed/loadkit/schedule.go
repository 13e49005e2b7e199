package loadkit

import (
	"fmt"
	"math/rand"
)

// A Schedule gives the intended instants of all requests, one after the other, without storing them.
type Schedule struct {
	next   func() float64 // gap in seconds
	at     float64        // seconds since the start
	length float64        // seconds
}

// Arrivals describes a schedule: constant or poisson, with an optional pulse of another rate inside.
type Arrivals struct {
	Kind                            string
	Rate                            float64
	PulseRate, PulseStart, PulseEnd float64
	Seed                            int64
}

// NewSchedule makes a schedule of that length in seconds; the same seed gives the same instants.
func NewSchedule(a Arrivals, length float64) (*Schedule, error) {
	if a.Rate <= 0 {
		return nil, fmt.Errorf("rate must be positive, not %g", a.Rate)
	}
	rng := rand.New(rand.NewSource(a.Seed))
	s := &Schedule{length: length}
	unit := map[string]func() float64{"constant": func() float64 { return 1 }, "poisson": rng.ExpFloat64}[a.Kind]
	if unit == nil {
		return nil, fmt.Errorf("arrivals must be constant or poisson, not %q", a.Kind)
	}
	s.next = func() float64 { return unit() / a.rateAt(s.at) }
	return s, nil
}

func (a Arrivals) rateAt(t float64) float64 {
	if a.PulseRate > 0 && t >= a.PulseStart && t < a.PulseEnd {
		return a.PulseRate
	}
	return a.Rate
}

// Next is the next intended instant in nanoseconds after the start; false when the schedule is over.
func (s *Schedule) Next() (int64, bool) {
	s.at += s.next()
	return int64(s.at * 1e9), s.at < s.length
}
