// Command tars is the TarsGo arm, its transport layer alone: -maxinvoke 0 is a goroutine per request, N is its
// gpool of N workers behind one dispatcher.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/TarsCloud/TarsGo/tars/transport"
	"github.com/TarsCloud/TarsGo/tars/util/grace"
	"github.com/TarsCloud/TarsGo/tars/util/rogger"

	"testbed/bed"
	"testbed/loadkit"
)

type echo struct{}

func (echo) Invoke(_ context.Context, frame []byte) []byte { return bed.EchoFrame(frame) }
func (echo) InvokeTimeout([]byte) []byte                   { return nil }
func (echo) GetCloseMsg() []byte                           { return nil }
func (echo) DoClose(context.Context)                       {}

func (echo) ParsePackage(buffer []byte) (int, int) {
	if len(buffer) < loadkit.FrameHead {
		return 0, transport.PackageLess
	}
	length := int(buffer[0])<<24 | int(buffer[1])<<16 | int(buffer[2])<<8 | int(buffer[3])
	switch {
	case length < loadkit.FrameHead || length > bed.MaxBody:
		return 0, transport.PackageError
	case len(buffer) < length:
		return 0, transport.PackageLess
	}
	return length, transport.PackageFull
}

func main() {
	maxInvoke := flag.Int("maxinvoke", 0, "maxroutine of TarsGo: 0 a goroutine per request, N a pool of N")
	flag.Parse()
	rogger.SetLevel(rogger.OFF)
	bed.Serve(func(l net.Listener) error { return serve(l, int32(*maxInvoke)) })
}

// serve hands our listener to TarsGo the way its own graceful restart does: as an inherited descriptor.
func serve(l net.Listener, maxInvoke int32) error {
	file, err := l.(*net.TCPListener).File()
	bed.Must(err)
	address := l.Addr().String()
	bed.Must(os.Setenv(fmt.Sprintf("%s_tcp_%s", grace.InheritFdPrefix, address), fmt.Sprint(file.Fd())))
	server := transport.NewTarsServer(echo{}, &transport.TarsServerConf{
		Proto: "tcp", Address: address, MaxInvoke: maxInvoke, QueueCap: 10_000_000, TCPNoDelay: true,
		AcceptTimeout: 500 * time.Millisecond, ReadTimeout: 100 * time.Millisecond,
		WriteTimeout: 100 * time.Millisecond, IdleTimeout: 600 * time.Second,
		TCPReadBuffer: 128 << 10, TCPWriteBuffer: 128 << 10,
	})
	bed.Must(server.Listen())
	return server.Serve()
}
