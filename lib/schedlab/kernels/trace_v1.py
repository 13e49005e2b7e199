"""Execution traces as Go 1.11 to 1.21 write them: the events of all procs, in Go's order, into rows.

Source: internal/trace/{order,parser}.go of Go 1.21. A stream here is a proc; times are ticks.
"""

from __future__ import annotations

from numba import types

from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v1_events as e
from schedlab.kernels.trace_merge import begin, take_in_order
from schedlab.kernels.trace_state import READY, STATE, WAIT, step, trace_kernel, uvarint
from schedlab.kernels.trace_v1_goroutines import (
    create,
    existing,
    nanoseconds,
    start,
    stop,
    syscall_exit,
    unblock,
)
from schedlab.kernels.trace_v1_ranges import other_event
from schedlab.kernels.trace_v1_scan import SAMPLE, after


@step
def next_event(s, c):
    """Decode the next event of a cursor: 1, 0 at the end of its batches, -1 where the bytes make no event."""
    while True:
        while c[t.C_POS] >= c[t.C_END]:
            if c[t.C_BATCH] < 0:
                return 0
            b = s.batches[c[t.C_BATCH]]
            c[t.C_POS] = b[t.B_START]
            c[t.C_END] = b[t.B_END]
            c[t.C_TIME] = b[t.B_TIME]
            c[t.C_BATCH] = b[t.B_NEXT]
        kind, pos, end = after(s.data, c[t.C_POS])
        if end < 0 or end > c[t.C_END]:
            return -1
        c[t.C_POS] = end
        if kind not in e.SKIPPED:
            break
        if kind == SAMPLE:
            dt, pos = uvarint(s.data, pos)
            c[t.C_TIME] += dt
    c[t.C_AT] = pos
    c[t.C_TYPE] = kind
    dt, pos = uvarint(s.data, pos)
    c[t.C_TIME] += dt
    k = 0
    while pos < end and k < 5:
        c[t.C_ARG + k], pos = uvarint(s.data, pos)
        k += 1
    return 1


@step
def advance(s, c):
    """Apply the next event of a cursor if it fits now."""
    kind, time = c[t.C_TYPE], nanoseconds(s, c[t.C_TIME])
    m = c[t.C_SLOT]
    slot = s.threads[m, t.M_GOROUTINE]
    if kind == e.GO_START or kind == e.GO_START_LOCAL or kind == e.GO_START_LABEL:
        verdict = start(s, m, c, kind, time)
    elif kind == e.GO_UNBLOCK or kind == e.GO_UNBLOCK_LOCAL:
        verdict = unblock(s, slot, c, kind, time)
    elif kind == e.GO_SYS_EXIT or kind == e.GO_SYS_EXIT_LOCAL:
        verdict = syscall_exit(s, c, kind, time)
    elif kind == e.GO_CREATE:
        verdict = create(s, slot, c, time)
    elif kind == e.GO_WAITING or kind == e.GO_IN_SYSCALL:
        verdict = existing(s, c, kind, time)
    elif e.REASON_OF[kind]:
        verdict = stop(s, m, slot, c, kind, time)
    elif kind == e.GC_START and c[t.C_ARG] != s.now[t.GC_SEQ]:
        verdict = WAIT
    else:
        verdict = other_event(s, c, m, slot, kind, time)
    if verdict == READY:
        s.counts[kind] += 1
        s.now[t.LAST] = max(s.now[t.LAST], time)
    return verdict


@trace_kernel(types.int64(STATE))
def start_trace(s):
    """Put the first event of every proc on the frontier; the earliest is time zero."""
    how = begin(s, next_event)
    if s.now[t.HEAP]:
        s.now[t.ZERO] = s.cursors[s.heap[0], t.C_TIME]
    return how


@trace_kernel(types.int64(STATE))
def merge(s):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits."""
    return take_in_order(s, advance, next_event)
