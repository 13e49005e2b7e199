"""Rows of what is no goroutine's state: ranges of time, gauges, procs, tasks, logs; and what is open now."""

from __future__ import annotations

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_state import at, step

#: in a stack's place: the range was under way when the trace began
BEFORE = -2
#: in a name's place: it has none
NAMELESS = -1


@step
def lookup(table, number):
    """The row that a string or stack number of the trace stands for; -1 where there is none."""
    if number <= 0 or number >= len(table):
        return -1
    return table[at(number)]


@step
def row(s, rows, which):
    """The index of a fresh row of an output; raises the flag before the output is full."""
    n = s.fill[which]
    if n + 64 >= len(rows):
        s.fill[t.FULL] = 1
    if n + 1 >= len(rows):
        s.fill[t.N_LOST] += 1
        return n - 1
    s.fill[which] = n + 1
    return n


@step
def add_range(s, kind, detail, owner, since, time, stack, whole):
    """Write a row of TRACE_RANGES; `owner` is (goroutine, proc, thread). Gives the row's index."""
    n = row(s, s.ranges, t.N_RANGES)
    r = s.ranges[n]
    r[0] = kind
    r[1] = detail
    r[2] = owner[0]
    r[3] = owner[1]
    r[4] = owner[2]
    r[5] = since
    r[6] = time
    r[7] = stack
    r[8] = 0
    r[9] = 0
    r[10] = -1
    r[11] = whole
    return n


@step
def add_gauge(s, kind, time, value):
    """Write a row of TRACE_GAUGES."""
    r = s.gauges[row(s, s.gauges, t.N_GAUGES)]
    r[0] = kind
    r[1] = time
    r[2] = value


@step
def add_log(s, args, gid, time, message, stack):
    """Write a row of TRACE_LOGS: task and category are the event's first arguments."""
    r = s.logs[row(s, s.logs, t.N_LOGS)]
    r[0] = time
    r[1] = gid
    r[2] = args[0]
    r[3] = lookup(s.strings, args[1])
    r[4] = message
    r[5] = lookup(s.stacks, stack)


@step
def add_task(s, args, begins, gid, time):
    """A row per begin and per end: they meet in the table, because they may be generations apart."""
    r = s.tasks[row(s, s.tasks, t.N_TASKS)]
    r[0] = begins
    r[1] = args[0]
    r[2] = args[1] if begins else -1
    r[3] = lookup(s.strings, args[2]) if begins else -1
    r[4] = time
    r[5] = gid
    r[6] = lookup(s.stacks, args[3] if begins else args[1])


# ---- ranges that are open for a while


@step
def owner(s, slot, m):
    """(goroutine, proc, thread) of what happens on a stream's thread."""
    return (s.goroutines[slot, t.GID] if slot >= 0 else -1), s.threads[m, t.M_PROC], s.threads[m, t.M_ID]


@step
def begin_assist(s, slot, time, stack):
    """A goroutine begins to mark for what it allocates."""
    s.goroutines[slot, t.ASSIST] = time
    s.goroutines[slot, t.ASSIST_STACK] = stack


@step
def end_assist(s, slot, m, time):
    """Write the mark assist that ends."""
    g = s.goroutines[slot]
    if g[t.ASSIST] >= 0:
        stack = g[t.ASSIST_STACK]
        whole = stack != BEFORE
        add_range(s, t.MARK_ASSIST, NAMELESS, owner(s, slot, m), g[t.ASSIST], time, max(stack, -1), whole)
        g[t.ASSIST] = -1


@step
def begin_sweep(s, p, time, stack):
    """A proc begins to sweep."""
    s.procs[p, t.P_SWEEP] = time
    s.procs[p, t.P_SWEEP_STACK] = stack


