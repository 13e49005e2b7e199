package loadkit

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
)

// Report is what the client says about a run, and about itself.
type Report struct {
	Tool        string           `json:"tool"`
	Go          string           `json:"go"`
	Protocol    string           `json:"protocol"`
	Loop        string           `json:"loop"`
	Arrivals    string           `json:"arrivals,omitempty"`
	RatePerS    float64          `json:"rate_per_s,omitempty"`
	Connections int              `json:"connections"`
	NewConns    bool             `json:"connection_per_request"`
	BodyBytes   int              `json:"body_bytes"`
	Seed        int64            `json:"seed"`
	Window      Window           `json:"window"`
	Clock       map[string]int64 `json:"clock"`

	Requests     int64            `json:"requests"`
	Ok           int64            `json:"ok"`
	Unsent       int64            `json:"unsent"`
	NotLogged    int64            `json:"not_logged"`
	Errors       map[string]int64 `json:"errors"`
	AchievedRate float64          `json:"achieved_rate"`
	PerSecond    []int64          `json:"ok_per_second"`

	LateSendsShare   float64     `json:"late_sends_share"`
	LateWakeupsShare float64     `json:"late_wakeups_share"`
	KeptSchedule     bool        `json:"kept_schedule"`
	SenderPriority   string      `json:"sender_priority,omitempty"`
	Says             string      `json:"says"`
	CPU              cpuReport   `json:"cpu"`
	LatencyBins      [][3]uint64 `json:"latency_bins_ns"`
	WakeupBins       [][3]uint64 `json:"late_wakeup_bins_ns,omitempty"`
}

type cpuReport struct {
	UserS   float64 `json:"user_s"`
	SystemS float64 `json:"system_s"`
	WallS   float64 `json:"wall_s"`
	Cores   int     `json:"cores"`
	Share   float64 `json:"share_of_machine"`
}

// Fill completes a report from a tally.
func (r *Report) Fill(t *Tally) {
	r.Tool, r.Go = "schedlab-load 1", runtime.Version()
	r.Requests, r.Ok, r.Unsent, r.NotLogged = t.Requests, t.Ok, t.Unsent, t.Dropped
	r.SenderPriority = t.Priority
	r.Errors, r.PerSecond = t.Errors, t.PerSecond
	r.AchievedRate = float64(t.Ok) / (float64(r.Window.End-r.Window.Start) / 1e9)
	r.LateSendsShare = share(t.Late, t.Requests)
	r.LatencyBins = t.latency.Bins()
	r.WakeupBins = t.lateness.Bins()
	r.LateWakeupsShare = share(above(r.WakeupBins, lateNs), t.Requests)
	r.CPU = t.cpu.report()
	r.KeptSchedule, r.Says = r.judge()
}

// judge says in one sentence whether the schedule was kept and, if not, whose fault it was.
func (r *Report) judge() (bool, string) {
	switch {
	case r.Loop == "closed":
		return true, "closed loop: there is no schedule to keep"
	case r.Unsent > 0:
		return false, fmt.Sprintf("%d requests were never sent: no connection became free", r.Unsent)
	case r.LateWakeupsShare > 0.01:
		return false, fmt.Sprintf("the client woke more than 1 ms late for %.1f %% of the requests", 100*r.LateWakeupsShare)
	case r.LateSendsShare > 0.01:
		return true, fmt.Sprintf("%.1f %% of the sends waited more than 1 ms, nearly all for a free connection: "+
			"the server was slower than the schedule", 100*r.LateSendsShare)
	}
	return true, "the schedule was kept"
}

// Write stores the report as JSON.
func (r *Report) Write(path string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func (m *Meter) report() cpuReport {
	wall := float64(m.toNs-m.fromNs) / 1e9
	cpu := cpuReport{UserS: float64(m.userNs) / 1e9, SystemS: float64(m.systemNs) / 1e9, WallS: wall, Cores: runtime.NumCPU()}
	cpu.Share = (cpu.UserS + cpu.SystemS) / (wall * float64(cpu.Cores))
	return cpu
}

func above(bins [][3]uint64, threshold uint64) (n int64) {
	for _, b := range bins {
		if b[0] >= threshold {
			n += int64(b[2])
		}
	}
	return n
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
