package mech

import (
	"flag"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

var realtime = flag.Bool("realtime", false, "run every thread at real-time priority where permitted, so that waiting is for our own tasks alone")

const (
	roundRobin  = 2 // SCHED_RR
	realtimeEnv = "MECHANISM_REALTIME"
)

// first starts the program again at real-time priority if -realtime asks for it and the kernel permits it: a policy
// belongs to a thread, and those that the runtime has begun already would keep the old one. The clock of the
// schedule stays a level above (loadkit.Pace).
func (r *Report) first() {
	if !*realtime {
		return
	}
	if _, again := os.LookupEnv(realtimeEnv); again {
		r.Facts["priority"] = "real time"
		return
	}
	runtime.LockOSThread()
	level := int32(1)
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, roundRobin, uintptr(unsafe.Pointer(&level)))
	if errno != 0 {
		r.Facts["priority"] = "normal (real time: " + errno.Error() + ")"
		runtime.UnlockOSThread()
		return
	}
	Must(syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), realtimeEnv+"=1")))
}
