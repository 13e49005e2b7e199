package main

import "testing"

func TestOrders(t *testing.T) {
	for name, c := range map[string]struct {
		less   func(a, b *task) bool
		expect []int64
	}{
		"fifo": {earlier, []int64{0, 1, 2, 3}},
		"heap": {moreUrgent, []int64{1, 3, 0, 2}},
	} {
		s := newStation(0, c.less)
		for i := 0; i < 4; i++ {
			s.submit(&task{urgent: i%2 == 1})
		}
		for _, number := range c.expect {
			if found := s.next().number; found != number {
				t.Errorf("%s: %d instead of %d", name, found, number)
			}
		}
	}
}
