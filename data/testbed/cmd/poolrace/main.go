// Command poolrace runs the article's pool exactly as it is sketched in its chapter 3.2 (a channel with a slot
// per core, a ring behind it, workers that look into the ring first) and counts tasks that are left in the ring
// while every worker sleeps on the channel: the lost wake-up. It prints one line of JSON.
package main

import (
	"encoding/json"
	"flag"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"testbed/bed"
)

type pool struct {
	tasks chan func()
	mu    sync.Mutex
	ring  []func()
}

func (p *pool) submit(task func()) {
	select {
	case p.tasks <- task:
	default:
		p.mu.Lock()
		p.ring = append(p.ring, task)
		p.mu.Unlock()
	}
}

func (p *pool) pop() func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ring) == 0 {
		return nil
	}
	task := p.ring[0]
	p.ring = p.ring[1:]
	return task
}

func (p *pool) work() {
	for {
		task := p.pop()
		if task == nil {
			task = <-p.tasks
		}
		task()
	}
}

func main() {
	bursts := flag.Int("bursts", 3_000_000, "bursts of tasks, each waited for")
	size := flag.Int("size", 8, "tasks in a burst")
	patience := flag.Duration("patience", 20*time.Millisecond, "a task not run after this long is stranded")
	flag.Parse()
	cores := runtime.GOMAXPROCS(0)
	p := &pool{tasks: make(chan func(), cores)}
	for i := 0; i < cores; i++ {
		go p.work()
	}
	stranded, bad := 0, 0
	for i := 0; i < *bursts; i++ {
		if left := burst(p, *size, *patience); left > 0 {
			stranded += left
			bad++
		}
	}
	bed.Must(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"program": "poolrace", "go": runtime.Version(), "gomaxprocs": cores, "bursts": *bursts, "size": *size,
		"patience_s": patience.Seconds(), "bursts_with_stranded_tasks": bad, "stranded_tasks": stranded,
	}))
}

// burst submits tasks at once and returns how many sat in the ring when patience ran out.
func burst(p *pool, size int, patience time.Duration) int {
	var left atomic.Int64
	left.Store(int64(size))
	for i := 0; i < size; i++ {
		p.submit(func() { left.Add(-1) })
	}
	for deadline := time.Now().Add(patience); left.Load() > 0 && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	p.mu.Lock()
	stranded := len(p.ring)
	p.mu.Unlock()
	for left.Load() > 0 { // the next submissions wake the workers, as they would in the article's server
		p.submit(func() {})
		time.Sleep(time.Millisecond)
	}
	return stranded
}
