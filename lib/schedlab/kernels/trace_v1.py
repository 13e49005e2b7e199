# ruff: noqa: SIM109 (a kernel compares, it does not search tuples)
"""Execution traces as Go 1.11 to 1.21 write them: the events of all procs, in Go's order, into rows.

Source: internal/trace/{order,parser}.go of Go 1.21 for the order, internal/trace/tracev1.go of Go 1.27 for
what the events mean in terms of states. A stream here is a proc; times are ticks.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_merge import push, settle, sort
from schedlab.kernels.trace_ranges import lookup
from schedlab.kernels.trace_state import BROKEN, READY, STATE, WAIT, step, trace_kernel, uvarint
from schedlab.kernels.trace_v1_scan import LOG, SAMPLE, STRING, after

GOMAXPROCS, PROC_START, PROC_STOP, GC_START, GC_DONE, STW_START, STW_DONE, SWEEP_START, SWEEP_DONE = range(
    4, 13
)
GO_CREATE, GO_START, GO_END, GO_STOP, GO_SCHED, GO_PREEMPT, GO_SLEEP, GO_BLOCK, GO_UNBLOCK = range(13, 22)
GO_BLOCK_SEND, GO_BLOCK_NET, GO_SYSCALL, GO_SYS_EXIT, GO_SYS_BLOCK, GO_WAITING, GO_IN_SYSCALL = (
    22, 27, 28, 29, 30, 31, 32,
)  # fmt: skip
HEAP_ALLOC, HEAP_GOAL, GO_START_LOCAL, GO_UNBLOCK_LOCAL, GO_SYS_EXIT_LOCAL, GO_START_LABEL = (
    33,
    34,
    38,
    39,
    40,
    41,
)
GO_BLOCK_GC, ASSIST_START, ASSIST_DONE, TASK_CREATE, TASK_END, REGION = 42, 43, 44, 45, 46, 47
#: events whose record is structure, not something that happened to a goroutine or proc
SKIPPED = (2, 3, 35, 36, STRING, SAMPLE)
#: reason of a stop or block, by event type, as a row of the reasons that the reader numbers first
REASON_OF = np.zeros(64, np.int64)
for _code, _kind in enumerate(
    (GO_PREEMPT, GO_SCHED, GO_STOP, GO_SLEEP, GO_BLOCK, *range(22, 28), GO_BLOCK_GC)
):
    REASON_OF[_kind] = _code + 1
#: reasons of stop-the-world are numbered from here
FIRST_STW = 32


@step
def next_event(s, i):
    """Decode the next event of a cursor: 1, 0 at the end of its batches, -1 where the bytes make no event."""
    c = s.cursors[i]
    while True:
        while c[t.C_POS] >= c[t.C_END]:
            if c[t.C_BATCH] < 0:
                return 0
            b = s.batches[c[t.C_BATCH]]
            c[t.C_POS] = b[t.B_START]
            c[t.C_END] = b[t.B_END]
            c[t.C_CLOCK] = b[t.B_TIME]
            c[t.C_BATCH] = b[t.B_NEXT]
        kind, pos, end = after(s.data, c[t.C_POS])
        if end < 0 or end > c[t.C_END]:
            return -1
        c[t.C_POS] = end
        if kind not in SKIPPED:
            break
        if kind == SAMPLE:
            dt, pos = uvarint(s.data, pos)
            c[t.C_CLOCK] += dt
    c[t.C_AT] = pos
    c[t.C_TYPE] = kind
    dt, pos = uvarint(s.data, pos)
    c[t.C_CLOCK] += dt
    c[t.C_TIME] = c[t.C_CLOCK]
    k = 0
    while pos < end and k < 5:
        c[t.C_ARG + k], pos = uvarint(s.data, pos)
        k += 1
    return 1


@step
def advance(s, i):
    """Apply the next event of a cursor if it fits now."""
    c = s.cursors[i]
    kind, time = c[t.C_TYPE], c[t.C_TIME]
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == GO_START or kind == GO_START_LOCAL or kind == GO_START_LABEL:
        verdict = _start(s, m, c, kind, time)
    elif kind == GO_UNBLOCK or kind == GO_UNBLOCK_LOCAL:
        verdict = _unblock(s, slot, c, kind, time)
    elif kind == GO_SYS_EXIT or kind == GO_SYS_EXIT_LOCAL:
        verdict = _syscall_exit(s, c, kind, time)
    elif kind == GO_CREATE:
        verdict = _create(s, slot, c, time)
    elif kind == GO_WAITING or kind == GO_IN_SYSCALL:
        verdict = _existing(s, c, kind, time)
    elif REASON_OF[kind]:
        verdict = _stop(s, m, slot, c, kind, time)
    elif kind == GC_START and c[t.C_ARG] != s.now[t.GC_SEQ]:
        verdict = WAIT
    else:
        verdict = _other(s, c, m, slot, kind, time)
    if verdict == READY:
        s.counts[kind] += 1
        s.now[t.LAST] = max(s.now[t.LAST], time)
    return verdict


@step
def _start(s, m, c, kind, time):
    slot = t.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    if g[t.STATUS] != t.RUNNABLE and g[t.STATUS] != t.UNDETERMINED:
        return WAIT
    if kind != GO_START_LOCAL and g[t.SEQ] != c[t.C_ARG + 1]:
        return WAIT
    label = t.reason_code(s, lookup(s.strings, c[t.C_ARG + 2])) if kind == GO_START_LABEL else 0
    t.enter(s, slot, time, t.RUNNING, label, -1)
    t.placed(s, slot, s.threads[m, t.M_ID], s.threads[m, t.M_PROC])
    g[t.SEQ] += 1
    g[t.PENDING] = -1
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def _unblock(s, by, c, kind, time):
    slot = t.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    local = kind == GO_UNBLOCK_LOCAL
    if g[t.STATUS] != t.WAITING or (not local and g[t.SEQ] != c[t.C_ARG + 1]):
        return WAIT
    reason = g[t.REASON]
    t.enter(s, slot, time, t.RUNNABLE, reason, lookup(s.stacks, c[t.C_ARG + 1 if local else t.C_ARG + 2]))
    t.caused(s, slot, t.UNBLOCK, s.goroutines[by, t.GID] if by >= 0 else -1)
    g[t.SEQ] += 1
    return READY


@step
def _syscall_exit(s, c, kind, time):
    """The goroutine left its system call at the time in the event, which may be long before the event."""
    slot = t.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    local = kind == GO_SYS_EXIT_LOCAL
    if g[t.STATUS] != t.SYSCALL or (not local and g[t.SEQ] != c[t.C_ARG + 1]):
        return WAIT
    left = c[t.C_ARG + 1 if local else t.C_ARG + 2]
    t.enter(s, slot, max(left, g[t.SINCE]) if left else time, t.RUNNABLE, 0, -1)
    t.caused(s, slot, t.SYSCALL_EXIT, -1)
    g[t.SEQ] += 1
    return READY


@step
def _create(s, by, c, time):
    """While the trace starts, creation events list the goroutines that exist already."""
    if t.find(s, c[t.C_ARG]) >= 0:
        return BROKEN
    slot = t.add(s, c[t.C_ARG], time)
    g = s.goroutines[slot]
    g[t.SEQ] = 1
    g[t.START_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    if s.now[t.STARTED]:
        g[t.WHOLE] = 1
        g[t.CREATED] = 1
        g[t.CREATOR] = s.goroutines[by, t.GID] if by >= 0 else -1
        g[t.CREATE_STACK] = lookup(s.stacks, c[t.C_ARG + 2])
        t.enter(s, slot, time, t.RUNNABLE, 0, g[t.CREATE_STACK])
        t.caused(s, slot, t.CREATE, g[t.CREATOR])
    return READY


@step
def _existing(s, c, kind, time):
    slot = t.find(s, c[t.C_ARG])
    if slot < 0 or s.goroutines[slot, t.SEQ] != 1:
        return WAIT
    t.enter(s, slot, time, t.WAITING if kind == GO_WAITING else t.SYSCALL, 0, -1)
    s.goroutines[slot, t.SEQ] = 2
    return READY


@step
def _stop(s, m, slot, c, kind, time):
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    yields = kind == GO_SCHED or kind == GO_PREEMPT
    t.enter(s, slot, time, t.RUNNABLE if yields else t.WAITING, REASON_OF[kind], lookup(s.stacks, c[t.C_ARG]))
    if yields:
        t.caused(s, slot, t.PREEMPTED if kind == GO_PREEMPT else t.YIELD, -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _other(s, c, m, slot, kind, time):
    if kind == PROC_START or kind == PROC_STOP:
        _proc(s, c, m, kind, time)
    elif kind == HEAP_ALLOC or kind == HEAP_GOAL:
        t.add_gauge(s, t.HEAP_LIVE if kind == HEAP_ALLOC else t.HEAP_TARGET, time, c[t.C_ARG])
    elif kind == GOMAXPROCS:
        t.add_gauge(s, t.PROCS, time, c[t.C_ARG])
        if not s.now[t.STARTED]:
            _begin(s, time)
    elif kind >= GC_START and kind <= STW_DONE:
        _collector(s, c, kind, time)
    elif kind == SWEEP_START or kind == SWEEP_DONE:
        _sweep(s, c, m, slot, kind, time)
    elif kind >= TASK_CREATE and kind <= LOG:
        _annotation(s, c, m, slot, kind, time)
    elif slot < 0:
        return BROKEN
    elif kind == ASSIST_START or kind == ASSIST_DONE:
        _assist(s, c, m, slot, kind, time)
    else:
        return _syscall_or_end(s, c, m, slot, kind, time)
    return READY


@step
def _syscall_or_end(s, c, m, slot, kind, time):
    """A system call is an instant here, and becomes a state only when the proc is taken away meanwhile."""
    g = s.goroutines[slot]
    if g[t.STATUS] != t.RUNNING:
        return BROKEN
    if kind == GO_SYSCALL:
        g[t.PENDING] = time
        g[t.PENDING_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif kind == GO_SYS_BLOCK:
        since = g[t.PENDING] if g[t.PENDING] >= 0 else time
        stack = g[t.PENDING_STACK] if g[t.PENDING] >= 0 else -1
        thread = g[t.THREAD]
        t.enter(s, slot, since, t.SYSCALL, 0, stack)
        t.placed(s, slot, thread, -1)
        s.threads[m, t.M_GOROUTINE] = -1
    elif kind == GO_END:
        while g[t.REGION] >= 0:
            t.close_region(s, slot, time, -1, -1, 0)
        t.leave(s, slot, time, True)
        t.end_life(s, slot, time, 1)
        t.remove(s, slot)
        s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def _begin(s, time):
    """The list of existing goroutines is complete: those said neither to wait nor to run are runnable."""
    s.now[t.STARTED] = 1
    for slot in range(s.now[t.SLOTS_USED]):
        if s.goroutines[slot, t.GID] >= 0 and s.goroutines[slot, t.STATUS] == t.UNDETERMINED:
            t.enter(s, slot, time, t.RUNNABLE, 0, -1)
            t.caused(s, slot, t.UNKNOWN, -1)


@step
def _proc(s, c, m, kind, time):
    p = s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    if kind == PROC_START:
        s.threads[m, t.M_ID] = c[t.C_ARG]
    t.enter_proc(s, p, time, t.PROC_RUNNING if kind == PROC_START else t.PROC_IDLE, c[t.C_ARG])


@step
def _collector(s, c, kind, time):
    if kind == GC_START:
        s.now[t.GC_SEQ] = c[t.C_ARG] + 1
        s.now[t.GC_STATE] = 2
        s.now[t.GC_SINCE] = time
        s.now[t.GC_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    elif kind == GC_DONE and s.now[t.GC_STATE] == 2:
        t.add_range(s, t.GC_CYCLE, 0, (-1, -1, -1), s.now[t.GC_SINCE], time, s.now[t.GC_STACK], 1)
        s.now[t.GC_STATE] = 1
    elif kind == STW_START:
        s.now[t.STW_SINCE] = time
        s.now[t.STW_REASON] = FIRST_STW + min(max(c[t.C_ARG], 0), 20)
    elif kind == STW_DONE and s.now[t.STW_SINCE] > 0:
        t.add_range(s, t.STOP_THE_WORLD, s.now[t.STW_REASON], (-1, -1, -1), s.now[t.STW_SINCE], time, -1, 1)
        s.now[t.STW_SINCE] = 0


@step
def _owner(s, slot, m):
    return (s.goroutines[slot, t.GID] if slot >= 0 else -1), s.threads[m, t.M_PROC], s.threads[m, t.M_ID]


@step
def _sweep(s, c, m, slot, kind, time):
    p = s.threads[m, t.M_PROC]
    if p < 0 or p >= len(s.procs):
        return
    q = s.procs[p]
    if kind == SWEEP_START:
        q[t.P_SWEEP] = time
        q[t.P_SWEEP_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif q[t.P_SWEEP] > 0:
        n = t.add_range(s, t.SWEEP, 0, _owner(s, slot, m), q[t.P_SWEEP], time, q[t.P_SWEEP_STACK], 1)
        s.ranges[n, 8] = c[t.C_ARG]
        s.ranges[n, 9] = c[t.C_ARG + 1]
        q[t.P_SWEEP] = 0


@step
def _assist(s, c, m, slot, kind, time):
    g = s.goroutines[slot]
    if kind == ASSIST_START:
        g[t.ASSIST] = time
        g[t.ASSIST_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif g[t.ASSIST] >= 0:
        t.add_range(s, t.MARK_ASSIST, 0, _owner(s, slot, m), g[t.ASSIST], time, g[t.ASSIST_STACK], 1)
        g[t.ASSIST] = -1


@step
def _annotation(s, c, m, slot, kind, time):
    a = t.C_ARG
    gid = s.goroutines[slot, t.GID] if slot >= 0 else -1
    if kind == LOG:
        _log(s, c, gid, time)
    elif kind == REGION:
        if slot >= 0 and c[a + 1] == 0:
            name = t.reason_code(s, lookup(s.strings, c[a + 2]))
            t.open_region(s, slot, c[a], name, time, lookup(s.stacks, c[a + 3]))
        elif slot >= 0:
            t.close_region(s, slot, time, s.threads[m, t.M_ID], s.threads[m, t.M_PROC], 1)
    else:
        begins = kind == TASK_CREATE
        r = s.tasks[t.row(s, s.tasks, t.N_TASKS)]
        r[0] = begins
        r[1] = c[a]
        r[2] = c[a + 1] if begins else -1
        r[3] = lookup(s.strings, c[a + 2]) if begins else -1
        r[4] = t.nanoseconds(s, time)
        r[5] = gid
        r[6] = lookup(s.stacks, c[a + 3] if begins else c[a + 1])
        r[7] = 0


@step
def _log(s, c, gid, time):
    """The text stands behind the event; the scan kept it under the event's position, in `samples`."""
    lo, hi = 0, len(s.samples)
    while lo < hi:
        mid = (lo + hi) // 2
        if s.samples[mid, 0] < c[t.C_AT]:
            lo = mid + 1
        else:
            hi = mid
    r = s.logs[t.row(s, s.logs, t.N_LOGS)]
    r[0] = t.nanoseconds(s, time)
    r[1] = gid
    r[2] = c[t.C_ARG]
    r[3] = lookup(s.strings, c[t.C_ARG + 1])
    r[4] = s.samples[lo, 1] if lo < len(s.samples) else -1
    r[5] = lookup(s.stacks, c[t.C_ARG + 2])


@trace_kernel(types.int64(STATE))
def start(s):
    """Put the first event of every proc on the frontier; the earliest is time zero."""
    s.now[t.ZERO] = np.iinfo(np.int64).max
    for i in range(len(s.cursors)):
        s.now[t.BAD_AT] = i
        verdict = next_event(s, i)
        if verdict < 0:
            return t.DAMAGED
        if verdict:
            s.now[t.ZERO] = min(s.now[t.ZERO], s.cursors[i, t.C_TIME])
            push(s, i)
    return t.DONE


@trace_kernel(types.int64(STATE))
def merge(s):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits."""
    k = 0
    while s.now[t.HEAP]:
        if k == 0 and s.fill[t.FULL]:
            return t.ROOM
        i = s.heap[k]
        s.now[t.BAD_AT] = i
        verdict = advance(s, i)
        if verdict == READY:
            more = next_event(s, i)
            if more < 0:
                return t.DAMAGED
            settle(s, k, more)
            k = 0
        elif verdict == BROKEN or k + 1 == s.now[t.HEAP]:
            return t.DAMAGED
        else:
            if k == 0:
                sort(s)
            k += 1
    return t.DONE
