// Command pools puts the goroutine pools of other projects in front of the same HTTP handler body.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime"

	"github.com/bytedance/gopkg/util/gopool"
	"github.com/panjf2000/ants/v2"
	mosn "mosn.io/mosn/pkg/sync"

	"testbed/bed"
)

func main() {
	pool := flag.String("pool", "ants", "ants, gopool or mosn")
	size := flag.Int("size", 4*runtime.GOMAXPROCS(0), "workers")
	flag.Parse()
	start, err := starter(*pool, *size)
	bed.Must(err)
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", bed.Dispatched(bed.Echo, start))
	bed.Serve(func(l net.Listener) error { return http.Serve(l, mux) })
}

func starter(name string, size int) (func(*bed.Call), error) {
	switch name {
	case "ants":
		pool, err := ants.NewPool(size, ants.WithPreAlloc(true))
		return func(call *bed.Call) { bed.Must(pool.Submit(call.Run)) }, err
	case "gopool":
		pool := gopool.NewPool("testbed", int32(size), gopool.NewConfig())
		return func(call *bed.Call) { pool.Go(call.Run) }, nil
	case "mosn":
		pool := mosn.NewWorkerPool(size)
		return func(call *bed.Call) { pool.Schedule(call.Run) }, nil
	}
	return nil, fmt.Errorf("unknown -pool %q", name)
}