@step
def end_sweep(s, p, who, time, swept, reclaimed):
    """Write the sweep that ends; `who` is (goroutine, proc, thread)."""
    q = s.procs[p]
    if q[t.P_SWEEP] > 0:
        stack = q[t.P_SWEEP_STACK]
        n = add_range(s, t.SWEEP, NAMELESS, who, q[t.P_SWEEP], time, max(stack, -1), stack != BEFORE)
        s.ranges[n, 8] = swept
        s.ranges[n, 9] = reclaimed
        q[t.P_SWEEP] = 0


@step
def enter_proc(s, p, time, status, thread):
    """A proc starts or stops: system calls count as running, as in Go's own reader."""
    q = s.procs[p]
    old = q[t.P_STATUS]
    was_running = old == t.PROC_RUNNING or old == t.PROC_SYSCALL
    is_running = status == t.PROC_RUNNING or status == t.PROC_SYSCALL
    q[t.P_STATUS] = status
    if old != t.PROC_NONE and was_running == is_running:
        return
    if old != t.PROC_NONE:
        leave_proc(s, p, time, was_running, 1)
        q[t.P_WHOLE] = 1
    else:
        q[t.P_WHOLE] = 0
    q[t.P_SINCE] = time
    s.now[t.MOST_PROC] = max(s.now[t.MOST_PROC], p)
    q[t.P_THREAD] = thread if is_running else -1


@step
def leave_proc(s, p, time, running, whole):
    """Write the row of PROC_SPANS that ends now."""
    r = s.proc_spans[row(s, s.proc_spans, t.N_PROCS)]
    r[0] = p
    r[1] = running
    r[2] = s.procs[p, t.P_SINCE]
    r[3] = time
    r[4] = s.procs[p, t.P_THREAD]
    r[5] = whole and s.procs[p, t.P_WHOLE] == 1


@step
def thread_slot(s, thread):
    """The row of a thread, a new one where it was never seen."""
    for i in range(s.now[t.THREADS_USED]):
        if s.threads[i, t.M_ID] == thread:
            return i
    i = s.now[t.THREADS_USED]
    s.now[t.THREADS_USED] = i + 1
    if i + 8 > len(s.threads):
        s.fill[t.FULL] = 1
    s.threads[i, t.M_ID] = thread
    s.now[t.MOST_THREAD] = max(s.now[t.MOST_THREAD], abs(thread))
    s.threads[i, t.M_GOROUTINE] = -1
    s.threads[i, t.M_PROC] = -1
    return i


@step
def open_region(s, slot, task, name, time, stack):
    """Push a user region."""
    r = s.now[t.FREE_REGION]
    if r >= 0:
        s.now[t.FREE_REGION] = s.regions[r, t.R_NEXT]
    else:
        r = s.now[t.REGIONS_USED]
        s.now[t.REGIONS_USED] = r + 1
        if r + 8 > len(s.regions):
            s.fill[t.FULL] = 1
    s.regions[r, t.R_NEXT] = s.goroutines[slot, t.REGION]
    s.regions[r, t.R_TASK] = task
    s.regions[r, t.R_NAME] = name
    s.regions[r, t.R_SINCE] = time
    s.regions[r, t.R_STACK] = stack
    s.goroutines[slot, t.REGION] = r


@step
def close_region(s, slot, time, thread, proc, whole):
    """Pop the innermost user region and write it; nothing where it began before the trace."""
    r = s.goroutines[slot, t.REGION]
    if r < 0:
        return
    owner = (s.goroutines[slot, t.GID], proc, thread)
    n = add_range(s, t.USER_REGION, s.regions[r, t.R_NAME], owner, s.regions[r, t.R_SINCE], time,
                  s.regions[r, t.R_STACK], whole)  # fmt: skip
    s.ranges[n, 10] = s.regions[r, t.R_TASK]
    s.goroutines[slot, t.REGION] = s.regions[r, t.R_NEXT]
    s.regions[r, t.R_NEXT] = s.now[t.FREE_REGION]
    s.now[t.FREE_REGION] = r
