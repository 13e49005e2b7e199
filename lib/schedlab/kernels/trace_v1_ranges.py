"""Events of a v1 trace that concern procs, the collector, ranges of time and annotations."""

from __future__ import annotations

from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v1_events as e
from schedlab.kernels.trace_rows import lookup
from schedlab.kernels.trace_state import BROKEN, READY, step
from schedlab.kernels.trace_v1_goroutines import first_state, syscall_or_end
from schedlab.kernels.trace_v1_scan import LOG


@step
def other_event(s, c, m, slot, kind, time):
    """Apply an event that concerns a proc, the collector, a range or an annotation."""
    if kind == e.PROC_START or kind == e.PROC_STOP:
        _proc(s, c, m, kind, time)
    elif kind == e.HEAP_ALLOC or kind == e.HEAP_GOAL:
        out.add_gauge(s, t.HEAP_LIVE if kind == e.HEAP_ALLOC else t.HEAP_TARGET, time, c[t.C_ARG])
    elif kind == e.GOMAXPROCS:
        out.add_gauge(s, t.PROCS, time, c[t.C_ARG])
        if not s.now[t.STARTED]:
            first_state(s, time)
    elif kind >= e.GC_START and kind <= e.STW_DONE:
        _collector(s, c, kind, time)
    elif kind == e.SWEEP_START or kind == e.SWEEP_DONE:
        _sweep(s, c, m, slot, kind, time)
    elif kind >= e.TASK_CREATE and kind <= LOG:
        _annotation(s, c, m, slot, kind, time)
    elif slot < 0:
        return BROKEN
    elif kind == e.ASSIST_START:
        out.begin_assist(s, slot, time, lookup(s.stacks, c[t.C_ARG]))
    elif kind == e.ASSIST_DONE:
        out.end_assist(s, slot, m, time)
    else:
        return syscall_or_end(s, c, m, slot, kind, time)
    return READY


@step
def _proc(s, c, m, kind, time):
    p = s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    if kind == e.PROC_START:
        s.threads[m, t.M_ID] = c[t.C_ARG]
        s.now[t.MOST_THREAD] = max(s.now[t.MOST_THREAD], abs(c[t.C_ARG]))
    out.enter_proc(s, p, time, t.PROC_RUNNING if kind == e.PROC_START else t.PROC_IDLE, c[t.C_ARG])


@step
def _collector(s, c, kind, time):
    if kind == e.GC_START:
        s.now[t.GC_SEQ] = c[t.C_ARG] + 1
        s.now[t.GC_STATE] = 2
        s.now[t.GC_SINCE] = time
        s.now[t.GC_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    elif kind == e.GC_DONE and s.now[t.GC_STATE] == 2:
        out.add_range(
            s, t.GC_CYCLE, out.NAMELESS, (-1, -1, -1), s.now[t.GC_SINCE], time, s.now[t.GC_STACK], 1
        )
        s.now[t.GC_STATE] = 1
    elif kind == e.STW_START:
        s.now[t.STW_SINCE] = time
        s.now[t.STW_REASON] = s.string_of[e.FIRST_STW + min(max(c[t.C_ARG], 0), 20)]
    elif kind == e.STW_DONE and s.now[t.STW_SINCE] > 0:
        out.add_range(s, t.STOP_THE_WORLD, s.now[t.STW_REASON], (-1, -1, -1), s.now[t.STW_SINCE], time, -1, 1)
        s.now[t.STW_SINCE] = 0


@step
def _sweep(s, c, m, slot, kind, time):
    p = s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    if kind == e.SWEEP_START:
        out.begin_sweep(s, p, time, lookup(s.stacks, c[t.C_ARG]))
    else:
        out.end_sweep(s, p, out.owner(s, slot, m), time, c[t.C_ARG], c[t.C_ARG + 1])


@step
def _annotation(s, c, m, slot, kind, time):
    gid = s.goroutines[slot, t.GID] if slot >= 0 else -1
    args = (c[t.C_ARG], c[t.C_ARG + 1], c[t.C_ARG + 2], c[t.C_ARG + 3])
    if kind == LOG:
        out.add_log(s, args, gid, time, _log_text(s, c), args[2])
    elif kind != e.REGION:
        out.add_task(s, args, kind == e.TASK_CREATE, gid, time)
    elif slot >= 0 and args[1] == 0:
        name, stack = lookup(s.strings, args[2]), lookup(s.stacks, args[3])
        out.open_region(s, slot, args[0], name, time, stack)
    elif slot >= 0:
        out.close_region(s, slot, time, s.threads[m, t.M_ID], s.threads[m, t.M_PROC], 1)


@step
def _log_text(s, c):
    """The text stands behind the event; the scan kept it under the event's position, in `samples`."""
    lo, hi = 0, len(s.samples)
    while lo < hi:
        mid = (lo + hi) // 2
        if s.samples[mid, 0] < c[t.C_AT]:
            lo = mid + 1
        else:
            hi = mid
    return s.samples[lo, 1] if lo < len(s.samples) else -1
