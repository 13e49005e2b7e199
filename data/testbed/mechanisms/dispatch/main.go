// Command dispatch compares ways to give a task to a goroutine: a new goroutine, a bounded pool, a pool whose workers
// are locked to their threads. Paced tasks show sojourn and cost, saturation shows capacity.
package main

import (
	"flag"
	"runtime"
	"sync"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

var (
	way        = flag.String("way", "go", "go: a goroutine per task; pool; pinned: a pool of goroutines locked to threads")
	workers    = flag.Int("workers", 4, "workers of a pool, for each proc")
	rate       = flag.Float64("rate", 0, "tasks a second; 0: saturated, each submitter waits for its task")
	submitters = flag.Int("submitters", 32, "goroutines that submit when saturated")
	work       = flag.Duration("work", 2*time.Microsecond, "CPU time of a task")
)

func main() {
	mech.Main("dispatch", "goroutine per task against pools", func(r *mech.Report) {
		spins := int(work.Seconds() * mech.SpinsPerSecond())
		start := starter(*way)
		before := mech.Count()
		r.Open()
		if *rate == 0 {
			tasks := saturated(start, spins)
			r.Measure("tasks_per_second", "1/s", float64(tasks)/r.Close())
			r.Since(before, tasks)
			return
		}
		sojourn := paced(start, spins)
		r.Close()
		r.Since(before, int64(len(sojourn)))
		r.Times("sojourn", sojourn)
	})
}

// starter is how a task gets its goroutine.
func starter(way string) func(task func()) {
	n := *workers * runtime.GOMAXPROCS(0)
	return mech.Choose("way", way, map[string]func() func(func()){
		"go":   func() func(func()) { return func(task func()) { go task() } },
		"pool": func() func(func()) { return mech.NewPool(n, true, func(w func()) { go w() }).Submit },
		"pinned": func() func(func()) {
			return mech.NewPool(n, true, func(w func()) { go func() { runtime.LockOSThread(); w() }() }).Submit
		},
	})()
}

// paced submits by the schedule; the sojourn of a task counts from its intended start.
func paced(start func(func()), spins int) []int64 {
	sojourn := make([]int64, 0, int(2**rate**mech.Seconds)+100)
	var running sync.WaitGroup
	mech.Pace(*rate, func(intended int64) {
		running.Add(1)
		sojourn = append(sojourn, 0)
		mine := &sojourn[len(sojourn)-1]
		start(func() {
			mech.Spin(spins)
			*mine = loadkit.Now() - intended
			running.Done()
		})
	})
	running.Wait()
	return sojourn
}

// saturated has every submitter wait for its task before the next, and counts the tasks.
func saturated(start func(func()), spins int) (tasks int64) {
	end := time.Now().Add(mech.Length())
	found := make(chan int64)
	for i := 0; i < *submitters; i++ {
		go func() {
			mine, done := int64(0), make(chan struct{}, 1)
			for ; time.Now().Before(end); mine++ {
				start(func() { mech.Spin(spins); done <- struct{}{} })
				<-done
			}
			found <- mine
		}()
	}
	for i := 0; i < *submitters; i++ {
		tasks += <-found
	}
	return tasks
}
