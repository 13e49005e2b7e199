"""Events of a v2 trace that change the state of goroutines (internal/trace/order.go of Go 1.27)."""

from __future__ import annotations

from schedlab.kernels import trace_goroutines as life
from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2_events as e
from schedlab.kernels.trace_rows import lookup
from schedlab.kernels.trace_state import BROKEN, READY, WAIT, at, step


@step
def goroutine_event(s, m, kind, args, time):
    """Apply an event of the thread in row m; the frequent ones come first."""
    slot = s.threads[at(m), t.M_GOROUTINE]
    if kind == e.GO_START:
        return _start(s, m, args, time)
    if kind == e.GO_UNBLOCK:
        return _unblock(s, slot, args, time)
    if kind == e.GO_CREATE or kind == e.GO_CREATE_BLOCKED:
        return _create(s, slot, kind, args, time)
    if kind == e.GO_CREATE_SYSCALL:
        return _create_in_syscall(s, m, args, time)
    if slot < 0:
        return BROKEN
    if kind == e.GO_SYSCALL_BEGIN:
        return _syscall_begin(s, m, slot, args, time)
    if kind == e.GO_SYSCALL_END:
        return _syscall_end(s, m, slot, time)
    if kind == e.GO_BLOCK or kind == e.GO_STOP:
        return _stop(s, m, slot, kind, args, time)
    if kind == e.GO_SYSCALL_END_BLOCKED:
        return _syscall_end_blocked(s, m, slot, time)
    return _destroy(s, m, slot, kind, time)


@step
def _sequence(s, number):
    """Sequence numbers count anew in each generation."""
    return s.now[t.GENERATION] * e.GENERATION_STEP + number


@step
def _start(s, m, args, time):
    gid, number, _, _ = args
    slot = life.find(s, gid)
    if slot < 0:
        return WAIT
    g, thread = s.goroutines[at(slot)], s.threads[at(m)]
    if g[t.STATUS] != t.RUNNABLE or g[t.SEQ] + 1 != _sequence(s, number):
        return WAIT
    if thread[t.M_GOROUTINE] >= 0 or thread[t.M_PROC] < 0:
        return BROKEN
    life.enter(s, slot, time, t.RUNNING, 0, -1, thread[t.M_PROC])
    g[t.SEQ] += 1
    thread[t.M_GOROUTINE] = slot
    return READY


@step
def _unblock(s, by, args, time):
    gid, number, stack, _ = args
    slot = life.find(s, gid)
    if slot < 0:
        return WAIT
    g = s.goroutines[at(slot)]
    if g[t.STATUS] != t.WAITING or g[t.SEQ] + 1 != _sequence(s, number):
        return WAIT
    life.unblock(s, slot, time, lookup(s.stacks, stack), by)
    g[t.SEQ] += 1
    return READY


@step
def _create(s, by, kind, args, time):
    gid, start_stack, stack, _ = args
    if life.find(s, gid) >= 0:
        return BROKEN
    slot = life.add(s, gid, time)
    g = s.goroutines[slot]
    g[t.WHOLE] = 1
    g[t.CREATED] = 1
    g[t.CREATOR] = s.goroutines[by, t.GID] if by >= 0 else -1
    g[t.START_STACK] = lookup(s.stacks, start_stack)
    g[t.CREATE_STACK] = lookup(s.stacks, stack)
    g[t.SEQ] = _sequence(s, 0)
    if kind == e.GO_CREATE:
        life.enter(s, slot, time, t.RUNNABLE, t.CREATE, g[t.CREATE_STACK], -1)
    else:
        life.enter(s, slot, time, t.WAITING, 0, g[t.CREATE_STACK], -1)
    return READY


@step
def _create_in_syscall(s, m, args, time):
    if life.find(s, args[0]) >= 0 or s.threads[m, t.M_GOROUTINE] >= 0:
        return BROKEN
    slot = life.add(s, args[0], time)
    s.goroutines[slot, t.WHOLE] = 1
    s.goroutines[slot, t.CREATED] = 1
    s.goroutines[slot, t.SEQ] = _sequence(s, 0)
    life.enter(s, slot, time, t.SYSCALL, 0, -1, -1)
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _stop(s, m, slot, kind, args, time):
    reason, stack, _, _ = args
    if s.goroutines[at(slot), t.STATUS] != t.RUNNING:
        return BROKEN
    code = life.reason_code(s, lookup(s.strings, reason))
    state = t.WAITING
    if kind == e.GO_STOP:
        state, code = t.RUNNABLE, t.PREEMPTED if code == t.PREEMPTED else t.YIELD
    life.enter(s, slot, time, state, code, lookup(s.stacks, stack), -1)
    s.threads[at(m), t.M_GOROUTINE] = -1
    return READY


