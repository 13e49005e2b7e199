package mech

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sort"
	"syscall"
	"time"

	"testbed/loadkit"
)

// Load is what a client in a process of its own sends to a server of this process, by a Poisson schedule.
type Load struct {
	Address     string
	HTTP        bool // POST /echo, else frames
	Short       bool // a new connection for each request
	Connections int
	Rate        float64
	PulseRate   float64 // 0: no pulse
	PulseStart  float64 // seconds after the start
	PulseEnd    float64
}

const (
	driveEnv  = "MECHANISM_LOAD"
	bodyBytes = 1024
)

// Drive runs the load for -seconds and returns its requests in the order of their intended start. The client is
// this program started again, so that the account of this process is the server's alone; it dies with us.
func Drive(l Load) []loadkit.Record {
	settings, err := json.Marshal(struct {
		Load
		Seconds float64
		Seed    int64
	}{l, *Seconds, *Seed})
	Must(err)
	self, err := os.Executable()
	Must(err)
	runtime.LockOSThread() // the kernel ties a child's death to the thread that started it
	defer runtime.UnlockOSThread()
	child := exec.Command(self)
	child.Env = append(os.Environ(), driveEnv+"="+string(settings), "GODEBUG=", "GOMAXPROCS=", "GOGC=")
	child.Stderr = os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := child.StdoutPipe()
	Must(err)
	Must(child.Start())
	var records []loadkit.Record
	Must(json.NewDecoder(bufio.NewReader(output)).Decode(&records))
	Must(child.Wait())
	return records
}

// drive is the other side of Drive, in the client's process.
func drive(settings string) {
	var l struct {
		Load
		Seconds float64
		Seed    int64
	}
	Must(json.Unmarshal([]byte(settings), &l))
	debug.SetGCPercent(-1)
	runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	schedule, err := loadkit.NewSchedule(loadkit.Arrivals{
		Kind: "poisson", Rate: l.Rate, Seed: l.Seed,
		PulseRate: l.PulseRate, PulseStart: l.PulseStart, PulseEnd: l.PulseEnd,
	}, l.Seconds)
	Must(err)
	start := loadkit.Now() + int64(20*time.Millisecond)
	window := loadkit.Window{Start: start, End: start + int64(l.Seconds*1e9)}
	run := &loadkit.Open{Schedule: schedule, Window: window, Start: start, Timeout: 5 * time.Second, Limit: 1 << 20}
	_, records := run.Run(l.lanes())
	sort.Slice(records, func(i, j int) bool { return records[i].Intended < records[j].Intended })
	Must(json.NewEncoder(os.Stdout).Encode(records))
}

func (l Load) lanes() []loadkit.Lane {
	var protocol loadkit.Protocol = loadkit.Frame{}
	if l.HTTP {
		protocol = loadkit.HTTP1{Path: "/echo"}
	}
	lanes, body := make([]loadkit.Lane, l.Connections), make([]byte, bodyBytes)
	for i := range lanes {
		if l.Short {
			lanes[i] = loadkit.NewShort(l.Address, protocol, body)
			continue
		}
		lane, err := loadkit.NewKept(l.Address, protocol, body)
		Must(err)
		lanes[i] = lane
	}
	return lanes
}

// Requests adds the latencies of good answers, from the intended start, and the number and share of the others.
func (r *Report) Requests(records []loadkit.Record) {
	var good []int64
	for _, record := range records {
		if record.Status >= 200 && record.Status < 400 {
			good = append(good, record.End-record.Intended)
		}
	}
	if len(records) == 0 {
		Must(fmt.Errorf("the client sent nothing"))
	}
	r.Times("request_latency", good)
	r.Measure("requests", "1", float64(len(records)))
	r.Measure("failed_share", "share", float64(len(records)-len(good))/float64(len(records)))
}
