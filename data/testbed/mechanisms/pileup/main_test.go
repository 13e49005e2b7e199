package main

import (
	"testing"

	"testbed/mechanisms/mech"
)

const text = `goroutine 1 [running]:
main.dump()
	/x/dump.go:1 +0x1

goroutine 7 [chan send, 2 minutes]:
main.abandonedSender(0xc000012345)
	/x/plants.go:40 +0x2
created by main.senders.func1 in goroutine 1
	/x/plants.go:33 +0x3
`

func TestADumpIsReadByReasonAndStack(t *testing.T) {
	all := parse(text)
	if len(all) != 2 || all[1].name() != "chan send: main.abandonedSender" {
		t.Errorf("%+v", all)
	}
}

// By hand: 0, 20, 40 goroutines after 0, 1, 2 seconds grow by 20 a second, though the first look saw none.
func TestTheSlopeCountsLooksThatSawNone(t *testing.T) {
	g := &growth{counts: map[string][]mech.Point{}}
	for second := 0; second <= 2; second++ {
		var all []goroutine
		for i := 0; i < 20*second; i++ {
			all = append(all, goroutine{reason: "chan send"})
		}
		g.add(int64(second)*1e9, all)
	}
	if slope := g.slope(goroutine{reason: "chan send"}.name()); slope < 19.999 || slope > 20.001 {
		t.Errorf("%g", slope)
	}
}
