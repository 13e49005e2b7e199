// Command netpoll echoes frames and differs in how it waits for the network: Go's netpoller, or one loop of its own
// over epoll that blocks, spins, looks once before it blocks, or hands each event on with ONESHOT.
package main

import (
	"flag"
	"io"
	"net"

	"testbed/mechanisms/mech"
)

var (
	wait        = flag.String("wait", "netpoller", "netpoller (Go's own), block, spin, hybrid or oneshot")
	rate        = flag.Float64("rate", 2000, "requests a second")
	connections = flag.Int("connections", 32, "connections")
)

// A frame is four bytes of length, themselves included, and a body; all frames here have one size.
const frameBytes = 4 + 1024

func main() {
	mech.Main("netpoll", "echo with different ways to wait for the network", func(r *mech.Report) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		mech.Must(err)
		polls := &polls{}
		go serve(listener, *wait, polls)
		finish := mech.Trace()
		before := mech.Count()
		r.Open()
		records := mech.Drive(mech.Load{Address: listener.Addr().String(), Connections: *connections, Rate: *rate})
		seconds := r.Close()
		r.Since(before, int64(len(records)))
		finish()
		r.Requests(records)
		r.Measure("polls_per_task", "1", float64(polls.all.Load())/float64(len(records)))
		r.Measure("empty_polls_per_second", "1/s", float64(polls.empty.Load())/seconds)
	})
}

func serve(listener net.Listener, wait string, polls *polls) {
	if wait == "netpoller" {
		mech.Must(goroutines(listener))
	}
	how := mech.Choose("wait", wait, map[string]loop{
		"block":   {timeouts: []int{-1}},
		"spin":    {timeouts: []int{0}},
		"hybrid":  {timeouts: []int{0, -1}},
		"oneshot": {timeouts: []int{-1}, oneshot: true},
	})
	mech.Must(how.serve(listener, polls))
}

// goroutines serves as Go servers do: a goroutine a connection that blocks in Read.
func goroutines(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go echo(conn)
	}
}

func echo(conn net.Conn) {
	defer conn.Close()
	frame := make([]byte, frameBytes)
	for {
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		if _, err := conn.Write(frame); err != nil {
			return
		}
	}
}
