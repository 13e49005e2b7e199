package loadkit

import (
	"sync"
	"time"
)

// Closed sends the next request of a lane as soon as its last one is answered: the most a server can do.
// It keeps no record of single requests, only a histogram and counts, so that its memory is bounded.
type Closed struct {
	Window Window
	Start  int64
}

// Run drives the lanes until the window ends and reports what was completed inside it.
func (c Closed) Run(lanes []Lane) *Tally {
	tallies := make([]Tally, len(lanes))
	var running sync.WaitGroup
	for i, lane := range lanes {
		running.Add(1)
		go func(lane Lane, tally *Tally) {
			defer running.Done()
			c.drive(lane, tally)
		}(lane, &tallies[i])
	}
	var cpu Meter
	time.Sleep(time.Duration(c.Window.Start - Now()))
	cpu.Start()
	time.Sleep(time.Duration(c.Window.End - Now()))
	cpu.Stop()
	running.Wait()
	return merged(tallies, cpu)
}

func (c Closed) drive(lane Lane, tally *Tally) {
	defer lane.Close()
	for sent := Now(); sent < c.Window.End; sent = Now() {
		status, err := exchange(lane)
		end := Now()
		if c.Window.holds(end) {
			tally.add(sent, end, status, err, c.Window)
		}
		if err != nil && lane.Reopen() != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func exchange(lane Lane) (int, error) {
	if err := lane.Send(); err != nil {
		return 0, err
	}
	return lane.Receive()
}

func merged(tallies []Tally, cpu Meter) *Tally {
	total := &Tally{cpu: cpu}
	for i := range tallies {
		total.merge(&tallies[i])
	}
	return total
}
