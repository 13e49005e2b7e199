package loadkit

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// Main is the whole client: open says how to make a lane for a protocol of that name.
func Main(open func(protocol, target string, body []byte, short bool) (Lane, error)) {
	var arrivals Arrivals
	target := flag.String("target", "", "host:port of the service")
	protocol := flag.String("protocol", "http1", "protocol of the service")
	loop := flag.String("loop", "open", "open (by schedule) or closed (as fast as answers come)")
	flag.StringVar(&arrivals.Kind, "arrivals", "poisson", "constant or poisson")
	flag.Float64Var(&arrivals.Rate, "rate", 1000, "requests a second")
	flag.Float64Var(&arrivals.PulseRate, "pulse-rate", 0, "requests a second inside the pulse; 0: no pulse")
	flag.Float64Var(&arrivals.PulseStart, "pulse-start", 0, "seconds after the start of the window")
	flag.Float64Var(&arrivals.PulseEnd, "pulse-end", 0, "seconds after the start of the window")
	flag.Int64Var(&arrivals.Seed, "seed", 1, "seed of the schedule")
	connections := flag.Int("connections", 32, "connections, one request at a time on each")
	short := flag.Bool("short", false, "a new connection for each request")
	body := flag.Int("body", 1024, "bytes of the body")
	warmUp := flag.Float64("warm-up", 2, "seconds thrown away first")
	measure := flag.Float64("measure", 8, "seconds measured")
	timeout := flag.Duration("timeout", 5*time.Second, "patience after the window for answers still missing")
	limit := flag.Int("limit", 5_000_000, "most requests logged one by one (28 bytes of memory each)")
	logPath := flag.String("log", "", "write the log of requests here (gzipped CSV; open loop)")
	reportPath := flag.String("report", "", "write the report here (JSON)")
	flag.Parse()

	debug.SetGCPercent(-1) // no collections inside a measurement; the limit is a safety net
	debug.SetMemoryLimit(2 << 30)
	runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	lanes := make([]Lane, *connections)
	for i := range lanes {
		lane, err := open(*protocol, *target, payload(*body), *short)
		must(err)
		lanes[i] = lane
	}
	start := Now() + int64(50*time.Millisecond)
	window := Window{start + int64(*warmUp*1e9), start + int64((*warmUp+*measure)*1e9)}
	report := Report{Protocol: *protocol, Loop: *loop, Connections: *connections, NewConns: *short, BodyBytes: *body,
		Seed: arrivals.Seed, Window: window, Clock: map[string]int64{"wall_ns": Now(), "monotonic_ns": Monotonic()}}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"window": window, "clock": report.Clock}))
	var tally *Tally
	switch *loop {
	case "open":
		arrivals.PulseStart += *warmUp
		arrivals.PulseEnd += *warmUp
		report.Arrivals, report.RatePerS = arrivals.Kind, arrivals.Rate
		schedule, err := NewSchedule(arrivals, *warmUp+*measure)
		must(err)
		if *logPath == "" {
			*limit = 0
		}
		run := &Open{Schedule: schedule, Window: window, Start: start, Timeout: *timeout, Limit: *limit}
		var records []Record
		tally, records = run.Run(lanes)
		if *logPath != "" {
			must(WriteLog(*logPath, records))
		}
	case "closed":
		tally = Closed{Window: window, Start: start}.Run(lanes)
	default:
		must(fmt.Errorf("-loop must be open or closed, not %q", *loop))
	}
	report.Fill(tally)
	if *reportPath != "" {
		must(report.Write(*reportPath))
	}
	fmt.Fprintln(os.Stderr, "load:", report.Says)
}

func payload(n int) []byte {
	body := make([]byte, n)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	return body
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
