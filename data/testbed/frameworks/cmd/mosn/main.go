// Command mosn is MOSN's network layer: a reading and a writing goroutine per connection, or its netpoll mode, one
// epoll loop in front of a pool of readers. Neither its proxy nor its protocols take part.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"net"

	"mosn.io/api"
	"mosn.io/mosn/pkg/log"
	"mosn.io/mosn/pkg/network"
	"mosn.io/mosn/pkg/types"
	"mosn.io/pkg/buffer"
	"mosn.io/pkg/variable"

	"testbed/bed"
	"testbed/loadkit"
)

func main() {
	poll := flag.Bool("netpoll", false, "MOSN's netpoll mode; false: goroutines per connection")
	flag.Parse()
	log.DefaultLogger.SetLogLevel(log.FATAL)
	network.SetNetpollMode(*poll)
	bed.Serve(serve)
}

func serve(l net.Listener) error {
	for {
		raw, err := l.Accept()
		if err != nil {
			return err
		}
		ctx := variable.NewVariableContext(context.Background())
		if network.UseNetpollMode { // its epoll loop wants the descriptor, as MOSN's own listener hands it on
			file, err := raw.(*net.TCPConn).File()
			bed.Must(err)
			bed.Must(variable.Set(ctx, types.VariableConnectionFd, file))
		}
		conn := network.NewServerConnection(ctx, raw, nil)
		conn.FilterManager().AddReadFilter(&echo{conn: conn})
		conn.Start(ctx)
	}
}

// echo answers every whole frame that MOSN has read.
type echo struct{ conn api.Connection }

func (e *echo) OnNewConnection() api.FilterStatus                     { return api.Continue }
func (e *echo) InitializeReadFilterCallbacks(api.ReadFilterCallbacks) {}

func (e *echo) OnData(read api.IoBuffer) api.FilterStatus {
	for read.Len() >= loadkit.FrameHead {
		length := int(binary.BigEndian.Uint32(read.Bytes()))
		if length < loadkit.FrameHead || length > bed.MaxBody {
			e.conn.Close(api.NoFlush, api.LocalClose)
			return api.Stop
		}
		if read.Len() < length {
			break
		}
		e.conn.Write(buffer.NewIoBufferBytes(bed.EchoFrame(read.Bytes()[:length])))
		read.Drain(length)
	}
	return api.Continue
}
