package bed

import "sync"

// A Pool is a fixed number of workers fed by a channel with one slot a worker; what finds the channel full
// waits in a bounded ring. It is the article's sketch with its lost wake-up mended (see mechanisms/poolrace).
type Pool struct {
	calls chan *Call
	ring  ring
}

// NewPool starts the workers.
func NewPool(workers, ringSize int) *Pool {
	p := &Pool{calls: make(chan *Call, workers), ring: ring{slots: make([]*Call, ringSize)}}
	for i := 0; i < workers; i++ {
		go p.work()
	}
	return p
}

// Start hands a call to the workers; it waits only when channel and ring are both full.
func (p *Pool) Start(call *Call) {
	select {
	case p.calls <- call:
		return
	default:
	}
	if !p.ring.push(call) {
		p.calls <- call
		return
	}
	// Between the full channel and the push the workers may have drained both and gone to sleep; an empty
	// call wakes one. If the channel is full again, whoever takes from it looks into the ring afterwards.
	select {
	case p.calls <- nil:
	default:
	}
}

func (p *Pool) work() {
	for call := range p.calls {
		if call == nil { // a wake-up: the work is in the ring
			call = p.ring.pop()
		}
		for ; call != nil; call = p.ring.pop() {
			call.Run()
		}
	}
}

// ring is a bounded first-in-first-out queue.
type ring struct {
	mu          sync.Mutex
	slots       []*Call
	head, count int
}

func (r *ring) push(call *Call) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == len(r.slots) {
		return false
	}
	r.slots[(r.head+r.count)%len(r.slots)] = call
	r.count++
	return true
}

func (r *ring) pop() *Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == 0 {
		return nil
	}
	call := r.slots[r.head]
	r.slots[r.head] = nil
	r.head = (r.head + 1) % len(r.slots)
	r.count--
	return call
}
