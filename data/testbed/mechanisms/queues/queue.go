package main

import (
	"sync"
	"sync/atomic"
)

// A queue is first in, first out for its owner; thieves take from the tail.
type queue struct {
	mu                          sync.Mutex
	tasks                       []task
	length                      atomic.Int64 // for those who only look
	acquired, contended, stolen atomic.Int64
}

func (q *queue) lock() {
	q.acquired.Add(1)
	if !q.mu.TryLock() {
		q.contended.Add(1)
		q.mu.Lock()
	}
}

func (q *queue) unlock() {
	q.length.Store(int64(len(q.tasks)))
	q.mu.Unlock()
}

func (q *queue) push(tasks ...task) {
	q.lock()
	defer q.unlock()
	q.tasks = append(q.tasks, tasks...)
}

func (q *queue) pop() (task, bool) {
	q.lock()
	defer q.unlock()
	if len(q.tasks) == 0 {
		return task{}, false
	}
	first := q.tasks[0]
	q.tasks = q.tasks[1:]
	return first, true
}

// takeHalf takes the newer half of the tasks, rounded up.
func (q *queue) takeHalf() []task {
	q.lock()
	defer q.unlock()
	kept := len(q.tasks) / 2
	half := append([]task(nil), q.tasks[kept:]...)
	q.tasks = q.tasks[:kept]
	q.stolen.Add(int64(len(half)))
	return half
}
