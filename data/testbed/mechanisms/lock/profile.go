package main

import (
	"runtime"
	"strings"

	"testbed/mechanisms/mech"
)

// A delay is the time waited in one stack: its leaf, whether a sync.Mutex is the reason, whether it is the planted one.
type delay struct {
	leaf          string
	lock, planted bool
	cycles        int64
}

// A profile is the delays of one kind, mutex (charged to who unlocks) or block (charged to who waits).
type profile struct {
	kind   string
	delays []delay
}

func read(kind string, records func([]runtime.BlockProfileRecord) (int, bool)) profile {
	n, _ := records(nil)
	found := make([]runtime.BlockProfileRecord, n+50)
	n, ok := records(found)
	if !ok {
		panic("the profile grew while it was read")
	}
	p := profile{kind: kind}
	for _, record := range found[:n] {
		p.delays = append(p.delays, delayOf(record))
	}
	return p
}

func delayOf(record runtime.BlockProfileRecord) delay {
	d := delay{cycles: record.Cycles}
	for frames := runtime.CallersFrames(record.Stack()); ; {
		frame, more := frames.Next()
		if d.leaf == "" {
			d.leaf = frame.Function
		}
		d.lock = d.lock || strings.HasPrefix(frame.Function, "sync.(*Mutex).")
		d.planted = d.planted || strings.HasSuffix(frame.Function, ".planted")
		if !more {
			return d
		}
	}
}

// report adds which share of the delay at locks is the planted one's, which share of all delay is at locks, and the
// leaf of the planted stack: the name that a flame graph shows.
func (p profile) report(r *mech.Report) {
	var all, locks, planted int64
	for _, d := range p.delays {
		all += d.cycles
		if d.lock {
			locks += d.cycles
		}
		if d.lock && d.planted {
			planted += d.cycles
			r.Facts[p.kind+"_leaf"] = d.leaf
		}
	}
	if locks > 0 { // without contention there is nothing to share
		r.Measure(p.kind+"_planted_share_of_locks", "share", float64(planted)/float64(locks))
		r.Measure(p.kind+"_locks_share_of_delay", "share", float64(locks)/float64(all))
	}
}
