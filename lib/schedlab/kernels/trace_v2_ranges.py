# ruff: noqa: SIM109 (a kernel compares, it does not search tuples)
"""Events of a v2 trace that change no state: ranges of time, gauges, labels, tasks, regions and logs."""

from __future__ import annotations

from schedlab.kernels import trace_goroutines as life
from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_state import READY, step

PROCS_CHANGE, STW_BEGIN, STW_END, GC_ACTIVE, GC_BEGIN, GC_END, SWEEP_ACTIVE, SWEEP_BEGIN, SWEEP_END = (
    9, 26, 27, 28, 29, 30, 31, 32, 33,
)  # fmt: skip
ASSIST_ACTIVE, ASSIST_BEGIN, ASSIST_END, HEAP_ALLOC, HEAP_GOAL, LABEL = 34, 35, 36, 37, 38, 39
TASK_BEGIN, TASK_END, REGION_BEGIN, REGION_END, LOG = 40, 41, 42, 43, 44


@step
def advance_range(s, m, kind, args, time):
    """Apply an event that needs no order among threads; the cycles of the collector alternate by number."""
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == HEAP_ALLOC or kind == HEAP_GOAL:
        out.add_gauge(s, t.HEAP_LIVE if kind == HEAP_ALLOC else t.HEAP_TARGET, time, args[0])
    elif kind == PROCS_CHANGE:
        out.add_gauge(s, t.PROCS, time, args[0])
    elif kind >= GC_ACTIVE and kind <= GC_END:
        return _cycle(s, kind, args, time, slot)
    elif kind >= SWEEP_ACTIVE and kind <= SWEEP_END:
        _sweep(s, kind, args, time, m)
    elif kind >= TASK_BEGIN and kind <= LOG:
        _annotation(s, kind, args, time, slot, m)
    elif kind == ASSIST_ACTIVE:
        _assist_active(s, args, time)
    elif slot >= 0:
        _of_goroutine(s, kind, args, time, slot, m)
    return READY


@step
def _of_goroutine(s, kind, args, time, slot, m):
    """Stop-the-world, mark assist and labels belong to the running goroutine."""
    g = s.goroutines[slot]
    if kind == STW_BEGIN:
        g[t.STW] = time
        g[t.STW_KIND] = out.lookup(s.strings, args[0])
        g[t.STW_STACK] = out.lookup(s.stacks, args[1])
    elif kind == STW_END and g[t.STW] >= 0:
        who = out.owner(s, slot, m)
        out.add_range(s, t.STOP_THE_WORLD, g[t.STW_KIND], who, g[t.STW], time, g[t.STW_STACK], 1)
        g[t.STW] = -1
    elif kind == ASSIST_BEGIN:
        out.begin_assist(s, slot, time, out.lookup(s.stacks, args[0]))
    elif kind == ASSIST_END:
        out.end_assist(s, slot, m, time)
    elif kind == LABEL and g[t.STATUS] == t.RUNNING:
        g[t.REASON] = life.reason_code(s, out.lookup(s.strings, args[0]))


@step
def _assist_active(s, args, time):
    slot = life.find(s, args[0])
    if slot >= 0 and s.goroutines[slot, t.ASSIST] < 0:
        out.begin_assist(s, slot, time, out.BEFORE)


@step
def _cycle(s, kind, args, time, slot):
    """Begin and end of a collector's cycle carry numbers, because they happen on different threads."""
    known = s.now[t.GC_STATE] != 0
    if known and args[0] != s.now[t.GC_SEQ] + 1:
        return t.WAIT
    if kind == GC_END:
        if s.now[t.GC_STATE] != 2:
            return t.BROKEN
        stack, whole = max(s.now[t.GC_STACK], -1), s.now[t.GC_STACK] != out.BEFORE
        owner = (s.now[t.GC_BY], -1, -1)
        out.add_range(s, t.GC_CYCLE, out.NAMELESS, owner, s.now[t.GC_SINCE], time, stack, whole)
        s.now[t.GC_STATE] = 1
    elif s.now[t.GC_STATE] != 2:
        s.now[t.GC_STATE] = 2
        s.now[t.GC_SINCE] = time
        s.now[t.GC_BY] = s.goroutines[slot, t.GID] if slot >= 0 else -1
        s.now[t.GC_STACK] = out.lookup(s.stacks, args[1]) if kind == GC_BEGIN else out.BEFORE
    elif kind == GC_BEGIN:
        return t.BROKEN
    s.now[t.GC_SEQ] = args[0]
    return READY


@step
def _sweep(s, kind, args, time, m):
    p = args[0] if kind == SWEEP_ACTIVE else s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    if kind == SWEEP_BEGIN:
        out.begin_sweep(s, p, time, out.lookup(s.stacks, args[0]))
    elif kind == SWEEP_END:
        who = out.owner(s, s.threads[m, t.M_GOROUTINE], m)
        out.end_sweep(s, p, who, time, args[0], args[1])
    elif s.procs[p, t.P_SWEEP] <= 0:
        out.begin_sweep(s, p, time, out.BEFORE)


@step
def _annotation(s, kind, args, time, slot, m):
    gid = s.goroutines[slot, t.GID] if slot >= 0 else -1
    if kind == LOG:
        out.add_log(s, args, gid, time, out.lookup(s.strings, args[2]), args[3])
    elif kind == TASK_BEGIN or kind == TASK_END:
        out.add_task(s, args, kind == TASK_BEGIN, gid, time)
    elif slot >= 0 and kind == REGION_BEGIN:
        name, stack = out.lookup(s.strings, args[1]), out.lookup(s.stacks, args[2])
        out.open_region(s, slot, args[0], name, time, stack)
    elif slot >= 0:
        out.close_region(s, slot, time, s.threads[m, t.M_ID], s.threads[m, t.M_PROC], 1)
