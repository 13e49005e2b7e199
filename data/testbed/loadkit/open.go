package loadkit

import (
	"sync/atomic"
	"time"
)

// A slot is a lane with the request it carries.
type slot struct {
	lane           Lane
	intended, sent atomic.Int64 // sent is 0 while the lane is idle
	records        []Record
	tally          Tally // of the window
}

// Window is the measured part of a run in Unix nanoseconds.
type Window struct {
	Start int64 `json:"start_ns"`
	End   int64 `json:"end_ns"`
}

func (w Window) holds(instant int64) bool { return instant >= w.Start && instant < w.End }

// Open sends requests when the schedule says so, whatever the server does, and logs those of the window.
type Open struct {
	Schedule *Schedule
	Window   Window
	Start    int64 // Unix nanoseconds of the schedule's zero
	Timeout  time.Duration
	Limit    int // most records kept; beyond it requests are only counted

	slots    []*slot
	unsent   slot // what no connection became free for
	idle     chan *slot
	kept     atomic.Int64
	stopped  atomic.Bool
	lateness Histogram // of the client's own waking up, before it looks for an idle connection
	tally    Tally
	cpu      Meter
}

// Run drives the lanes to the end of the schedule and reports.
func (o *Open) Run(lanes []Lane) (*Tally, []Record) {
	o.idle = make(chan *slot, len(lanes))
	for _, lane := range lanes {
		s := &slot{lane: lane}
		o.slots = append(o.slots, s)
		o.idle <- s
		go o.receive(s)
	}
	o.dispatch()
	o.drain()
	o.cpu.Stop()
	return o.collect()
}

func (o *Open) dispatch() {
	o.tally.Priority = precise()
	deadline := time.NewTimer(time.Duration(o.Window.End-Now()) + o.Timeout)
	behind := false // since the client was last on time it had to wait for a connection: the server is slow
	for offset, more := o.Schedule.Next(); more; offset, more = o.Schedule.Next() {
		intended := o.Start + offset
		behind = behind && Now() > intended
		sleepUntil(intended)
		if o.Window.holds(intended) {
			o.cpu.Start()
			if !behind {
				o.lateness.Add(Now() - intended)
			}
		}
		behind = behind || len(o.idle) == 0
		select {
		case s := <-o.idle:
			o.send(s, intended)
		case <-deadline.C:
			deadline.Reset(0)
			o.giveUp(intended)
		}
	}
}

func (o *Open) send(s *slot, intended int64) {
	s.intended.Store(intended)
	s.sent.Store(Now())
	if err := s.lane.Send(); err != nil {
		o.tally.fail("send")
		s.lane.Close() // its receiver sees that, records the failure and opens it again
	}
}

func (o *Open) giveUp(intended int64) {
	if o.Window.holds(intended) {
		now := Now()
		o.tally.Unsent++
		o.keep(&o.unsent, Record{intended, now, now, 0})
	}
}

// receive waits for the answers of one lane until the run is over.
func (o *Open) receive(s *slot) {
	for {
		status, err := s.lane.Receive()
		end := Now()
		if o.stopped.Load() {
			return
		}
		if s.sent.Load() != 0 {
			o.record(s, end, status, err)
		}
		if err != nil && !o.reopen(s) {
			return
		}
		if s.sent.Swap(0) != 0 {
			o.idle <- s
		}
	}
}

func (o *Open) reopen(s *slot) bool {
	o.tally.fail("connection lost")
	for s.lane.Reopen() != nil {
		if o.stopped.Load() {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

func (o *Open) record(s *slot, end int64, status int, err error) {
	intended, sent := s.intended.Load(), s.sent.Load()
	if !o.Window.holds(intended) {
		return
	}
	if err != nil {
		status = 0
	}
	s.tally.latency.Add(end - intended)
	o.keep(s, Record{intended, sent, end, int32(status)})
}

// keep counts a request, and logs it while there is room: counts are exact at any length, memory is bounded.
func (o *Open) keep(s *slot, r Record) {
	s.tally.count(r, o.Window)
	if o.kept.Add(1) <= int64(o.Limit) {
		s.records = append(s.records, r)
	}
}

// drain waits until every lane is idle again, or gives up on those that are not after the timeout.
func (o *Open) drain() {
	patience := time.After(o.Timeout)
	for waiting := len(o.slots); waiting > 0; waiting-- {
		select {
		case <-o.idle:
		case <-patience:
			waiting = 1
		}
	}
	o.stopped.Store(true)
}

func (o *Open) collect() (*Tally, []Record) {
	var all []Record
	now := Now()
	for _, s := range append(o.slots, &o.unsent) {
		if s.sent.Load() != 0 && o.Window.holds(s.intended.Load()) {
			o.keep(s, Record{s.intended.Load(), s.sent.Load(), now, 0})
			o.tally.fail("no answer within the timeout")
		}
		all = append(all, s.records...)
		o.tally.merge(&s.tally)
		if s.lane != nil {
			s.lane.Close()
		}
	}
	o.tally.Dropped = max(0, o.kept.Load()-int64(o.Limit))
	o.tally.lateness, o.tally.cpu = o.lateness, o.cpu
	return &o.tally, all
}
