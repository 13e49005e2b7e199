// Command connections serves HTTP under short connections, long ones, and long ones with a spike, and reads the
// kernel's counters of connections around them.
package main

import (
	"flag"
	"io"
	"net"
	"net/http"

	"testbed/mechanisms/mech"
)

var (
	short       = flag.Bool("short", false, "a new connection for each request")
	rate        = flag.Float64("rate", 1000, "requests a second")
	spike       = flag.Float64("spike", 0, "requests a second within the spike, the fourth tenth of the time; 0: none")
	connections = flag.Int("connections", 32, "connections, one request at a time on each")
)

func main() {
	mech.Main("connections", "short and long connections, and a spike", func(r *mech.Report) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		mech.Must(err)
		go http.Serve(listener, http.HandlerFunc(echo))
		load := mech.Load{
			Address: listener.Addr().String(), HTTP: true, Short: *short, Connections: *connections, Rate: *rate,
			PulseRate: *spike, PulseStart: 0.3 * *mech.Seconds, PulseEnd: 0.4 * *mech.Seconds,
		}
		sockets, before := watch(), readKernel()
		r.Open()
		records := mech.Drive(load)
		seconds := r.Close()
		r.Requests(records)
		used := readKernel().minus(before)
		opened := used["Tcp.PassiveOpens"]
		r.Measure("reuse_share", "share", 1-opened/float64(len(records)))
		r.Measure("opened_per_second", "1/s", opened/seconds)
		r.Measure("listen_overflows", "1", used["TcpExt.ListenOverflows"])
		series := sockets()
		r.Series = append(r.Series, series...)
		r.Measure("time_wait_most", "1", most(series[0]))
		r.Measure("ports_used_share", "share", most(series[0])/localPorts())
		if *spike > 0 {
			inSpike(r, records, load)
		}
	})
}

func echo(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	w.Write(body)
}
