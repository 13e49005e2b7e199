// Command echo is a server under test: POST /echo returns its body. Only the way a request gets to a
// goroutine differs between modes.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime"

	"testbed/bed"
)

func main() {
	mode := flag.String("mode", "gpr", "gpr: a goroutine per request; pool: a bounded pool; direct: no dispatch")
	workers := flag.Int("workers", 4*runtime.GOMAXPROCS(0), "workers of the pool")
	ringSize := flag.Int("ring", 1024, "calls that may wait in the pool's ring")
	flag.Parse()
	handler, err := handlerOf(*mode, *workers, *ringSize)
	bed.Must(err)
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", handler)
	bed.Serve(func(l net.Listener) error { return http.Serve(l, mux) })
}

func handlerOf(mode string, workers, ringSize int) (http.HandlerFunc, error) {
	switch mode {
	case "direct":
		return bed.Echo, nil
	case "gpr":
		return bed.Dispatched(bed.Echo, func(call *bed.Call) { go call.Run() }), nil
	case "pool":
		return bed.Dispatched(bed.Echo, bed.NewPool(workers, ringSize).Start), nil
	}
	return nil, fmt.Errorf("unknown -mode %q", mode)
}
