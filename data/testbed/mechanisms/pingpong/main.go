// Command pingpong measures what one round of the scheduler costs: two goroutines hand a token to and fro over
// channels, with and without an execution trace. Scheduler logs are switched by GODEBUG=schedtrace outside of it.
package main

import (
	"flag"
	"runtime/trace"
	"time"

	"testbed/mechanisms/mech"
)

var (
	traced = flag.Bool("traced", false, "trace the whole measured part; the trace is counted and thrown away")
	parked = flag.Int("parked", 0, "goroutines that only exist")
)

func main() {
	mech.Main("pingpong", "time of a switch between two goroutines", func(r *mech.Report) {
		for i := 0; i < *parked; i++ {
			go func() { select {} }()
		}
		time.Sleep(50 * time.Millisecond)
		var written counter
		if *traced {
			mech.Must(trace.Start(&written))
		}
		r.Open()
		switches, longest := play(time.Now().Add(mech.Length()))
		seconds := r.Close()
		trace.Stop()
		r.Measure("switches", "1", float64(switches))
		r.Measure("switch_time", "s", seconds/float64(switches))
		r.Measure("longest_gap", "s", longest.Seconds())
		r.Measure("trace_bytes_per_switch", "bytes", float64(written)/float64(switches))
	})
}

// batch is how many rounds are played between two looks at the clock.
const batch = 100

// play hands the token to and fro until the deadline; the longest gap is of one batch of rounds.
func play(deadline time.Time) (switches int, longest time.Duration) {
	ping, pong := make(chan struct{}), make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
	}()
	for before := time.Now(); before.Before(deadline); switches += 2 * batch {
		for i := 0; i < batch; i++ {
			ping <- struct{}{}
			<-pong
		}
		now := time.Now()
		if gap := now.Sub(before); gap > longest {
			longest = gap
		}
		before = now
	}
	return switches, longest
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
