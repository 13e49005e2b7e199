// Package bed is what every server under test shares: it listens, announces its addresses on stdout, and
// opens a debug port apart from the service port.
package bed

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
)

var (
	listen     = flag.String("listen", "127.0.0.1:0", "service address; port 0 takes a free one")
	debug      = flag.String("debug", "127.0.0.1:0", "debug address: /health, /dump, /debug/pprof")
	contention = flag.Bool("contention", false, "sample every block and mutex event (instrumented runs only)")
)

// Serve runs a server under test: serve must accept on the listener until the process is killed.
func Serve(serve func(net.Listener) error) {
	if *contention {
		runtime.SetBlockProfileRate(1)
		runtime.SetMutexProfileFraction(1)
	}
	service, debugListener := open(*listen), open(*debug)
	go func() { Must(http.Serve(debugListener, DebugMux())) }()
	announce(service, debugListener)
	Must(serve(service))
}

// Must ends the process with one line on stderr.
func Must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		os.Exit(1)
	}
}

func open(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	Must(err)
	return listener
}

// announce tells the harness, in one line of JSON, where to send requests; ports are taken, not guessed.
func announce(service, debug net.Listener) {
	Must(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"service":    service.Addr().String(),
		"debug":      debug.Addr().String(),
		"go":         runtime.Version(),
		"gomaxprocs": runtime.GOMAXPROCS(0),
		"pid":        os.Getpid(),
	}))
}
