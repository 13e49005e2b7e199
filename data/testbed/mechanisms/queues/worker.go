package main

import (
	"math/rand"
	"sync/atomic"

	"testbed/mechanisms/mech"
)

// A worker runs the tasks of its queue and, if it steals, of others; without any it sleeps.
type worker struct {
	bench  *bench
	own    *queue
	steals bool
	asleep atomic.Bool
	bell   chan struct{}
	random *rand.Rand
}

func newWorker(b *bench, number int, steals bool) *worker {
	own := b.queues[number%len(b.queues)]
	random := rand.New(rand.NewSource(*mech.Seed + int64(number) + 1))
	return &worker{bench: b, own: own, steals: steals, bell: make(chan struct{}, 1), random: random}
}

// work never loses a task: it looks once more after it has announced that it sleeps.
func (w *worker) work() {
	for {
		t, ok := w.take()
		if !ok {
			w.asleep.Store(true)
			if t, ok = w.take(); !ok {
				<-w.bell
				continue
			}
			w.asleep.Store(false)
		}
		w.bench.run(t)
	}
}

// rouse wakes the worker if it sleeps, and tells whether it did.
func (w *worker) rouse() bool {
	if !w.asleep.CompareAndSwap(true, false) {
		return false
	}
	select {
	case w.bell <- struct{}{}:
	default: // one ring is enough
	}
	return true
}

func (w *worker) take() (task, bool) {
	t, ok := w.own.pop()
	if ok || !w.steals {
		return t, ok
	}
	queues := w.bench.queues
	for i, first := 0, w.random.Intn(len(queues)); i < len(queues); i++ {
		victim := queues[(first+i)%len(queues)]
		if victim == w.own || victim.length.Load() == 0 {
			continue
		}
		if half := victim.takeHalf(); len(half) > 0 {
			w.own.push(half[1:]...)
			return half[0], true
		}
	}
	return task{}, false
}
