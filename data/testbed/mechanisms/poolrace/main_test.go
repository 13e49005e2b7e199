package main

import (
	"testing"
	"time"

	"testbed/mechanisms/mech"
)

func TestTheMendedPoolLosesNothing(t *testing.T) {
	pool := mech.NewPool(2, true, func(work func()) { go work() })
	if count := race(pool, time.Now().Add(300*time.Millisecond)); count.tasks != 0 || count.bursts < 1000 {
		t.Fatalf("%+v", count)
	}
}
