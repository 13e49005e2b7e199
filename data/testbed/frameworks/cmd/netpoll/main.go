// Command netpoll is the CloudWeGo arm (what kitex stands on): its own epoll loops, requests run by gopool or
// by plain goroutines.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"net"

	"github.com/cloudwego/netpoll"

	"testbed/bed"
	"testbed/loadkit"
)

func main() {
	pool := flag.Bool("gopool", true, "run requests by gopool; false: by plain goroutines")
	loops := flag.Int("loops", 0, "epoll loops; 0: netpoll's own choice")
	flag.Parse()
	if !*pool {
		bed.Must(netpoll.DisableGopool())
	}
	if *loops > 0 {
		bed.Must(netpoll.SetNumLoops(*loops))
	}
	bed.Serve(serve)
}

func serve(l net.Listener) error {
	listener, err := netpoll.ConvertListener(l)
	bed.Must(err)
	loop, err := netpoll.NewEventLoop(answer)
	bed.Must(err)
	return loop.Serve(listener)
}

func answer(_ context.Context, conn netpoll.Connection) error {
	reader, writer := conn.Reader(), conn.Writer()
	head, err := reader.Peek(loadkit.FrameHead)
	if err != nil {
		return err
	}
	frame, err := reader.Next(int(binary.BigEndian.Uint32(head)))
	if err != nil {
		return err
	}
	if _, err := writer.WriteBinary(bed.EchoFrame(frame)); err != nil {
		return err
	}
	reader.Release()
	return writer.Flush()
}
