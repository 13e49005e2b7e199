"""Execution traces as Go 1.22 and later write them: the events of one generation, in Go's order, into rows.

Source: internal/trace/{batchcursor,order}.go of Go 1.27. An event whose sequence numbers do not fit yet
waits; a generation in which nothing fits any more is broken.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2_events as e
from schedlab.kernels.trace_merge import begin, take_in_order
from schedlab.kernels.trace_state import BROKEN, READY, STATE, at, step, trace_kernel, uvarint
from schedlab.kernels.trace_v2_goroutines import goroutine_event, status_event, switch_event
from schedlab.kernels.trace_v2_procs import proc_event
from schedlab.kernels.trace_v2_ranges import advance_range


@step
def next_event(s, c):
    """Find the next event of a cursor: 1, 0 at the end of its batches, -1 where the bytes make no event.

    Its arguments are read when it is its turn.
    """
    while c[t.C_POS] >= c[t.C_END]:
        if c[t.C_BATCH] < 0:
            return 0
        b = s.batches[c[t.C_BATCH]]
        c[t.C_POS] = b[t.B_START]
        c[t.C_END] = b[t.B_END]
        c[t.C_TIME] = np.int64(np.float64(b[t.B_TIME]) * s.scale)
        c[t.C_BATCH] = b[t.B_NEXT]
    c[t.C_AT] = c[t.C_POS]
    c[t.C_TYPE] = s.data[at(c[t.C_POS])]
    dt, c[t.C_POS] = uvarint(s.data, c[t.C_POS] + 1)
    c[t.C_TIME] += np.int64(np.float64(dt) * s.scale)
    return -1 if e.ARGUMENTS[at(c[t.C_TYPE])] == e.NO_EVENT else 1


@step
def advance(s, c):
    """Apply the next event of a cursor if it fits now."""
    kind = c[t.C_TYPE]
    args, pos = arguments(s.data, c[t.C_POS], e.ARGUMENTS[at(kind)])
    if pos > c[t.C_END]:
        return BROKEN
    time = max(c[t.C_TIME], s.now[t.GO_CLOCK] + 1)
    verdict = apply(s, c[t.C_SLOT], kind, args, time)
    if verdict == READY:
        c[t.C_POS] = pos
        s.counts[at(kind)] += 1
        s.now[t.LAST] = max(s.now[t.LAST], c[t.C_TIME])
        if s.now[t.STRICT]:
            s.now[t.GO_CLOCK] = time + 2 * (kind == e.GO_SWITCH or kind == e.GO_SWITCH_DESTROY)
    return verdict


@step
def arguments(data, pos, count):
    """The arguments of an event, at most four, and the position after them."""
    a = b = c = d = np.int64(0)
    if count > 0:
        a, pos = uvarint(data, pos)
    if count > 1:
        b, pos = uvarint(data, pos)
    if count > 2:
        c, pos = uvarint(data, pos)
    if count > 3:
        d, pos = uvarint(data, pos)
    return (a, b, c, d), pos


@step
def apply(s, m, kind, args, time):
    """What an event of the thread in row m changes, the usual ones first."""
    if (kind >= e.GO_CREATE and kind <= e.GO_SYSCALL_END_BLOCKED) or kind == e.GO_CREATE_BLOCKED:
        return goroutine_event(s, m, kind, args, time)
    if kind >= e.PROC_START and kind <= e.PROC_STATUS:
        return proc_event(s, m, kind, args, time)
    if kind == e.GO_STATUS or kind == e.GO_STATUS_STACK:
        return status_event(s, m, kind, args, time)
    if kind == e.GO_SWITCH or kind == e.GO_SWITCH_DESTROY:
        return switch_event(s, m, kind, args, time)
    return advance_range(s, m, kind, args, time)


@trace_kernel(types.int64(STATE))
def start_generation(s):
    """Put the first event of every cursor on the frontier."""
    return begin(s, next_event)


@trace_kernel(types.int64(STATE))
def merge(s):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits."""
    return take_in_order(s, advance, next_event)
