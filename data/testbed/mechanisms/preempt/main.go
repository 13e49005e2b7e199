// Command preempt measures how late goroutines wake beside loops that make no call, and how long the world takes to
// stop for them. Asynchronous preemption is switched by GODEBUG=asyncpreemptoff=1, outside of the program.
package main

import (
	"flag"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"testbed/mechanisms/mech"
)

var (
	idle     = flag.Int("idle", 0, "procs without a loop; -2: two loops more than procs")
	length   = flag.Duration("loop", 10*time.Millisecond, "CPU time of one call-free loop; the scheduler gets its turn after it")
	sleepers = flag.Int("sleepers", 16, "goroutines that sleep and measure how late they wake")
	nap      = flag.Duration("nap", 500*time.Microsecond, "what a sleeper asks for")
	collect  = flag.Duration("collect", 0, "force a garbage collection this often; 0 never")
)

func main() {
	mech.Main("preempt", "lateness of wake-ups beside call-free loops", func(r *mech.Report) {
		debug.SetGCPercent(-1)
		loops := runtime.GOMAXPROCS(0) - *idle
		rounds := int(length.Seconds() * mech.SpinsPerSecond())
		finish := mech.Trace()
		r.Open()
		end := time.Now().Add(mech.Length())
		var running sync.WaitGroup
		for i := 0; i < loops; i++ {
			running.Add(1)
			go func() { defer running.Done(); spin(rounds, end) }()
		}
		pauses := collections(end)
		r.Times("lateness", lateness(end))
		running.Wait()
		r.Close()
		finish()
		r.Times("gc_stop", <-pauses)
		r.Facts["loops"] = loops
	})
}

// spin loops without a call, then lets others run, as a handler that ends does.
func spin(rounds int, end time.Time) {
	for time.Now().Before(end) {
		mech.Spin(rounds)
		runtime.Gosched()
	}
}

// lateness is by how much each nap of each sleeper was longer than asked for, in nanoseconds.
func lateness(end time.Time) (all []int64) {
	found := make(chan []int64)
	for i := 0; i < *sleepers; i++ {
		go func() {
			var late []int64
			for start := time.Now(); start.Before(end); start = time.Now() {
				time.Sleep(*nap)
				late = append(late, int64(time.Since(start)-*nap))
			}
			found <- late
		}()
	}
	for i := 0; i < *sleepers; i++ {
		all = append(all, <-found...)
	}
	return all
}

// collections forces collections until the end; the channel gets the stop-the-world time of each, from the
// attempt to stop until all go on.
func collections(end time.Time) <-chan []int64 {
	pauses := make(chan []int64, 1)
	go func() {
		var all []int64
		for *collect > 0 && time.Now().Before(end) {
			time.Sleep(*collect)
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			all = append(all, int64(memory.PauseNs[(memory.NumGC+255)%256]))
		}
		pauses <- all
	}()
	return pauses
}
