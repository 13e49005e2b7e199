package mech

import "testing"

// Two tasks fill the channel, the third waits in the ring; then both workers run one task and go to sleep without
// another look into the ring: a lost wake-up, planted. It is seen once both sleep, and not before.
func TestAPlantedLostWakeUpIsFound(t *testing.T) {
	pool := NewPool(2, false, func(func()) {})
	for i := 0; i < 3; i++ {
		pool.Submit(func() {})
	}
	for asleep := int64(1); asleep <= 2; asleep++ {
		if pool.Stranded() != 0 {
			t.Fatal("while a worker is awake nothing is lost")
		}
		<-pool.tasks
		pool.handed.Add(-1)
		pool.waiting.Store(asleep)
	}
	if pool.Stranded() != 1 {
		t.Fatal("the third task is stranded")
	}
}
