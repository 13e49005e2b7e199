package loadkit

// Pace calls do at each instant of a schedule, in Unix nanoseconds, on a thread of its own that sleeps in the
// kernel: for programs that make their work themselves. It occupies one proc until the schedule is over.
func Pace(schedule *Schedule, start int64, do func(intended int64)) {
	precise()
	for offset, more := schedule.Next(); more; offset, more = schedule.Next() {
		sleepUntil(start + offset)
		do(start + offset)
	}
}
