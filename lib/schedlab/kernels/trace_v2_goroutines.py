"""Events of a v2 trace that change the state of goroutines (internal/trace/order.go of Go 1.27)."""

from __future__ import annotations

from schedlab.kernels import trace_goroutines as life
from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2_events as e
from schedlab.kernels.trace_rows import lookup
from schedlab.kernels.trace_state import BROKEN, READY, WAIT, step


@step
def goroutine_event(s, c, kind, time):
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == e.GO_START:
        return _start(s, m, c[t.C_ARG], c[t.C_ARG + 1], time)
    if kind == e.GO_UNBLOCK:
        return _unblock(s, slot, c, time)
    if kind == e.GO_CREATE or kind == e.GO_CREATE_BLOCKED:
        return _create(s, slot, c, kind, time)
    if kind == e.GO_CREATE_SYSCALL:
        return _create_in_syscall(s, m, c, time)
    if slot < 0:
        return BROKEN
    if kind == e.GO_BLOCK or kind == e.GO_STOP:
        return _stop(s, m, slot, c, kind, time)
    if kind == e.GO_SYSCALL_BEGIN:
        return _syscall_begin(s, m, slot, c, time)
    if kind == e.GO_SYSCALL_END:
        return _syscall_end(s, m, slot, time)
    if kind == e.GO_SYSCALL_END_BLOCKED:
        return _syscall_end_blocked(s, m, slot, time)
    return _destroy(s, m, slot, kind, time)


@step
def _reason(s, number):
    return life.reason_code(s, lookup(s.strings, number))


@step
def _next_seq(s, slot, number):
    seq = s.now[t.GENERATION] * e.GENERATION_STEP + number
    return seq if s.goroutines[slot, t.SEQ] + 1 == seq else -1


