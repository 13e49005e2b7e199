// Command priority compares a queue that serves urgent tasks first with a plain one, both in front of one worker a
// proc: what do the urgent gain, and what do the rest pay?
package main

import (
	"container/heap"
	"flag"
	"math/rand"
	"runtime"
	"sync"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

var (
	order   = flag.String("order", "fifo", "fifo, or heap: urgent first, then by arrival")
	urgent  = flag.Float64("urgent", 0.1, "share of urgent tasks")
	service = flag.Duration("service", 100*time.Microsecond, "mean CPU time of a task, exponential")
	load    = flag.Float64("load", 0.7, "offered work as a share of all procs")
)

func main() {
	mech.Main("priority", "sojourn of urgent and other tasks", func(r *mech.Report) {
		spins := mech.SpinsPerSecond()
		less := mech.Choose("order", *order, map[string]func(a, b *task) bool{"fifo": earlier, "heap": moreUrgent})
		procs := runtime.GOMAXPROCS(0)
		s := newStation(procs, less)
		random := rand.New(rand.NewSource(*mech.Seed))
		before := mech.Count()
		r.Open()
		mech.Pace(*load*float64(procs)/service.Seconds(), func(intended int64) {
			work := int(random.ExpFloat64() * service.Seconds() * spins)
			s.submit(&task{intended: intended, urgent: random.Float64() < *urgent, spins: work})
		})
		s.running.Wait()
		r.Close()
		r.Since(before, int64(len(s.all)))
		first, rest := s.sojourns()
		r.Times("urgent", first)
		r.Times("rest", rest)
	})
}

type task struct {
	number, intended int64
	urgent           bool
	spins            int
	sojourn          int64
}

func earlier(a, b *task) bool { return a.number < b.number }

func moreUrgent(a, b *task) bool {
	if a.urgent != b.urgent {
		return a.urgent
	}
	return earlier(a, b)
}

// A station is a queue in some order with its workers.
type station struct {
	mu      sync.Mutex
	filled  *sync.Cond
	queue   queue
	all     []*task
	running sync.WaitGroup
}

func newStation(workers int, less func(a, b *task) bool) *station {
	s := &station{queue: queue{less: less}}
	s.filled = sync.NewCond(&s.mu)
	for i := 0; i < workers; i++ {
		go s.work()
	}
	return s
}

func (s *station) submit(t *task) {
	s.running.Add(1)
	s.mu.Lock()
	t.number = int64(len(s.all))
	s.all = append(s.all, t)
	heap.Push(&s.queue, t)
	s.mu.Unlock()
	s.filled.Signal()
}

func (s *station) work() {
	for {
		t := s.next()
		mech.Spin(t.spins)
		t.sojourn = loadkit.Now() - t.intended
		s.running.Done()
	}
}

func (s *station) next() *task {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.queue.Len() == 0 {
		s.filled.Wait()
	}
	return heap.Pop(&s.queue).(*task)
}

func (s *station) sojourns() (urgent, rest []int64) {
	for _, t := range s.all {
		if t.urgent {
			urgent = append(urgent, t.sojourn)
		} else {
			rest = append(rest, t.sojourn)
		}
	}
	return urgent, rest
}

// queue is a heap of tasks in the order of less.
type queue struct {
	tasks []*task
	less  func(a, b *task) bool
}

func (q *queue) Len() int           { return len(q.tasks) }
func (q *queue) Less(i, j int) bool { return q.less(q.tasks[i], q.tasks[j]) }
func (q *queue) Swap(i, j int)      { q.tasks[i], q.tasks[j] = q.tasks[j], q.tasks[i] }
func (q *queue) Push(t any)         { q.tasks = append(q.tasks, t.(*task)) }

func (q *queue) Pop() any {
	last := len(q.tasks) - 1
	t := q.tasks[last]
	q.tasks = q.tasks[:last]
	return t
}
