package loadkit

import (
	"bufio"
	"bytes"
	"math"
	"testing"
	"time"
)

func TestSameSeedSameSchedule(t *testing.T) {
	a := Arrivals{Kind: "poisson", Rate: 1000, Seed: 7}
	one, _ := NewSchedule(a, 10)
	two, _ := NewSchedule(a, 10)
	n := 0
	for {
		x, more := one.Next()
		y, _ := two.Next()
		if x != y {
			t.Fatalf("instant %d differs: %d and %d", n, x, y)
		}
		if !more {
			break
		}
		n++
	}
	if math.Abs(float64(n)-10_000) > 5*100 { // five standard deviations of a Poisson count
		t.Fatalf("%d arrivals in 10 s at 1000/s", n)
	}
}

func TestPulseRaisesTheRateInside(t *testing.T) {
	a := Arrivals{Kind: "constant", Rate: 100, PulseRate: 1000, PulseStart: 1, PulseEnd: 2}
	s, _ := NewSchedule(a, 3)
	inside := 0
	for at, more := s.Next(); more; at, more = s.Next() {
		if at >= 1e9 && at < 2e9 {
			inside++
		}
	}
	if inside < 990 || inside > 1010 {
		t.Fatalf("%d arrivals in the pulse", inside)
	}
}

func TestBinsHoldWhatTheySay(t *testing.T) {
	for _, ns := range []int64{0, 1, 63, 64, 127, 128, 129, 1_000, 123_456_789, math.MaxInt64} {
		var h Histogram
		h.Add(ns)
		bin := h.Bins()[0]
		if uint64(ns) < bin[0] || uint64(ns) >= bin[1] {
			t.Errorf("%d is not in [%d, %d)", ns, bin[0], bin[1])
		}
		if width := bin[1] - bin[0]; width > 1 && float64(width) > float64(bin[0])/64+1 {
			t.Errorf("bin of %d is %d wide", ns, width)
		}
	}
}

func TestHTTP1ReadsOneAnswerAndNoMore(t *testing.T) {
	text := "HTTP/1.1 200 OK\r\ncontent-LENGTH: 3\r\n\r\nabcHTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
	reader := bufio.NewReader(bytes.NewBufferString(text))
	for _, want := range []int{200, 503} {
		if got, err := (HTTP1{}).Answer(reader); got != want || err != nil {
			t.Fatalf("got %d (%v), not %d", got, err, want)
		}
	}
}

func TestFrameComesBackWhole(t *testing.T) {
	frame := Frame{}.Request([]byte("hello"), "", false)
	reader := bufio.NewReader(bytes.NewReader(frame))
	if status, err := (Frame{}).Answer(reader); status != 200 || err != nil || reader.Buffered() != 0 {
		t.Fatalf("status %d, error %v, %d bytes left", status, err, reader.Buffered())
	}
}

// instant answers each request of a lane at once.
type instant struct{ sent chan bool }

func (l instant) Send() error           { l.sent <- true; return nil }
func (l instant) Receive() (int, error) { <-l.sent; return 200, nil }
func (l instant) Reopen() error         { return nil }
func (l instant) Close()                {}

func TestCountsAreExactWhereTheLogIsFull(t *testing.T) {
	const limit, rate = 100, 4000
	schedule, _ := NewSchedule(Arrivals{Kind: "constant", Rate: rate}, 1)
	start := Now() + 10_000_000
	window := Window{start + 500_000_000, start + 1_000_000_000}
	run := &Open{Schedule: schedule, Window: window, Start: start, Timeout: time.Second, Limit: limit}
	tally, records := run.Run([]Lane{instant{make(chan bool, 1)}, instant{make(chan bool, 1)}})
	if len(records) != limit {
		t.Errorf("%d records kept, the limit is %d", len(records), limit)
	}
	if tally.Requests != tally.Ok || tally.Requests-tally.Dropped != limit {
		t.Errorf("%d requests, %d good, %d not logged", tally.Requests, tally.Ok, tally.Dropped)
	}
	if off := tally.Requests - rate/2; off < -1 || off > 1 { // half a second of the schedule
		t.Errorf("%d requests in the window, not %d", tally.Requests, rate/2)
	}
}

// slow answers each request of a lane five milliseconds after it is asked.
type slow struct{ instant }

func (l slow) Receive() (int, error) {
	<-l.sent
	time.Sleep(5 * time.Millisecond)
	return 200, nil
}

func TestASlowServerIsNotTheClientsFault(t *testing.T) {
	schedule, _ := NewSchedule(Arrivals{Kind: "constant", Rate: 1000}, 0.3)
	start := Now() + 10_000_000
	report := Report{Loop: "open", Window: Window{start, start + 300_000_000}}
	run := &Open{Schedule: schedule, Window: report.Window, Start: start, Timeout: 5 * time.Second, Limit: 1000}
	tally, _ := run.Run([]Lane{slow{instant{make(chan bool, 1)}}})
	report.Fill(tally)
	if report.LateSendsShare < 0.9 || report.LateWakeupsShare > 0.05 {
		t.Errorf("late sends %g, of them by the client itself %g", report.LateSendsShare, report.LateWakeupsShare)
	}
}
