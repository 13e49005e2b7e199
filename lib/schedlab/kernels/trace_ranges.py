# ruff: noqa: SIM109 (a kernel compares, it does not search tuples)
"""Events of a v2 trace that change no state: ranges of time, gauges, labels, tasks, regions and logs."""

from __future__ import annotations

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_state import READY, step

PROCS_CHANGE, STW_BEGIN, STW_END, GC_ACTIVE, GC_BEGIN, GC_END, SWEEP_ACTIVE, SWEEP_BEGIN, SWEEP_END = (
    9, 26, 27, 28, 29, 30, 31, 32, 33,
)  # fmt: skip
ASSIST_ACTIVE, ASSIST_BEGIN, ASSIST_END, HEAP_ALLOC, HEAP_GOAL, LABEL = 34, 35, 36, 37, 38, 39
TASK_BEGIN, TASK_END, REGION_BEGIN, REGION_END, LOG = 40, 41, 42, 43, 44
#: in a stack's place: the range was under way when the trace began
BEFORE = -2


@step
def advance_range(s, c, kind, time):
    """Apply an event that needs no order among threads; the cycles of the collector alternate by number."""
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == HEAP_ALLOC or kind == HEAP_GOAL:
        t.add_gauge(s, t.HEAP_LIVE if kind == HEAP_ALLOC else t.HEAP_TARGET, time, c[t.C_ARG])
    elif kind == PROCS_CHANGE:
        t.add_gauge(s, t.PROCS, time, c[t.C_ARG])
    elif kind >= GC_ACTIVE and kind <= GC_END:
        return _cycle(s, c, kind, time, slot)
    elif kind >= SWEEP_ACTIVE and kind <= SWEEP_END:
        _sweep(s, c, kind, time, m)
    elif kind >= TASK_BEGIN and kind <= LOG:
        _annotation(s, c, kind, time, slot, m)
    elif kind == ASSIST_ACTIVE:
        _assist_active(s, c, time)
    elif slot >= 0:
        _of_goroutine(s, c, kind, time, slot, m)
    return READY


@step
def lookup(table, number):
    """The row that a string or stack number of this generation stands for; -1 where there is none."""
    if number <= 0 or number >= len(table):
        return -1
    return table[number]


@step
def _owner(s, slot, m):
    gid = s.goroutines[slot, t.GID] if slot >= 0 else -1
    return gid, s.threads[m, t.M_PROC], s.threads[m, t.M_ID]


