package mech

import (
	"math"
	"runtime"
	"time"

	"testbed/loadkit"
)

var sink uint64

// Spin runs a loop without calls, memory or preemption points of the cooperative kind, n rounds long.
//
//go:noinline
func Spin(n int) {
	x := uint64(n) | 1
	for i := 0; i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	sink = x
}

// SpinsPerSecond is how many rounds of Spin one second of undisturbed CPU runs: the fastest of several trials.
func SpinsPerSecond() float64 {
	const rounds = 400_000
	best := math.Inf(1)
	for trial := 0; trial < 20; trial++ {
		start := time.Now()
		Spin(rounds)
		best = math.Min(best, time.Since(start).Seconds())
	}
	return rounds / best
}

// Pace calls do at the instants of a Poisson schedule of the given rate, -seconds long. The thread that keeps the
// time occupies one proc, so the process gets one more than the work has.
func Pace(rate float64, do func(intended int64)) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	schedule, err := loadkit.NewSchedule(loadkit.Arrivals{Kind: "poisson", Rate: rate, Seed: *Seed}, *Seconds)
	Must(err)
	finished := make(chan struct{})
	go func() {
		loadkit.Pace(schedule, loadkit.Now(), do)
		close(finished)
	}()
	<-finished
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - 1)
}
