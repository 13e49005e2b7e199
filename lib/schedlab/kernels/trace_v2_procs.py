"""Events of a v2 trace that change the state of procs (internal/trace/order.go of Go 1.27)."""

from __future__ import annotations

from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2_events as e
from schedlab.kernels.trace_state import BROKEN, READY, WAIT, step


@step
def proc_event(s, m, kind, args, time):
    """Apply an event of the thread in row m."""
    if kind == e.PROC_STOP:
        return _proc_stop(s, m, time)
    if args[0] < 0 or args[0] >= len(s.procs):
        return BROKEN
    if kind == e.PROC_START:
        return _proc_start(s, m, args, time)
    if kind == e.PROC_STEAL:
        return _proc_steal(s, args, time)
    return _proc_status(s, m, args, time)


@step
def _proc_stop(s, m, time):
    p = s.threads[m, t.M_PROC]
    if p < 0:
        return BROKEN
    out.enter_proc(s, p, time, t.PROC_IDLE, -1)
    s.threads[m, t.M_PROC] = -1
    return READY


@step
def _proc_start(s, m, args, time):
    p, number, _, _ = args
    seq = s.now[t.GENERATION] * e.GENERATION_STEP + number
    q = s.procs[p]
    if q[t.P_STATUS] != t.PROC_IDLE or seq != q[t.P_SEQ] + 1 or s.threads[m, t.M_PROC] >= 0:
        return WAIT
    out.enter_proc(s, p, time, t.PROC_RUNNING, s.threads[m, t.M_ID])
    q[t.P_SEQ] = seq
    s.threads[m, t.M_PROC] = p
    return READY


@step
def _proc_steal(s, args, time):
    p, number, thread, _ = args
    seq = s.now[t.GENERATION] * e.GENERATION_STEP + number
    q = s.procs[p]
    old = q[t.P_STATUS]
    if (old != t.PROC_SYSCALL and old != t.PROC_ABANDONED) or seq != q[t.P_SEQ] + 1:
        return WAIT
    out.enter_proc(s, p, time, t.PROC_IDLE, -1)
    q[t.P_SEQ] = seq
    if old != t.PROC_ABANDONED:
        victim = out.thread_slot(s, thread)
        if s.threads[victim, t.M_PROC] != p:
            return BROKEN
        s.threads[victim, t.M_PROC] = -1
    return READY


@step
def _proc_status(s, m, args, time):
    p, said, _, _ = args
    q, status = s.procs[p], said
    if status < t.PROC_RUNNING or status > t.PROC_ABANDONED:
        return BROKEN
    if q[t.P_STATUS] == t.PROC_NONE:
        out.enter_proc(s, p, time, status, s.threads[m, t.M_ID])
    elif status == t.PROC_ABANDONED and q[t.P_STATUS] == t.PROC_SYSCALL:
        status = t.PROC_SYSCALL
    elif q[t.P_STATUS] != status:
        return BROKEN
    q[t.P_SEQ] = s.now[t.GENERATION] * e.GENERATION_STEP
    if said == t.PROC_RUNNING or said == t.PROC_SYSCALL:
        s.threads[m, t.M_PROC] = p
    return READY
