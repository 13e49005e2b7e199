package bed

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// The pool runs every call exactly once, however many arrive at once: its wake-up is not lost.
func TestPoolStrandsNothing(t *testing.T) {
	pool := NewPool(2, 64)
	for burst := 0; burst < 20_000; burst++ {
		var waiting sync.WaitGroup
		for i := 0; i < 8; i++ {
			waiting.Add(1)
			call := &Call{body: nil, done: make(chan struct{}, 1)}
			call.body = nothing
			pool.Start(call)
			go func() { <-call.done; waiting.Done() }()
		}
		finished := make(chan struct{})
		go func() { waiting.Wait(); close(finished) }()
		select {
		case <-finished:
		case <-time.After(10 * time.Second):
			t.Fatalf("burst %d: a call was never run", burst)
		}
	}
}

func TestRingIsFirstInFirstOut(t *testing.T) {
	r := ring{slots: make([]*Call, 2)}
	a, b := &Call{}, &Call{}
	if !r.push(a) || !r.push(b) || r.push(&Call{}) {
		t.Fatal("a ring of two holds two")
	}
	if r.pop() != a || r.pop() != b || r.pop() != nil {
		t.Fatal("not first in, first out")
	}
}

func nothing(http.ResponseWriter, *http.Request) {}
