package mech

import (
	"runtime"
	"sort"
	"syscall"
	"unsafe"

	"testbed/loadkit"
)

var sink uint64

// Spin runs a loop without calls, memory or preemption points of the cooperative kind, n rounds long.
//
//go:noinline
func Spin(n int) {
	x := uint64(n) | 1
	for i := 0; i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	sink = x
}

// spinRounds of a trial take about a millisecond.
const spinRounds = 400_000

// SpinsPerSecond is how many rounds of Spin one second of CPU time runs while every proc spins: the median of trials
// on all of them at once, since a core beside a busy one is slower than by itself.
func SpinsPerSecond() float64 {
	procs := runtime.GOMAXPROCS(0)
	found := make(chan []int64)
	for i := 0; i < procs; i++ {
		go func() { found <- spinTrials(40) }()
	}
	var all []int64
	for i := 0; i < procs; i++ {
		all = append(all, <-found...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	return spinRounds * 1e9 / Quantile(all, 0.5)
}

// spinTrials is the CPU time of each of n trials, in nanoseconds of its own thread: what others take does not count.
func spinTrials(n int) []int64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	took := make([]int64, n)
	for i := range took {
		start := threadCPU()
		Spin(spinRounds)
		took[i] = threadCPU() - start
	}
	return took
}

// threadCPU is the CPU time of the calling thread in nanoseconds.
func threadCPU() int64 {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

// Pace calls do at the instants of a Poisson schedule of the given rate, -seconds long. The thread that keeps the
// time occupies one proc, so the process gets one more than the work has.
func Pace(rate float64, do func(intended int64)) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	schedule, err := loadkit.NewSchedule(loadkit.Arrivals{Kind: "poisson", Rate: rate, Seed: *Seed}, *Seconds)
	Must(err)
	finished := make(chan struct{})
	go func() {
		loadkit.Pace(schedule, loadkit.Now(), do)
		close(finished)
	}()
	<-finished
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - 1)
}
