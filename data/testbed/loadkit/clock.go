// Package loadkit is the load client: an open-loop schedule, connections, a log of every request, and an
// honest report of what the client itself could and could not do.
package loadkit

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// base ties the monotonic clock to the wall clock once; every instant in the log is wall base + monotonic.
var base = time.Now()

// Now is the current instant in Unix nanoseconds, monotonic within the process.
func Now() int64 { return base.UnixNano() + int64(time.Since(base)) }

// Monotonic is CLOCK_MONOTONIC in nanoseconds, to be laid beside Now.
func Monotonic() int64 {
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

// precise makes this goroutine's sleeps as exact as the kernel allows: its own thread, timer slack 1 ns and,
// where that is permitted, real-time priority, so that a busy server cannot delay the schedule.
func precise() (priority string) {
	runtime.LockOSThread()
	const setTimerSlack, fifo = 29, 1
	syscall.RawSyscall(syscall.SYS_PRCTL, setTimerSlack, 1, 0)
	level := int32(2) // above a program that runs at real-time priority itself
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, fifo, uintptr(unsafe.Pointer(&level)))
	if errno != 0 {
		return "normal (real time: " + errno.Error() + ")"
	}
	return "real time"
}

// sleepUntil sleeps in the kernel and not in Go's timers, whose epoll_wait rounds up to whole milliseconds.
// It keeps its proc meanwhile, which is why the client runs with one proc more than it needs.
func sleepUntil(instant int64) {
	for wait := instant - Now(); wait > 0; wait = instant - Now() {
		ts := syscall.NsecToTimespec(wait)
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
	}
}