@step
def _start(s, m, gid, number, time):
    slot = life.find(s, gid)
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNABLE:
        return WAIT
    seq = _next_seq(s, slot, number)
    if seq < 0:
        return WAIT
    if s.threads[m, t.M_GOROUTINE] >= 0 or s.threads[m, t.M_PROC] < 0:
        return BROKEN
    life.enter(s, slot, time, t.RUNNING, 0, -1)
    life.placed(s, slot, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
    s.goroutines[slot, t.SEQ] = seq
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _gid(s, slot):
    return s.goroutines[slot, t.GID] if slot >= 0 else -1


@step
def _unblock(s, by, c, time):
    slot = life.find(s, c[t.C_ARG])
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.WAITING:
        return WAIT
    seq = _next_seq(s, slot, c[t.C_ARG + 1])
    if seq < 0:
        return WAIT
    reason = s.goroutines[slot, t.REASON]
    life.enter(s, slot, time, t.RUNNABLE, reason, lookup(s.stacks, c[t.C_ARG + 2]))
    life.caused(s, slot, t.UNBLOCK, _gid(s, by))
    s.goroutines[slot, t.SEQ] = seq
    return READY


@step
def _create(s, by, c, kind, time):
    if life.find(s, c[t.C_ARG]) >= 0:
        return BROKEN
    slot = life.add(s, c[t.C_ARG], time)
    g = s.goroutines[slot]
    g[t.WHOLE] = 1
    g[t.CREATED] = 1
    g[t.CREATOR] = _gid(s, by)
    g[t.START_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    g[t.CREATE_STACK] = lookup(s.stacks, c[t.C_ARG + 2])
    g[t.SEQ] = s.now[t.GENERATION] * e.GENERATION_STEP
    state = t.RUNNABLE if kind == e.GO_CREATE else t.WAITING
    life.enter(s, slot, time, state, 0, g[t.CREATE_STACK])
    life.caused(s, slot, t.CREATE if kind == e.GO_CREATE else t.NO_CAUSE, g[t.CREATOR])
    return READY


@step
def _create_in_syscall(s, m, c, time):
    if life.find(s, c[t.C_ARG]) >= 0 or s.threads[m, t.M_GOROUTINE] >= 0:
        return BROKEN
    slot = life.add(s, c[t.C_ARG], time)
    s.goroutines[slot, t.WHOLE] = 1
    s.goroutines[slot, t.CREATED] = 1
    s.goroutines[slot, t.SEQ] = s.now[t.GENERATION] * e.GENERATION_STEP
    life.enter(s, slot, time, t.SYSCALL, 0, -1)
    life.placed(s, slot, s.threads[m, t.M_ID], -1)
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _stop(s, m, slot, c, kind, time):
    if s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    reason = _reason(s, c[t.C_ARG])
    state = t.WAITING if kind == e.GO_BLOCK else t.RUNNABLE
    life.enter(s, slot, time, state, reason, lookup(s.stacks, c[t.C_ARG + 1]))
    if kind == e.GO_STOP:
        life.caused(s, slot, t.PREEMPTED if reason == s.now[t.PREEMPTED_REASON] else t.YIELD, -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _syscall_begin(s, m, slot, c, time):
    p = s.threads[m, t.M_PROC]
    if s.goroutines[slot, t.STATUS] != t.RUNNING or p < 0:
        return BROKEN
    seq = s.now[t.GENERATION] * e.GENERATION_STEP + c[t.C_ARG]
    if seq != s.procs[p, t.P_SEQ] + 1:
        return BROKEN
    s.procs[p, t.P_SEQ] = seq
    s.procs[p, t.P_STATUS] = t.PROC_SYSCALL
    life.enter(s, slot, time, t.SYSCALL, 0, lookup(s.stacks, c[t.C_ARG + 1]))
    life.placed(s, slot, s.threads[m, t.M_ID], p)
    return READY


@step
def _syscall_end(s, m, slot, time):
    p = s.threads[m, t.M_PROC]
    if s.goroutines[slot, t.STATUS] != t.SYSCALL or p < 0 or s.procs[p, t.P_STATUS] != t.PROC_SYSCALL:
        return BROKEN
    s.procs[p, t.P_STATUS] = t.PROC_RUNNING
    life.enter(s, slot, time, t.RUNNING, 0, -1)
    life.placed(s, slot, s.threads[m, t.M_ID], p)
    return READY


@step
def _syscall_end_blocked(s, m, slot, time):
    p = s.threads[m, t.M_PROC]
    if p >= 0 and s.procs[p, t.P_STATUS] == t.PROC_SYSCALL:
        return WAIT
    if s.goroutines[slot, t.STATUS] != t.SYSCALL:
        return BROKEN
    life.enter(s, slot, time, t.RUNNABLE, 0, -1)
    life.caused(s, slot, t.SYSCALL_EXIT, -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _destroy(s, m, slot, kind, time):
    expected = t.RUNNING if kind == e.GO_DESTROY else t.SYSCALL
    if s.goroutines[slot, t.STATUS] != expected:
        return BROKEN
    p = s.threads[m, t.M_PROC]
    if kind == e.GO_DESTROY_SYSCALL and p >= 0:
        if s.procs[p, t.P_STATUS] != t.PROC_SYSCALL:
            return BROKEN
        out.enter_proc(s, p, time, t.PROC_ABANDONED, -1)
        s.threads[m, t.M_PROC] = -1
    _end(s, slot, time)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _end(s, slot, time):
    while s.goroutines[slot, t.REGION] >= 0:
        out.close_region(s, slot, time, -1, -1, 0)
    life.leave(s, slot, time, True)
    life.end_life(s, slot, time, 1)
    life.remove(s, slot)


@step
def switch_event(s, c, kind, time):
    """A coroutine hands its thread to another: that one is unblocked and started, this one blocks or ends."""
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    other = life.find(s, c[t.C_ARG])
    if other < 0 or s.goroutines[other, t.STATUS] != t.WAITING:
        return WAIT
    seq = _next_seq(s, other, c[t.C_ARG + 1])
    if seq < 0:
        return WAIT
    strict = s.now[t.STRICT]
    reason = s.goroutines[other, t.REASON]
    life.enter(s, other, time, t.RUNNABLE, reason, -1)
    life.caused(s, other, t.UNBLOCK, s.goroutines[slot, t.GID])
    if kind == e.GO_SWITCH:
        life.enter(s, slot, time + strict, t.WAITING, 0, -1)
    else:
        _end(s, slot, time + strict)
    life.enter(s, other, time + 2 * strict, t.RUNNING, 0, -1)
    life.placed(s, other, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
    s.goroutines[other, t.SEQ] = seq
    s.threads[m, t.M_GOROUTINE] = other
    return READY


@step
def status_event(s, c, time):
    """A goroutine is in this state when a generation begins: news in the first one, a check in the others."""
    gid, thread, status = c[t.C_ARG], c[t.C_ARG + 1], c[t.C_ARG + 2]
    if status < t.RUNNABLE or status > t.WAITING:
        return BROKEN
    m = c[t.C_SLOT]
    slot = life.find(s, gid)
    if slot >= 0:
        if s.goroutines[slot, t.STATUS] != status:
            return BROKEN
    else:
        slot = life.add(s, gid, time)
        stack = lookup(s.stacks, c[t.C_ARG + 3]) if c[t.C_TYPE] == e.GO_STATUS_STACK else -1
        life.enter(s, slot, time, status, 0, stack)
        if status == t.RUNNABLE:
            life.caused(s, slot, t.UNKNOWN, -1)
        if status == t.RUNNING:
            life.placed(s, slot, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
        if status == t.SYSCALL:
            life.placed(s, slot, thread, -1)
    s.goroutines[slot, t.SEQ] = s.now[t.GENERATION] * e.GENERATION_STEP
    if status == t.RUNNING:
        s.threads[m, t.M_GOROUTINE] = slot
    if status == t.SYSCALL:
        s.threads[out.thread_slot(s, thread), t.M_GOROUTINE] = slot
    return READY
