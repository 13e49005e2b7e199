package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

// counters are the kernel's counts of TCP since it started, by "Tcp.PassiveOpens" and the like.
type counters map[string]float64

func readKernel() counters {
	found := counters{}
	for _, path := range []string{"/proc/net/snmp", "/proc/net/netstat"} {
		text, err := os.ReadFile(path)
		mech.Must(err)
		found.parse(string(text))
	}
	return found
}

// parse reads pairs of lines: the names behind a prefix, then the values behind the same prefix.
func (c counters) parse(text string) {
	lines := strings.Split(text, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k := 1; k < len(names) && k < len(values); k++ {
			c[strings.TrimSuffix(names[0], ":")+"."+names[k]], _ = strconv.ParseFloat(values[k], 64)
		}
	}
}

func (c counters) minus(before counters) counters {
	difference := counters{}
	for name, value := range c {
		difference[name] = value - before[name]
	}
	return difference
}

// watch reads every 20 ms how many connections wait in TIME_WAIT beyond those of the beginning; call the result to
// stop and have the series.
func watch() func() []mech.Series {
	stop, found := make(chan struct{}), make(chan []mech.Series)
	before := timeWait()
	go func() {
		series := mech.Series{Name: "time_wait", Unit: "1", Points: []mech.Point{}}
		for ticks := time.NewTicker(20 * time.Millisecond); ; {
			series.Points = append(series.Points, mech.Point{loadkit.Now(), timeWait() - before})
			select {
			case <-ticks.C:
			case <-stop:
				found <- []mech.Series{series}
				return
			}
		}
	}()
	return func() []mech.Series { close(stop); return <-found }
}

// timeWait is the number of sockets in TIME_WAIT, from the line "TCP: inuse 5 orphan 0 tw 12 ...".
func timeWait() float64 {
	text, err := os.ReadFile("/proc/net/sockstat")
	mech.Must(err)
	_, after, _ := strings.Cut(string(text), " tw ")
	count, _ := strconv.ParseFloat(strings.Fields(after + " 0")[0], 64)
	return count
}

func most(series mech.Series) float64 {
	highest := 0.0
	for _, point := range series.Points {
		if value := point[1].(float64); value > highest {
			highest = value
		}
	}
	return highest
}

// localPorts is how many ports a client may take towards one address.
func localPorts() float64 {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	mech.Must(err)
	var low, high float64
	_, err = fmt.Sscan(string(text), &low, &high)
	mech.Must(err)
	return high - low + 1
}
