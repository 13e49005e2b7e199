package main

import (
	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

// binNs is the width of the bins in which the rate of requests is looked at.
const binNs = 10_000_000

// inSpike adds the latencies of the requests meant for the spike, and how fast their rate rose: from its beginning to
// the first bin with 80 % of the spike's rate.
func inSpike(r *mech.Report, records []loadkit.Record, load mech.Load) {
	from, to := int64(load.PulseStart*1e9), int64(load.PulseEnd*1e9)
	begin := records[0].Intended // within a gap of the schedule's zero
	var inside []int64
	for _, record := range records {
		if at := record.Intended - begin; at >= from && at < to {
			inside = append(inside, record.End-record.Intended)
		}
	}
	r.Times("spike_latency", inside)
	if rise, ok := riseNs(records, begin+from, load.PulseRate); ok {
		r.Measure("spike_rise", "s", float64(rise)/1e9)
	}
}

// riseNs looks at what was really sent, not at what was intended.
func riseNs(records []loadkit.Record, from int64, rate float64) (int64, bool) {
	sent := map[int64]float64{}
	for _, record := range records {
		if record.Sent >= from {
			sent[(record.Sent-from)/binNs]++
		}
	}
	for bin := int64(0); bin < 1000; bin++ {
		if sent[bin] >= 0.8*rate*binNs/1e9 {
			return (bin + 1) * binNs, true
		}
	}
	return 0, false
}
