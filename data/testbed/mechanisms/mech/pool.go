package mech

import (
	"sync"
	"sync/atomic"
)

// A Pool is the article's pool of its chapter 3.2: a channel with a slot per worker, a ring behind it, workers that
// look into the ring first. As sketched it loses wake-ups; mended, who puts a task into the ring also wakes a worker.
type Pool struct {
	Mended bool

	tasks   chan func()
	handed  atomic.Int64 // tasks that are in the channel, or just out of it
	waiting atomic.Int64 // workers that found the ring empty and went to the channel
	workers int64
	mu      sync.Mutex
	ring    []func()
}

// NewPool starts the workers, each by begin: `func(work func()) { go work() }` or something stranger.
func NewPool(workers int, mended bool, begin func(work func())) *Pool {
	p := &Pool{Mended: mended, tasks: make(chan func(), workers), workers: int64(workers)}
	for i := 0; i < workers; i++ {
		begin(p.work)
	}
	return p
}

// Submit hands over a task and never waits.
func (p *Pool) Submit(task func()) {
	if p.hand(task) {
		return
	}
	p.mu.Lock()
	p.ring = append(p.ring, task)
	p.mu.Unlock()
	if p.Mended {
		p.hand(func() {}) // if the channel is full: whoever takes from it looks into the ring afterwards
	}
}

// hand puts a task into the channel if there is room.
func (p *Pool) hand(task func()) bool {
	p.handed.Add(1)
	select {
	case p.tasks <- task:
		return true
	default:
		p.handed.Add(-1)
		return false
	}
}

// Stranded is the number of tasks in the ring that no worker will look for; call it while nobody submits. Its three
// looks, in this order, prove it: nothing is in the channel or just out of it, so who sleeps sleeps on; all
// workers sleep; and the ring is not empty, although a worker goes to sleep only after it found the ring empty.
func (p *Pool) Stranded() int {
	if p.handed.Load() != 0 || p.waiting.Load() != p.workers {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ring)
}

func (p *Pool) work() {
	for {
		task := p.pop()
		if task == nil {
			p.waiting.Add(1)
			task = <-p.tasks
			p.waiting.Add(-1)
			p.handed.Add(-1)
		}
		task()
	}
}

func (p *Pool) pop() func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ring) == 0 {
		return nil
	}
	task := p.ring[0]
	p.ring = p.ring[1:]
	return task
}
