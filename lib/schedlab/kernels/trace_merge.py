"""The merge: a binary heap of cursors by the time of their next event, and how events are taken from it.

The heap works exactly as in Go's own reader (internal/trace/batchcursor.go), so that events with equal times
come out in the same order.
"""

from __future__ import annotations

import numpy as np

from schedlab.kernels.trace_state import (
    BAD_AT,
    BROKEN,
    C_TIME,
    DAMAGED,
    DONE,
    FULL,
    GO_CLOCK,
    HEAP,
    READY,
    ROOM,
    SAMPLE,
    SAMPLES,
    STRICT,
    at,
    step,
)


@step
def begin(s, next_event):
    """Put the first event of every cursor on the frontier: DONE, or DAMAGED where bytes make no event."""
    for i in range(len(s.cursors)):
        s.now[BAD_AT] = i
        more = next_event(s, s.cursors[i])
        if more < 0:
            return DAMAGED
        if more:
            push(s, i)
    return DONE


@step
def take_in_order(s, advance, next_event):
    """Take events in order until the frontier is empty (DONE), an output is full (ROOM) or nothing fits.

    A cursor is followed as long as no other has an earlier event. An event that has to wait for others lets
    the next ones in time go first.
    """
    k = 0
    others = second(s)
    while s.now[HEAP]:
        if k == 0:
            if s.fill[FULL]:
                return ROOM
            pass_samples(s)
        c = s.cursors[at(s.heap[k])]
        verdict = advance(s, c)
        if verdict == READY:
            more = next_event(s, c)
            if more < 0:
                return _damaged(s, k)
            if k > 0 or more == 0 or c[C_TIME] > others:
                settle(s, k, more)
                others = second(s)
            k = 0
        elif verdict == BROKEN or k + 1 == s.now[HEAP]:
            return _damaged(s, k)
        else:
            if k == 0:
                sort(s)
            k += 1
    return DONE


@step
def _damaged(s, k):
    """Note which cursor's event is to blame."""
    s.now[BAD_AT] = s.heap[k]
    return DAMAGED


@step
def second(s):
    """The time of the earliest event of all cursors but the first."""
    n = s.now[HEAP]
    time = _time(s, 1) if n > 1 else np.iinfo(np.int64).max
    return min(time, _time(s, 2)) if n > 2 else time


@step
def _time(s, k):
    return s.cursors[at(s.heap[k]), C_TIME]


@step
def _swap(s, a, b):
    s.heap[a], s.heap[b] = s.heap[b], s.heap[a]


@step
def sift_up(s, k):
    """Move an entry towards the root while its parent is later; gives its place."""
    while k > 0 and _time(s, (k - 1) // 2) > _time(s, k):
        _swap(s, (k - 1) // 2, k)
        k = (k - 1) // 2
    return k


@step
def sift_down(s, k):
    """Move an entry towards the leaves while a child is earlier."""
    n = s.now[HEAP]
    while True:
        first = k
        for child in (2 * k + 1, 2 * k + 2):
            if child < n and _time(s, child) < _time(s, first):
                first = child
        if first == k:
            return
        _swap(s, k, first)
        k = first


@step
def push(s, cursor):
    """Add a cursor that has a next event."""
    n = s.now[HEAP]
    s.heap[n] = cursor
    s.now[HEAP] = n + 1
    sift_up(s, n)


@step
def settle(s, k, more):
    """Restore the heap after the cursor at place k went on to its next event, or ran out of events."""
    if more:
        if sift_up(s, k) == k:
            sift_down(s, k)
        return
    while k > 0:
        _swap(s, (k - 1) // 2, k)
        k = (k - 1) // 2
    s.now[HEAP] -= 1
    _swap(s, 0, s.now[HEAP])
    sift_down(s, 0)


@step
def sort(s):
    """Sort the heap by time (a sorted heap is a heap): the way to the first event that fits."""
    for k in range(1, s.now[HEAP]):
        j = k
        while j > 0 and _time(s, j - 1) > _time(s, j):
            _swap(s, j - 1, j)
            j -= 1


@step
def pass_samples(s):
    """Let CPU samples that come before the next event push Go's strictly increasing clock forward."""
    if not s.now[STRICT]:
        return
    while s.now[SAMPLE] < s.now[SAMPLES] and s.samples[s.now[SAMPLE], 0] < _time(s, 0):
        s.now[GO_CLOCK] = max(s.now[GO_CLOCK] + 1, s.samples[s.now[SAMPLE], 0])
        s.now[SAMPLE] += 1
