package main

import (
	"testing"

	"testbed/loadkit"
)

func TestCountersAreReadByName(t *testing.T) {
	c := counters{}
	c.parse("Ip: Forwarding\nIp: 1\nTcp: ActiveOpens PassiveOpens\nTcp: 7 9\n")
	if c["Tcp.PassiveOpens"] != 9 || c["Tcp.ActiveOpens"] != 7 || len(c) != 3 {
		t.Errorf("%v", c)
	}
	if difference := c.minus(counters{"Tcp.PassiveOpens": 4}); difference["Tcp.PassiveOpens"] != 5 {
		t.Errorf("%v", difference)
	}
}

// A spike of 1000/s that is really sent from the third bin of 10 ms on has risen after 30 ms.
func TestTheRiseIsTheFirstBinNearTheRate(t *testing.T) {
	var records []loadkit.Record
	for i := int64(0); i < 50; i++ {
		records = append(records, loadkit.Record{Sent: 1000 + 2*binNs + i*binNs/10})
	}
	if rise, ok := riseNs(records, 1000, 1000); !ok || rise != 3*binNs {
		t.Errorf("%d %v", rise, ok)
	}
	if _, ok := riseNs(records, 1000, 5000); ok {
		t.Error("a rate never reached has no rise")
	}
}
