// Command assist serves requests that allocate in front of a large live heap: how much of the marking do they pay
// themselves, how long does the world stop, and what does a request wait? GOGC and GOMEMLIMIT are set outside.
package main

import (
	"flag"
	"math/rand"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

var (
	live  = flag.Int("live", 32, "MiB of live heap, full of pointers")
	rate  = flag.Float64("rate", 1000, "requests a second")
	nodes = flag.Int("nodes", 2500, "nodes of 64 bytes that a request allocates and keeps in place of older ones")
)

type node struct {
	left, right *node
	_           [48]byte
}

const nodeBytes = 64

func main() {
	mech.Main("assist", "latency of allocating requests beside the collector", func(r *mech.Report) {
		h := newHeap(*live << 20 / nodeBytes / *nodes)
		runtime.GC()
		cpu := readCPU()
		stopped := pauses()
		var latency []int64
		points := make([]mech.Point, 0, int(2**rate**mech.Seconds)+100)
		r.Open()
		points = h.serve(points)
		seconds := r.Close()
		for _, point := range points {
			latency = append(latency, int64(point[1].(float64)*1e9))
		}
		r.Times("request_latency", latency)
		r.Series = append(r.Series, mech.Series{Name: "request_latency", Unit: "s", Points: points})
		stw := stopped()
		r.Times("gc_stop", stw)
		r.Measure("gc_per_second", "1/s", float64(len(stw))/seconds)
		readCPU().since(cpu, r)
	})
}

// A heap is live trees; a request replaces one.
type heap struct {
	trees  []*node
	random *rand.Rand
}

func newHeap(trees int) *heap {
	h := &heap{trees: make([]*node, trees), random: rand.New(rand.NewSource(*mech.Seed))}
	for i := range h.trees {
		h.trees[i] = tree(*nodes)
	}
	return h
}

// serve starts a goroutine for each request of the schedule; points are (intended start, latency).
func (h *heap) serve(points []mech.Point) []mech.Point {
	var running sync.WaitGroup
	mech.Pace(*rate, func(intended int64) {
		running.Add(1)
		at, number := h.random.Intn(len(h.trees)), len(points)
		points = append(points, mech.Point{intended, 0.0})
		go func() {
			h.trees[at] = tree(*nodes)
			points[number] = mech.Point{intended, float64(loadkit.Now()-intended) / 1e9}
			running.Done()
		}()
	})
	running.Wait()
	return points
}

// tree is a binary tree of n nodes.
func tree(n int) *node {
	if n == 0 {
		return nil
	}
	return &node{left: tree((n - 1) / 2), right: tree(n - 1 - (n-1)/2)}
}

// pauses watches the collector from now on; call the result to have the stop-the-world time of each cycle: from the
// attempt to stop until all go on, both phases together.
func pauses() func() []int64 {
	stop, found := make(chan struct{}), make(chan []int64)
	go func() {
		var all []int64
		var stats debug.GCStats
		debug.ReadGCStats(&stats)
		for seen := stats.NumGC; ; seen = stats.NumGC {
			select {
			case <-time.After(100 * time.Millisecond):
			case <-stop:
				found <- all
				return
			}
			debug.ReadGCStats(&stats)
			for i := int64(0); i < stats.NumGC-seen && i < int64(len(stats.Pause)); i++ {
				all = append(all, int64(stats.Pause[i]))
			}
		}
	}()
	return func() []int64 { close(stop); return <-found }
}

// cpu is the runtime's own estimate of where CPU time went, in seconds; it is renewed by every collection.
type cpu struct{ assist, gc, user float64 }

func readCPU() cpu {
	runtime.GC() // so that the estimate is of now
	samples := []metrics.Sample{
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/user:cpu-seconds"},
	}
	metrics.Read(samples)
	return cpu{samples[0].Value.Float64(), samples[1].Value.Float64(), samples[2].Value.Float64()}
}

func (c cpu) since(before cpu, r *mech.Report) {
	gc, user := c.gc-before.gc, c.user-before.user
	r.Measure("assist_share_of_gc", "share", (c.assist-before.assist)/gc)
	r.Measure("gc_share_of_cpu", "share", gc/(gc+user))
}
