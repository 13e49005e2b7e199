# ruff: noqa: SIM109 (a kernel compares, it does not search tuples)
"""Execution traces as Go 1.22 and later write them: the events of one generation, in Go's order, into rows.

Source: internal/trace/{batchcursor,order}.go and internal/trace/tracev2/events.go of Go 1.27. An event whose
sequence numbers do not fit yet waits; a generation in which nothing fits any more is broken.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_merge import pass_samples, push, settle, sort
from schedlab.kernels.trace_ranges import advance_range
from schedlab.kernels.trace_state import BROKEN, READY, STATE, WAIT, step, trace_kernel, uvarint

#: number of arguments after the time difference, by event type; 255: no such event
ARGUMENTS = np.full(256, 255, np.uint8)
for _kind, _count in {
    9: 2, 10: 2, 11: 0, 12: 3, 13: 2, 14: 3, 15: 1, 16: 2, 17: 0, 18: 0, 19: 2, 20: 2, 21: 3, 22: 2, 23: 0,
    24: 0, 25: 3, 26: 2, 27: 0, 28: 1, 29: 2, 30: 1, 31: 1, 32: 1, 33: 2, 34: 1, 35: 1, 36: 0, 37: 1, 38: 1,
    39: 1, 40: 4, 41: 2, 42: 3, 43: 3, 44: 4, 45: 2, 46: 2, 47: 3, 48: 4,
    128: 3, 129: 3, 130: 1, 131: 2, 132: 2, 133: 1, 134: 2, 135: 2, 136: 1,
}.items():  # fmt: skip
    ARGUMENTS[_kind] = _count
(
    PROCS_CHANGE, PROC_START, PROC_STOP, PROC_STEAL, PROC_STATUS, GO_CREATE, GO_CREATE_SYSCALL, GO_START,
    GO_DESTROY, GO_DESTROY_SYSCALL, GO_STOP, GO_BLOCK, GO_UNBLOCK, GO_SYSCALL_BEGIN, GO_SYSCALL_END,
    GO_SYSCALL_END_BLOCKED, GO_STATUS, STW_BEGIN,
) = range(9, 27)  # fmt: skip
GO_LABEL, GO_SWITCH, GO_SWITCH_DESTROY, GO_CREATE_BLOCKED, GO_STATUS_STACK = 39, 45, 46, 47, 48
#: sequence numbers count within a generation: generation in the high bits, number in the low ones
GENERATION_STEP = np.int64(1 << 40)


@step
def next_event(s, i):
    """Decode the next event of a cursor: 1, 0 at the end of its batches, -1 where the bytes make no event."""
    c = s.cursors[i]
    while c[t.C_POS] >= c[t.C_END]:
        if c[t.C_BATCH] < 0:
            return 0
        b = s.batches[c[t.C_BATCH]]
        c[t.C_POS] = b[t.B_START]
        c[t.C_END] = b[t.B_END]
        c[t.C_CLOCK] = np.int64(np.float64(b[t.B_TIME]) * s.scale)
        c[t.C_BATCH] = b[t.B_NEXT]
    pos = c[t.C_POS]
    kind = s.data[pos]
    count = ARGUMENTS[kind]
    c[t.C_AT] = pos
    c[t.C_TYPE] = kind
    s.now[t.BAD_AT] = i
    if count == 255:
        return -1
    dt, pos = uvarint(s.data, pos + 1)
    c[t.C_CLOCK] += np.int64(np.float64(dt) * s.scale)
    c[t.C_TIME] = c[t.C_CLOCK]
    for k in range(count):
        c[t.C_ARG + k], pos = uvarint(s.data, pos)
    c[t.C_POS] = pos
    return 1 if pos <= c[t.C_END] else -1


@step
def advance(s, i):
    """Apply the next event of a cursor if it fits now."""
    c = s.cursors[i]
    kind = c[t.C_TYPE]
    time = max(c[t.C_TIME], s.now[t.GO_CLOCK] + 1)
    if kind >= PROC_START and kind <= PROC_STATUS:
        verdict = _proc_event(s, c, kind, time)
    elif kind == GO_STATUS or kind == GO_STATUS_STACK:
        verdict = _status(s, c, time)
    elif kind == GO_SWITCH or kind == GO_SWITCH_DESTROY:
        verdict = _switch(s, c, kind, time)
    elif (kind >= GO_CREATE and kind < STW_BEGIN) or kind == GO_CREATE_BLOCKED:
        verdict = _goroutine_event(s, c, kind, time)
    else:
        verdict = advance_range(s, c, kind, time)
    if verdict == READY:
        s.counts[kind] += 1
        s.now[t.LAST] = max(s.now[t.LAST], c[t.C_TIME])
        if s.now[t.STRICT]:
            s.now[t.GO_CLOCK] = time + 2 * (kind == GO_SWITCH or kind == GO_SWITCH_DESTROY)
    return verdict


# ---- procs


@step
def _proc_event(s, c, kind, time):
    if kind == PROC_STOP:
        p = s.threads[c[t.C_SLOT], t.M_PROC]
        if p < 0:
            return BROKEN
        t.enter_proc(s, p, time, t.PROC_IDLE, -1)
        s.threads[c[t.C_SLOT], t.M_PROC] = -1
        return READY
    if c[t.C_ARG] < 0 or c[t.C_ARG] >= len(s.procs):
        return BROKEN
    if kind == PROC_START:
        return _proc_start(s, c, time)
    if kind == PROC_STEAL:
        return _proc_steal(s, c, time)
    return _proc_status(s, c, time)


@step
def _proc_start(s, c, time):
    p, m = c[t.C_ARG], c[t.C_SLOT]
    seq = s.now[t.GENERATION] * GENERATION_STEP + c[t.C_ARG + 1]
    q = s.procs[p]
    if q[t.P_STATUS] != t.PROC_IDLE or seq != q[t.P_SEQ] + 1 or s.threads[m, t.M_PROC] >= 0:
        return WAIT
    t.enter_proc(s, p, time, t.PROC_RUNNING, s.threads[m, t.M_ID])
    q[t.P_SEQ] = seq
    s.threads[m, t.M_PROC] = p
    return READY


@step
def _proc_steal(s, c, time):
    p = c[t.C_ARG]
    seq = s.now[t.GENERATION] * GENERATION_STEP + c[t.C_ARG + 1]
    q = s.procs[p]
    old = q[t.P_STATUS]
    if (old != t.PROC_SYSCALL and old != t.PROC_ABANDONED) or seq != q[t.P_SEQ] + 1:
        return WAIT
    t.enter_proc(s, p, time, t.PROC_IDLE, -1)
    q[t.P_SEQ] = seq
    if old != t.PROC_ABANDONED:
        victim = t.thread_slot(s, c[t.C_ARG + 2])
        if s.threads[victim, t.M_PROC] != p:
            return BROKEN
        s.threads[victim, t.M_PROC] = -1
    return READY


@step
def _proc_status(s, c, time):
    p, status, m = c[t.C_ARG], c[t.C_ARG + 1], c[t.C_SLOT]
    q = s.procs[p]
    if status < t.PROC_RUNNING or status > t.PROC_ABANDONED:
        return BROKEN
    if q[t.P_STATUS] == t.PROC_NONE:
        t.enter_proc(s, p, time, status, s.threads[m, t.M_ID])
    elif status == t.PROC_ABANDONED and q[t.P_STATUS] == t.PROC_SYSCALL:
        status = t.PROC_SYSCALL
    elif q[t.P_STATUS] != status:
        return BROKEN
    q[t.P_SEQ] = s.now[t.GENERATION] * GENERATION_STEP
    if c[t.C_ARG + 1] == t.PROC_RUNNING or c[t.C_ARG + 1] == t.PROC_SYSCALL:
        s.threads[m, t.M_PROC] = p
    return READY


# ---- goroutines


@step
def _goroutine_event(s, c, kind, time):
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == GO_START:
        return _start(s, m, c[t.C_ARG], c[t.C_ARG + 1], time)
    if kind == GO_UNBLOCK:
        return _unblock(s, slot, c, time)
    if kind == GO_CREATE or kind == GO_CREATE_BLOCKED:
        return _create(s, slot, c, kind, time)
    if kind == GO_CREATE_SYSCALL:
        return _create_in_syscall(s, m, c, time)
    if slot < 0:
        return BROKEN
    if kind == GO_BLOCK or kind == GO_STOP:
        return _stop(s, m, slot, c, kind, time)
    if kind == GO_SYSCALL_BEGIN:
        return _syscall_begin(s, m, slot, c, time)
    if kind == GO_SYSCALL_END:
        return _syscall_end(s, m, slot, time)
    if kind == GO_SYSCALL_END_BLOCKED:
        return _syscall_end_blocked(s, m, slot, time)
    return _destroy(s, m, slot, kind, time)


@step
def _local(table, number):
    """The row that a string or stack number of this generation stands for; -1 where there is none."""
    if number <= 0 or number >= len(table):
        return -1
    return table[number]


@step
def _reason(s, number):
    return t.reason_code(s, _local(s.strings, number))


@step
def _next_seq(s, slot, number):
    seq = s.now[t.GENERATION] * GENERATION_STEP + number
    return seq if s.goroutines[slot, t.SEQ] + 1 == seq else -1


@step
def _start(s, m, gid, number, time):
    slot = t.find(s, gid)
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNABLE:
        return WAIT
    seq = _next_seq(s, slot, number)
    if seq < 0:
        return WAIT
    if s.threads[m, t.M_GOROUTINE] >= 0 or s.threads[m, t.M_PROC] < 0:
        return BROKEN
    t.enter(s, slot, time, t.RUNNING, 0, -1)
    t.placed(s, slot, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
    s.goroutines[slot, t.SEQ] = seq
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _gid(s, slot):
    return s.goroutines[slot, t.GID] if slot >= 0 else -1


@step
def _unblock(s, by, c, time):
    slot = t.find(s, c[t.C_ARG])
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.WAITING:
        return WAIT
    seq = _next_seq(s, slot, c[t.C_ARG + 1])
    if seq < 0:
        return WAIT
    reason = s.goroutines[slot, t.REASON]
    t.enter(s, slot, time, t.RUNNABLE, reason, _local(s.stacks, c[t.C_ARG + 2]))
    t.caused(s, slot, t.UNBLOCK, _gid(s, by))
    s.goroutines[slot, t.SEQ] = seq
    return READY


@step
def _create(s, by, c, kind, time):
    if t.find(s, c[t.C_ARG]) >= 0:
        return BROKEN
    slot = t.add(s, c[t.C_ARG], time)
    g = s.goroutines[slot]
    g[t.WHOLE] = 1
    g[t.CREATED] = 1
    g[t.CREATOR] = _gid(s, by)
    g[t.START_STACK] = _local(s.stacks, c[t.C_ARG + 1])
    g[t.CREATE_STACK] = _local(s.stacks, c[t.C_ARG + 2])
    g[t.SEQ] = s.now[t.GENERATION] * GENERATION_STEP
    state = t.RUNNABLE if kind == GO_CREATE else t.WAITING
    t.enter(s, slot, time, state, 0, g[t.CREATE_STACK])
    t.caused(s, slot, t.CREATE if kind == GO_CREATE else t.NO_CAUSE, g[t.CREATOR])
    return READY


@step
def _create_in_syscall(s, m, c, time):
    if t.find(s, c[t.C_ARG]) >= 0 or s.threads[m, t.M_GOROUTINE] >= 0:
        return BROKEN
    slot = t.add(s, c[t.C_ARG], time)
    s.goroutines[slot, t.WHOLE] = 1
    s.goroutines[slot, t.CREATED] = 1
    s.goroutines[slot, t.SEQ] = s.now[t.GENERATION] * GENERATION_STEP
    t.enter(s, slot, time, t.SYSCALL, 0, -1)
    t.placed(s, slot, s.threads[m, t.M_ID], -1)
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _stop(s, m, slot, c, kind, time):
    if s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    reason = _reason(s, c[t.C_ARG])
    state = t.WAITING if kind == GO_BLOCK else t.RUNNABLE
    t.enter(s, slot, time, state, reason, _local(s.stacks, c[t.C_ARG + 1]))
    if kind == GO_STOP:
        t.caused(s, slot, t.PREEMPTED if reason == s.now[t.PREEMPTED_REASON] else t.YIELD, -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _syscall_begin(s, m, slot, c, time):
    p = s.threads[m, t.M_PROC]
    if s.goroutines[slot, t.STATUS] != t.RUNNING or p < 0:
        return BROKEN
    seq = s.now[t.GENERATION] * GENERATION_STEP + c[t.C_ARG]
    if seq != s.procs[p, t.P_SEQ] + 1:
        return BROKEN
    s.procs[p, t.P_SEQ] = seq
    s.procs[p, t.P_STATUS] = t.PROC_SYSCALL
    t.enter(s, slot, time, t.SYSCALL, 0, _local(s.stacks, c[t.C_ARG + 1]))
    t.placed(s, slot, s.threads[m, t.M_ID], p)
    return READY


@step
def _syscall_end(s, m, slot, time):
    p = s.threads[m, t.M_PROC]
    if s.goroutines[slot, t.STATUS] != t.SYSCALL or p < 0 or s.procs[p, t.P_STATUS] != t.PROC_SYSCALL:
        return BROKEN
    s.procs[p, t.P_STATUS] = t.PROC_RUNNING
    t.enter(s, slot, time, t.RUNNING, 0, -1)
    t.placed(s, slot, s.threads[m, t.M_ID], p)
    return READY


@step
def _syscall_end_blocked(s, m, slot, time):
    p = s.threads[m, t.M_PROC]
    if p >= 0 and s.procs[p, t.P_STATUS] == t.PROC_SYSCALL:
        return WAIT
    if s.goroutines[slot, t.STATUS] != t.SYSCALL:
        return BROKEN
    t.enter(s, slot, time, t.RUNNABLE, 0, -1)
    t.caused(s, slot, t.SYSCALL_EXIT, -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _destroy(s, m, slot, kind, time):
    expected = t.RUNNING if kind == GO_DESTROY else t.SYSCALL
    if s.goroutines[slot, t.STATUS] != expected:
        return BROKEN
    p = s.threads[m, t.M_PROC]
    if kind == GO_DESTROY_SYSCALL and p >= 0:
        if s.procs[p, t.P_STATUS] != t.PROC_SYSCALL:
            return BROKEN
        t.enter_proc(s, p, time, t.PROC_ABANDONED, -1)
        s.threads[m, t.M_PROC] = -1
    _end(s, slot, time)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _end(s, slot, time):
    while s.goroutines[slot, t.REGION] >= 0:
        t.close_region(s, slot, time, -1, -1, 0)
    t.leave(s, slot, time, True)
    t.end_life(s, slot, time, 1)
    t.remove(s, slot)


@step
def _switch(s, c, kind, time):
    """A coroutine hands its thread to another: that one is unblocked and started, this one blocks or ends."""
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    other = t.find(s, c[t.C_ARG])
    if other < 0 or s.goroutines[other, t.STATUS] != t.WAITING:
        return WAIT
    seq = _next_seq(s, other, c[t.C_ARG + 1])
    if seq < 0:
        return WAIT
    strict = s.now[t.STRICT]
    reason = s.goroutines[other, t.REASON]
    t.enter(s, other, time, t.RUNNABLE, reason, -1)
    t.caused(s, other, t.UNBLOCK, s.goroutines[slot, t.GID])
    if kind == GO_SWITCH:
        t.enter(s, slot, time + strict, t.WAITING, 0, -1)
    else:
        _end(s, slot, time + strict)
    t.enter(s, other, time + 2 * strict, t.RUNNING, 0, -1)
    t.placed(s, other, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
    s.goroutines[other, t.SEQ] = seq
    s.threads[m, t.M_GOROUTINE] = other
    return READY


@step
def _status(s, c, time):
    """A goroutine is in this state when a generation begins: news in the first one, a check in the others."""
    gid, thread, status = c[t.C_ARG], c[t.C_ARG + 1], c[t.C_ARG + 2]
    if status < t.RUNNABLE or status > t.WAITING:
        return BROKEN
    m = c[t.C_SLOT]
    slot = t.find(s, gid)
    if slot >= 0:
        if s.goroutines[slot, t.STATUS] != status:
            return BROKEN
    else:
        slot = t.add(s, gid, time)
        stack = _local(s.stacks, c[t.C_ARG + 3]) if c[t.C_TYPE] == GO_STATUS_STACK else -1
        t.enter(s, slot, time, status, 0, stack)
        if status == t.RUNNABLE:
            t.caused(s, slot, t.UNKNOWN, -1)
        if status == t.RUNNING:
            t.placed(s, slot, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
        if status == t.SYSCALL:
            t.placed(s, slot, thread, -1)
    s.goroutines[slot, t.SEQ] = s.now[t.GENERATION] * GENERATION_STEP
    if status == t.RUNNING:
        s.threads[m, t.M_GOROUTINE] = slot
    if status == t.SYSCALL:
        s.threads[t.thread_slot(s, thread), t.M_GOROUTINE] = slot
    return READY


@trace_kernel(types.int64(STATE))
def start_generation(s):
    """Put the first event of every cursor on the frontier."""
    for i in range(len(s.cursors)):
        verdict = next_event(s, i)
        if verdict < 0:
            return t.DAMAGED
        if verdict:
            push(s, i)
    return t.DONE


@trace_kernel(types.int64(STATE))
def merge(s):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits."""
    k = 0
    while s.now[t.HEAP]:
        if k == 0:
            if s.fill[t.FULL]:
                return t.ROOM
            pass_samples(s)
        i = s.heap[k]
        verdict = advance(s, i)
        if verdict == READY:
            more = next_event(s, i)
            if more < 0:
                return t.DAMAGED
            settle(s, k, more)
            k = 0
        elif verdict == BROKEN or k + 1 == s.now[t.HEAP]:
            s.now[t.BAD_AT] = i
            return t.DAMAGED
        else:
            if k == 0:
                sort(s)
            k += 1
    return t.DONE
