// Command queues compares ways to queue tasks for a few workers: one queue for all, one each, one each with
// stealing, the shorter of two, and plain `go`. Tasks arrive by a Poisson schedule, and their sojourn counts from
// their intended arrival.
package main

import (
	"flag"
	"math/rand"
	"runtime"
	"sync"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

var (
	policy  = flag.String("policy", "global", "global, local, steal (half, from the tail), two (shorter of two) or go")
	workers = flag.Int("workers", 4, "workers; 0: one a proc; plain go has none")
	service = flag.Duration("service", 100*time.Microsecond, "mean CPU time of a task, exponential")
	load    = flag.Float64("load", 0.6, "offered work as a share of all procs")
	hot     = flag.Float64("hot", 0, "share of the tasks aimed at the first worker")
)

func main() {
	mech.Main("queues", "sojourn of tasks under different queues", func(r *mech.Report) {
		procs := float64(runtime.GOMAXPROCS(0))
		if *workers == 0 {
			*workers = int(procs)
		}
		rate := *load * procs / service.Seconds()
		b := newBench(*policy, int(1.5*rate**mech.Seconds)+100)
		before := mech.Count()
		r.Open()
		mech.Pace(rate, b.submit)
		b.running.Wait()
		seconds := r.Close()
		r.Since(before, int64(b.n))
		r.Times("sojourn", b.sojourn[:b.n])
		r.Measure("tasks_per_second", "1/s", float64(b.n)/seconds)
		contended, taken, stolen := b.counts()
		r.Measure("contended_per_second", "1/s", contended/seconds)
		r.Measure("contended_share", "share", contended/taken)
		r.Measure("stolen_share", "share", stolen/float64(b.n))
		r.Facts["rate_per_s"], r.Facts["spins_per_s"] = rate, b.spins
	})
}

// A task is its number and its intended arrival.
type task struct {
	number   int
	intended int64
	spins    int
}

// A bench is the queues, the workers and what happened to the tasks.
type bench struct {
	queues  []*queue
	workers []*worker
	aim     func() int // the queue of the next task; -1 for plain go
	n       int
	sojourn []int64
	running sync.WaitGroup
	random  *rand.Rand
	spins   float64 // rounds of work in one second
}

// apart keeps the sizes of tasks from the random numbers that their arrivals were drawn from: with the same ones each
// task would be as long as the gap before it, and queues would look shorter than they are.
const apart = 7919

func newBench(policy string, capacity int) *bench {
	b := &bench{sojourn: make([]int64, capacity), random: rand.New(rand.NewSource(*mech.Seed + apart))}
	b.spins = mech.SpinsPerSecond()
	b.aim = mech.Choose("policy", policy, map[string]func() int{
		"global": func() int { return 0 },
		"local":  b.skewed,
		"steal":  b.skewed,
		"two":    b.shorter,
		"go":     func() int { return -1 },
	})
	queues := map[string]int{"global": 1, "go": 0}
	n, few := queues[policy]
	if !few {
		n = *workers
	}
	for i := 0; i < n; i++ {
		b.queues = append(b.queues, &queue{})
	}
	for i := 0; i < *workers && n > 0; i++ {
		b.workers = append(b.workers, newWorker(b, i, policy == "steal"))
	}
	for _, w := range b.workers {
		go w.work()
	}
	return b
}

// submit is called by the schedule alone, never concurrently.
func (b *bench) submit(intended int64) {
	t := task{b.n, intended, int(b.random.ExpFloat64() * service.Seconds() * b.spins)}
	b.n++
	b.running.Add(1)
	at := b.aim()
	if at < 0 {
		go b.run(t)
		return
	}
	b.queues[at].push(t)
	b.wake(at)
}

func (b *bench) run(t task) {
	mech.Spin(t.spins)
	b.sojourn[t.number] = loadkit.Now() - t.intended
	b.running.Done()
}

// wake rouses the worker of that queue, or where any worker may take its tasks, the first that sleeps.
func (b *bench) wake(at int) {
	if len(b.queues) == len(b.workers) && (b.workers[at].rouse() || !b.workers[at].steals) {
		return
	}
	for _, w := range b.workers {
		if w.rouse() {
			return
		}
	}
}

func (b *bench) skewed() int {
	if b.random.Float64() < *hot {
		return 0
	}
	return b.random.Intn(len(b.queues))
}

func (b *bench) shorter() int {
	first, second := b.skewed(), b.random.Intn(len(b.queues))
	if b.queues[second].length.Load() < b.queues[first].length.Load() {
		return second
	}
	return first
}

// counts sums what the queues counted: lock acquisitions that found it held, all acquisitions, tasks stolen.
func (b *bench) counts() (contended, taken, stolen float64) {
	taken = 1e-9 // plain go takes none of our locks
	for _, q := range b.queues {
		contended += float64(q.contended.Load())
		taken += float64(q.acquired.Load())
		stolen += float64(q.stolen.Load())
	}
	return contended, taken, stolen
}
