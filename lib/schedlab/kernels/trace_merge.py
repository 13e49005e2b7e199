"""The frontier of a merge: a binary heap of cursors by the time of their next event.

The heap works exactly as in Go's own reader (internal/trace/batchcursor.go), so that events with equal times
come out in the same order.
"""

from __future__ import annotations

from schedlab.kernels.trace_state import C_TIME, GO_CLOCK, HEAP, SAMPLE, SAMPLES, STRICT, step


@step
def _time(s, k):
    return s.cursors[s.heap[k], C_TIME]


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
