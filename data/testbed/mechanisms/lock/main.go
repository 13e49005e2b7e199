// Command lock lets goroutines contend for planted locks beside goroutines that wait for nothing in particular, and
// asks whether the mutex and the block profile lead to the lock.
package main

import (
	"flag"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"testbed/mechanisms/mech"
)

var (
	shards = flag.Int("shards", 1, "locks that share the planted work; 1: all contend for one")
	users  = flag.Int("users", 16, "goroutines that want the lock")
	held   = flag.Duration("held", 10*time.Microsecond, "CPU time under the lock")
	apart  = flag.Duration("apart", 10*time.Microsecond, "CPU time between two acquisitions")
)

func main() {
	mech.Main("lock", "what mutex and block profiles say about a contended lock", func(r *mech.Report) {
		runtime.SetBlockProfileRate(1)
		runtime.SetMutexProfileFraction(1)
		perSecond := mech.SpinsPerSecond()
		c := &contest{
			shards: make([]sync.Mutex, *shards),
			held:   int(held.Seconds() * perSecond), apart: int(apart.Seconds() * perSecond),
		}
		r.Open()
		rounds := c.run()
		seconds := r.Close()
		r.Measure("rounds_per_second", "1/s", float64(rounds)/seconds)
		read("mutex", runtime.MutexProfile).report(r)
		read("block", runtime.BlockProfile).report(r)
		write("mutex")
		write("block")
	})
}

// rareEvery is how many rounds a user makes before it wants the other lock.
const rareEvery = 16

type contest struct {
	shards      []sync.Mutex
	rare        sync.Mutex // another lock, seldom wanted
	held, apart int
	rounds      atomic.Int64
}

// run lets all users contend for -seconds, while two goroutines idle on a channel as a server's workers do.
func (c *contest) run() int64 {
	end := time.Now().Add(mech.Length())
	idle := make(chan time.Time)
	for i := 0; i < 2; i++ {
		go func() {
			for range idle {
				c.rarely()
			}
		}()
	}
	var running sync.WaitGroup
	for i := 0; i < *users; i++ {
		running.Add(1)
		go func(shard *sync.Mutex) {
			defer running.Done()
			for round := 1; time.Now().Before(end); round++ {
				c.planted(shard)
				mech.Spin(c.apart)
				if round%rareEvery == 0 {
					c.rarely()
				}
			}
		}(&c.shards[i%len(c.shards)])
	}
	for ticks := time.NewTicker(10 * time.Millisecond); time.Now().Before(end); {
		idle <- <-ticks.C
	}
	running.Wait()
	return c.rounds.Load()
}

// planted is the function that profiles should lead to.
//
//go:noinline
func (c *contest) planted(shard *sync.Mutex) {
	shard.Lock()
	mech.Spin(c.held)
	c.rounds.Add(1)
	shard.Unlock()
}

//go:noinline
func (c *contest) rarely() {
	c.rare.Lock()
	mech.Spin(c.held)
	c.rare.Unlock()
}

func write(profile string) {
	file, err := os.Create(profile + ".pb.gz")
	mech.Must(err)
	mech.Must(pprof.Lookup(profile).WriteTo(file, 0))
	mech.Must(file.Close())
}