@step
def _of_goroutine(s, c, kind, time, slot, m):
    """Stop-the-world, mark assist and labels belong to the running goroutine."""
    g = s.goroutines[slot]
    if kind == STW_BEGIN:
        g[t.STW] = time
        g[t.STW_KIND] = t.reason_code(s, lookup(s.strings, c[t.C_ARG]))
        g[t.STW_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    elif kind == STW_END and g[t.STW] >= 0:
        t.add_range(s, t.STOP_THE_WORLD, g[t.STW_KIND], _owner(s, slot, m), g[t.STW], time, g[t.STW_STACK], 1)
        g[t.STW] = -1
    elif kind == ASSIST_BEGIN:
        g[t.ASSIST] = time
        g[t.ASSIST_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif kind == ASSIST_END and g[t.ASSIST] >= 0:
        whole = g[t.ASSIST_STACK] != BEFORE
        stack = max(g[t.ASSIST_STACK], -1)
        t.add_range(s, t.MARK_ASSIST, 0, _owner(s, slot, m), g[t.ASSIST], time, stack, whole)
        g[t.ASSIST] = -1
    elif kind == LABEL and g[t.STATUS] == t.RUNNING:
        g[t.REASON] = t.reason_code(s, lookup(s.strings, c[t.C_ARG]))


@step
def _assist_active(s, c, time):
    slot = t.find(s, c[t.C_ARG])
    if slot >= 0 and s.goroutines[slot, t.ASSIST] < 0:
        s.goroutines[slot, t.ASSIST] = time
        s.goroutines[slot, t.ASSIST_STACK] = BEFORE


@step
def _cycle(s, c, kind, time, slot):
    """Begin and end of a collector's cycle carry numbers, because they happen on different threads."""
    known = s.now[t.GC_STATE] != 0
    if known and c[t.C_ARG] != s.now[t.GC_SEQ] + 1:
        return t.WAIT
    if kind == GC_END:
        if s.now[t.GC_STATE] != 2:
            return t.BROKEN
        whole = s.now[t.GC_STACK] != BEFORE
        owner = (s.now[t.GC_BY], -1, -1)
        t.add_range(s, t.GC_CYCLE, 0, owner, s.now[t.GC_SINCE], time, max(s.now[t.GC_STACK], -1), whole)
        s.now[t.GC_STATE] = 1
    elif s.now[t.GC_STATE] != 2:
        s.now[t.GC_STATE] = 2
        s.now[t.GC_SINCE] = time
        s.now[t.GC_BY] = s.goroutines[slot, t.GID] if slot >= 0 else -1
        s.now[t.GC_STACK] = lookup(s.stacks, c[t.C_ARG + 1]) if kind == GC_BEGIN else BEFORE
    elif kind == GC_BEGIN:
        return t.BROKEN
    s.now[t.GC_SEQ] = c[t.C_ARG]
    return READY


@step
def _sweep(s, c, kind, time, m):
    p = c[t.C_ARG] if kind == SWEEP_ACTIVE else s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    q = s.procs[p]
    if kind == SWEEP_BEGIN:
        q[t.P_SWEEP] = time
        q[t.P_SWEEP_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif kind == SWEEP_ACTIVE and q[t.P_SWEEP] < 0:
        q[t.P_SWEEP] = time
        q[t.P_SWEEP_STACK] = BEFORE
    elif kind == SWEEP_END and q[t.P_SWEEP] >= 0:
        owner = _owner(s, s.threads[m, t.M_GOROUTINE], m)
        whole = q[t.P_SWEEP_STACK] != BEFORE
        n = t.add_range(s, t.SWEEP, 0, owner, q[t.P_SWEEP], time, max(q[t.P_SWEEP_STACK], -1), whole)
        s.ranges[n, 8] = c[t.C_ARG]
        s.ranges[n, 9] = c[t.C_ARG + 1]
        q[t.P_SWEEP] = -1


@step
def _annotation(s, c, kind, time, slot, m):
    a = t.C_ARG
    gid = s.goroutines[slot, t.GID] if slot >= 0 else -1
    if kind == TASK_BEGIN:
        _task(s, 1, c[a], c[a + 1], lookup(s.strings, c[a + 2]), time, gid, lookup(s.stacks, c[a + 3]))
    elif kind == TASK_END:
        _task(s, 0, c[a], -1, -1, time, gid, lookup(s.stacks, c[a + 1]))
    elif kind == LOG:
        r = s.logs[t.row(s, s.logs, t.N_LOGS)]
        r[0] = t.nanoseconds(s, time)
        r[1] = gid
        r[2] = c[a]
        r[3] = lookup(s.strings, c[a + 1])
        r[4] = lookup(s.strings, c[a + 2])
        r[5] = lookup(s.stacks, c[a + 3])
    elif slot >= 0 and kind == REGION_BEGIN:
        name, stack = lookup(s.strings, c[a + 1]), lookup(s.stacks, c[a + 2])
        t.open_region(s, slot, c[a], t.reason_code(s, name), time, stack)
    elif slot >= 0:
        t.close_region(s, slot, time, s.threads[m, t.M_ID], s.threads[m, t.M_PROC], 1)


@step
def _task(s, begins, task, parent, name, time, gid, stack):
    """A row per begin and per end: they meet in the table, because they may be generations apart."""
    r = s.tasks[t.row(s, s.tasks, t.N_TASKS)]
    r[0] = begins
    r[1] = task
    r[2] = parent
    r[3] = name
    r[4] = t.nanoseconds(s, time)
    r[5] = gid
    r[6] = stack
    r[7] = 0
