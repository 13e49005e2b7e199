package main

import (
	"testing"
	"time"

	"testbed/loadkit"
)

// Whatever the policy, every task runs exactly once, and none is left behind while workers sleep.
func TestNoPolicyLosesATask(t *testing.T) {
	*service, *hot = time.Microsecond, 0.5
	for _, policy := range []string{"global", "local", "steal", "two", "go"} {
		b := newBench(policy, 20_000)
		for i := 0; i < 20_000; i++ {
			b.submit(loadkit.Now())
		}
		done := make(chan struct{})
		go func() { b.running.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: tasks were never run", policy)
		}
		for i, sojourn := range b.sojourn {
			if sojourn <= 0 {
				t.Fatalf("%s: task %d did not run", policy, i)
			}
		}
	}
}

func TestAThiefTakesTheNewerHalf(t *testing.T) {
	q := &queue{}
	for i := 0; i < 5; i++ {
		q.push(task{number: i})
	}
	half := q.takeHalf()
	if len(half) != 3 || half[0].number != 2 || half[2].number != 4 {
		t.Errorf("%v", half)
	}
	if first, _ := q.pop(); first.number != 0 {
		t.Errorf("the owner goes on with the oldest, not with %d", first.number)
	}
}
