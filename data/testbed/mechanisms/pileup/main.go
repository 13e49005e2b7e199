// Command pileup plants goroutines that pile up, and watches by what stack and wait reason a goroutine dump shows it.
package main

import (
	"flag"
	"os"
	"runtime/pprof"
	"time"

	"testbed/loadkit"
	"testbed/mechanisms/mech"
)

var (
	plant = flag.String("plant", "senders", "senders (nobody receives), receivers (nobody sends), connections (never closed), "+
		"idle (connections used in turn), handlers (still at work), bodies (never read to the end) or nothing")
	rate = flag.Float64("rate", 200, "plants a second")
)

func main() {
	mech.Main("pileup", "goroutines that pile up, by stack and wait reason", func(r *mech.Report) {
		one := mech.Choose("plant", *plant, map[string]func(*field) func(){
			"nothing": func(*field) func() { return func() {} }, "senders": senders, "receivers": receivers,
			"connections": leakedConnections, "idle": idleConnections, "handlers": busyHandlers, "bodies": unreadBodies,
		})(newField())
		series := &growth{counts: map[string][]mech.Point{}}
		r.Open()
		planting := time.NewTicker(time.Duration(float64(time.Second) / *rate))
		looking := time.NewTicker(100 * time.Millisecond)
		for end := time.After(mech.Length()); end != nil; {
			select {
			case <-planting.C:
				one()
			case <-looking.C:
				series.add(loadkit.Now(), dump())
			case <-end:
				end = nil
			}
		}
		r.Close()
		series.report(r, dump())
		file, err := os.Create("goroutine.pb.gz")
		mech.Must(err)
		mech.Must(pprof.Lookup("goroutine").WriteTo(file, 0))
		mech.Must(file.Close())
	})
}
