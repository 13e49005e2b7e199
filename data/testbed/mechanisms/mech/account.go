package mech

import (
	"runtime"
	"syscall"
)

// An Account is what this process has used so far.
type Account struct {
	cpuNs, switches int64
	allocated       uint64
	cycles          uint32
}

// Count reads the account.
func Count() Account {
	var usage syscall.Rusage
	Must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return Account{
		cpuNs:     usage.Utime.Nano() + usage.Stime.Nano(),
		switches:  usage.Nvcsw + usage.Nivcsw,
		allocated: memory.TotalAlloc,
		cycles:    memory.NumGC,
	}
}

// Since adds what was used since then, for each of n tasks: CPU time, context switches of its threads, bytes
// allocated; and collections for each thousand tasks.
func (r *Report) Since(before Account, n int64) {
	now, each := Count(), 1/float64(n)
	r.Measure("tasks", "1", float64(n))
	r.Measure("cpu_per_task", "s", float64(now.cpuNs-before.cpuNs)/1e9*each)
	r.Measure("switches_per_task", "1", float64(now.switches-before.switches)*each)
	r.Measure("allocated_per_task", "bytes", float64(now.allocated-before.allocated)*each)
	r.Measure("gc_per_1000_tasks", "1", 1000*float64(now.cycles-before.cycles)*each)
}
