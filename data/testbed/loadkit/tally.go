package loadkit

import (
	"sync"
	"syscall"
)

// A Tally counts what became of the requests of a window.
type Tally struct {
	Requests, Ok, Unsent, Dropped, Late int64
	Errors                              map[string]int64
	PerSecond                           []int64
	Priority                            string // of the thread that sends

	latency, lateness Histogram
	cpu               Meter
	mu                sync.Mutex
}

// lateNs: a request sent later than this after its intended start counts as a late send.
const lateNs = 1_000_000

func (t *Tally) fail(kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Errors == nil {
		t.Errors = map[string]int64{}
	}
	t.Errors[kind]++
}

// count counts one request of an open loop.
func (t *Tally) count(r Record, window Window) {
	t.Requests++
	if good(int(r.Status)) {
		t.Ok++
		t.second(r.End, window)
	}
	if r.Sent-r.Intended > lateNs {
		t.Late++
	}
}

// add counts one exchange of a closed loop.
func (t *Tally) add(sent, end int64, status int, err error, window Window) {
	t.Requests++
	if err != nil {
		t.fail("connection lost")
		return
	}
	t.latency.Add(end - sent)
	if good(status) {
		t.Ok++
		t.second(end, window)
	}
}

func (t *Tally) second(end int64, window Window) {
	at := int((end - window.Start) / 1e9)
	for len(t.PerSecond) <= at {
		t.PerSecond = append(t.PerSecond, 0)
	}
	t.PerSecond[at]++
}

func (t *Tally) merge(other *Tally) {
	t.Requests += other.Requests
	t.Ok += other.Ok
	t.Late += other.Late
	t.latency.Merge(&other.latency)
	for kind, n := range other.Errors {
		for ; n > 0; n-- {
			t.fail(kind)
		}
	}
	for i, n := range other.PerSecond {
		for len(t.PerSecond) <= i {
			t.PerSecond = append(t.PerSecond, 0)
		}
		t.PerSecond[i] += n
	}
}

func good(status int) bool { return status >= 200 && status < 400 }

// A Meter measures this process's CPU between its first Start and its Stop.
type Meter struct {
	started, stopped        bool
	fromNs, toNs            int64
	userNs, systemNs        int64
	userNsAtStart, sysStart int64
}

// Start begins the measurement; later calls do nothing.
func (m *Meter) Start() {
	if !m.started {
		m.started = true
		m.fromNs = Now()
		m.userNsAtStart, m.sysStart = usage()
	}
}

// Stop ends it.
func (m *Meter) Stop() {
	m.toNs = Now()
	user, system := usage()
	m.userNs, m.systemNs = user-m.userNsAtStart, system-m.sysStart
}

func usage() (user, system int64) {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano(), u.Stime.Nano()
}
