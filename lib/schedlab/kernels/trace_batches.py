"""The batches of a v2 trace, found by their headers without looking inside."""

from __future__ import annotations

from numba import types

from schedlab.kernels import BYTES, kernel
from schedlab.kernels.trace_state import uvarint

#: columns of a batch's row
GENERATION, THREAD, TIME, START, END, KIND, OFFSET = range(7)
EVENT_BATCH, EXPERIMENTAL_BATCH, END_OF_GENERATION = 1, 49, 52
#: first byte of the data of batches that hold no events
STRINGS, STACKS, SAMPLES, FREQUENCY, SYNC, EXPERIMENT = 4, 2, 6, 8, 50, 255
#: how a scan ends: end of file, room needed, file cut inside a batch, no batch where one should be
DONE, ROOM, CUT, NO_BATCH = range(4)
LARGEST = 1 << 16


@kernel(types.UniTuple(types.int64, 3)(BYTES, types.int64, types.Array(types.int64, 2, "C")))
def scan(data, pos, rows):
    """Write one row per batch from `pos` on: (how it ended, number of rows, position reached)."""
    n = 0
    while pos < len(data):
        if n == len(rows):
            return ROOM, n, pos
        row = rows[n]
        at = pos
        row[OFFSET] = at
        kind = data[pos]
        row[KIND] = kind
        if kind == END_OF_GENERATION:
            row[GENERATION] = -1
            pos += 1
            n += 1
            continue
        if kind != EVENT_BATCH and kind != EXPERIMENTAL_BATCH:
            return NO_BATCH, n, at
        pos += 2 if kind == EXPERIMENTAL_BATCH else 1
        row[GENERATION], pos = uvarint(data, pos)
        row[THREAD], pos = uvarint(data, pos)
        row[TIME], pos = uvarint(data, pos)
        size, pos = uvarint(data, pos)
        if size < 0 or size > LARGEST or row[GENERATION] <= 0:
            return (CUT if pos >= len(data) else NO_BATCH), n, at
        if pos + size > len(data):
            return CUT, n, at
        row[START] = pos
        row[END] = pos + size
        row[KIND] = EXPERIMENT if kind == EXPERIMENTAL_BATCH else (data[pos] if size else 0)
        pos += size
        n += 1
    return DONE, n, pos
