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
from schedlab.kernels.trace_state import READY, STATE, step, trace_kernel, uvarint
from schedlab.kernels.trace_v2_goroutines import goroutine_event, status_event, switch_event
from schedlab.kernels.trace_v2_procs import proc_event
from schedlab.kernels.trace_v2_ranges import advance_range


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
    count = e.ARGUMENTS[kind]
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
    if kind >= e.PROC_START and kind <= e.PROC_STATUS:
        verdict = proc_event(s, c, kind, time)
    elif kind == e.GO_STATUS or kind == e.GO_STATUS_STACK:
        verdict = status_event(s, c, time)
    elif kind == e.GO_SWITCH or kind == e.GO_SWITCH_DESTROY:
        verdict = switch_event(s, c, kind, time)
    elif (kind >= e.GO_CREATE and kind < e.STW_BEGIN) or kind == e.GO_CREATE_BLOCKED:
        verdict = goroutine_event(s, c, kind, time)
    else:
        verdict = advance_range(s, c, kind, time)
    if verdict == READY:
        s.counts[kind] += 1
        s.now[t.LAST] = max(s.now[t.LAST], c[t.C_TIME])
        if s.now[t.STRICT]:
            s.now[t.GO_CLOCK] = time + 2 * (kind == e.GO_SWITCH or kind == e.GO_SWITCH_DESTROY)
    return verdict


@trace_kernel(types.int64(STATE))
def start_generation(s):
    """Put the first event of every cursor on the frontier."""
    return begin(s, next_event)


@trace_kernel(types.int64(STATE))
def merge(s):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits."""
    return take_in_order(s, advance, next_event)