@step
def _syscall_begin(s, m, slot, args, time):
    number, stack, _, _ = args
    p = s.threads[at(m), t.M_PROC]
    if s.goroutines[at(slot), t.STATUS] != t.RUNNING or p < 0:
        return BROKEN
    q = s.procs[at(p)]
    if q[t.P_SEQ] + 1 != _sequence(s, number):
        return BROKEN
    q[t.P_SEQ] += 1
    q[t.P_STATUS] = t.PROC_SYSCALL
    life.enter(s, slot, time, t.SYSCALL, 0, lookup(s.stacks, stack), p)
    return READY


@step
def _syscall_end(s, m, slot, time):
    p = s.threads[at(m), t.M_PROC]
    if s.goroutines[at(slot), t.STATUS] != t.SYSCALL or p < 0 or s.procs[at(p), t.P_STATUS] != t.PROC_SYSCALL:
        return BROKEN
    s.procs[at(p), t.P_STATUS] = t.PROC_RUNNING
    life.enter(s, slot, time, t.RUNNING, 0, -1, p)
    return READY


@step
def _syscall_end_blocked(s, m, slot, time):
    p = s.threads[at(m), t.M_PROC]
    if p >= 0 and s.procs[p, t.P_STATUS] == t.PROC_SYSCALL:
        return WAIT
    if s.goroutines[slot, t.STATUS] != t.SYSCALL:
        return BROKEN
    life.enter(s, slot, time, t.RUNNABLE, t.SYSCALL_EXIT, -1, -1)
    s.threads[at(m), t.M_GOROUTINE] = -1
    return READY


@step
def _destroy(s, m, slot, kind, time):
    expected = t.RUNNING if kind == e.GO_DESTROY else t.SYSCALL
    if s.goroutines[slot, t.STATUS] != expected:
        return BROKEN
    p = s.threads[at(m), t.M_PROC]
    if kind == e.GO_DESTROY_SYSCALL and p >= 0:
        if s.procs[p, t.P_STATUS] != t.PROC_SYSCALL:
            return BROKEN
        out.enter_proc(s, p, time, t.PROC_ABANDONED, -1)
        s.threads[m, t.M_PROC] = -1
    _end(s, slot, time)
    s.threads[at(m), t.M_GOROUTINE] = -1
    return READY


@step
def _end(s, slot, time):
    while s.goroutines[slot, t.REGION] >= 0:
        out.close_region(s, slot, time, -1, -1, 0)
    life.leave(s, s.goroutines[slot], time, True)
    life.end_life(s, slot, time, 1)
    life.remove(s, slot)


@step
def switch_event(s, m, kind, args, time):
    """A coroutine hands its thread to another: that one is unblocked and started, this one blocks or ends."""
    gid, number, _, _ = args
    slot = s.threads[m, t.M_GOROUTINE]
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    other = life.find(s, gid)
    if other < 0:
        return WAIT
    g = s.goroutines[other]
    if g[t.STATUS] != t.WAITING or g[t.SEQ] + 1 != _sequence(s, number):
        return WAIT
    strict = s.now[t.STRICT]
    life.unblock(s, other, time, -1, slot)
    if kind == e.GO_SWITCH:
        life.enter(s, slot, time + strict, t.WAITING, 0, -1, -1)
    else:
        _end(s, slot, time + strict)
    life.enter(s, other, time + 2 * strict, t.RUNNING, 0, -1, s.threads[m, t.M_PROC])
    g[t.SEQ] += 1
    s.threads[m, t.M_GOROUTINE] = other
    return READY


@step
def status_event(s, m, kind, args, time):
    """A goroutine is in this state when a generation begins: news in the first one, a check in the others."""
    gid, thread, status, stack = args
    if status < t.RUNNABLE or status > t.WAITING:
        return BROKEN
    slot = life.find(s, gid)
    if slot >= 0:
        if s.goroutines[slot, t.STATUS] != status:
            return BROKEN
    else:
        slot = life.add(s, gid, time)
        reason = t.UNKNOWN if status == t.RUNNABLE else 0
        proc = s.threads[m, t.M_PROC] if status == t.RUNNING else -1
        stack = lookup(s.stacks, stack) if kind == e.GO_STATUS_STACK else -1
        life.enter(s, slot, time, status, reason, stack, proc)
    s.goroutines[slot, t.SEQ] = _sequence(s, 0)
    if status == t.RUNNING:
        s.threads[m, t.M_GOROUTINE] = slot
    if status == t.SYSCALL:
        s.threads[out.thread_slot(s, thread), t.M_GOROUTINE] = slot
    return READY
