package mech

import (
	"flag"
	"os"
	"runtime/trace"
	"time"
)

// TraceFile is where an execution trace goes, in the folder of the run.
const TraceFile = "trace.out"

var tracing = flag.Duration("trace", 0, "write an execution trace of this length, from the middle of the measured part, to "+TraceFile)

// Trace writes the execution trace if -trace asks for one; call the result to wait until it is written.
func Trace() (finish func()) {
	if *tracing == 0 {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep((Length() - *tracing) / 2)
		file, err := os.Create(TraceFile)
		Must(err)
		Must(trace.Start(file))
		time.Sleep(*tracing)
		trace.Stop()
		Must(file.Close())
	}()
	return func() { <-done }
}
