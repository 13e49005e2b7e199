// Command poolrace counts the lost wake-ups of the article's pool (chapter 3.2): tasks left in the ring while every
// worker sleeps at the channel, which nothing but the next submission can wake.
package main

import (
	"flag"
	"runtime"
	"sync/atomic"
	"time"

	"testbed/mechanisms/mech"
)

var (
	mended = flag.Bool("mended", false, "wake a worker after putting a task into the ring")
	size   = flag.Int("size", 8, "tasks in a burst")
)

func main() {
	mech.Main("poolrace", "lost wake-ups of a pool of a channel and a ring", func(r *mech.Report) {
		pool := mech.NewPool(runtime.GOMAXPROCS(0), *mended, func(work func()) { go work() })
		r.Open()
		count := race(pool, time.Now().Add(mech.Length()))
		r.Close()
		r.Measure("bursts", "1", float64(count.bursts))
		r.Measure("stranded_bursts", "1", float64(count.stranded))
		r.Measure("stranded_tasks", "1", float64(count.tasks))
		r.Measure("stranded_per_million_bursts", "1", 1e6*float64(count.stranded)/float64(count.bursts))
	})
}

type tally struct{ bursts, stranded, tasks int }

// race submits one burst after the other, each waited for, until the deadline.
func race(pool *mech.Pool, deadline time.Time) (t tally) {
	for ; time.Now().Before(deadline); t.bursts++ {
		if left := burst(pool, *size); left > 0 {
			t.stranded++
			t.tasks += left
		}
	}
	return t
}

// burst submits tasks at once and returns how many were stranded.
func burst(pool *mech.Pool, size int) (stranded int) {
	var left atomic.Int64
	left.Store(int64(size))
	task := func() { left.Add(-1) }
	for i := 0; i < size; i++ {
		pool.Submit(task)
	}
	for left.Load() > 0 {
		if n := pool.Stranded(); n > 0 {
			stranded = n
			left.Add(1)
			pool.Submit(task) // the next submission wakes a worker, as it would in the article's server
		}
		runtime.Gosched()
	}
	return stranded
}
