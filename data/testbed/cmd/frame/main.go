// Command frame is the yardstick of the framed arms (TARS, netpoll): the standard library alone.
package main

import (
	"flag"
	"fmt"
	"net"

	"testbed/bed"
)

func main() {
	mode := flag.String("mode", "gpr", "gpr: a goroutine per request; direct: the connection's goroutine answers")
	flag.Parse()
	answer := func(frame []byte, reply func([]byte)) { reply(bed.EchoFrame(frame)) }
	modes := map[string]func([]byte, func([]byte)){
		"direct": answer,
		"gpr":    func(frame []byte, reply func([]byte)) { go answer(frame, reply) },
	}
	if modes[*mode] == nil {
		bed.Must(fmt.Errorf("unknown -mode %q", *mode))
	}
	bed.Serve(func(l net.Listener) error { return bed.ServeFrames(l, modes[*mode]) })
}
