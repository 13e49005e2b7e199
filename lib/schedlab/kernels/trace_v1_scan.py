"""The structure of a trace as Go 1.11 to 1.21 write it: batches per proc, with strings and stacks between.

Source: internal/trace/parser.go of Go 1.21. An event is a byte (type, and number of arguments in the two high
bits) and varints; with four or more the length in bytes comes first.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels.trace_names import (
    BATCH,
    BYTES,
    DEEPEST,
    N_BYTES,
    N_FRAMES,
    N_STACKS,
    N_STRINGS,
    NAMES,
    intern,
    keep_stack,
    read_frames,
)
from schedlab.kernels.trace_state import step, trace_kernel, uvarint

EVENT_BATCH, FREQUENCY, STACK, STRING, LOG, SAMPLE, LAST_EVENT = 1, 2, 3, 37, 48, 49, 49
#: columns of a batch's row
START, END, TIME, PROC = range(4)
#: how a scan ends: end of file, room needed, file cut inside an event, bytes that make no event
DONE, ROOM, CUT, MALFORMED = range(4)
#: what `found` counts and holds
BATCHES, SAMPLES, LOGS, TICKS_PER_SECOND, LARGEST_NUMBER = range(5)

_LINE, _ROWS = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")


@step
def after(data, pos):
    """(type, position of the first argument, position after the event); -1 as the end where it is cut."""
    kind = np.int64(data[pos]) & 63
    count = (np.int64(data[pos]) >> 6) + 1
    pos += 1
    first = pos
    if kind == STRING:
        _, pos = uvarint(data, pos)
        length, pos = uvarint(data, pos)
        pos += max(length, 0)
    elif count < 4:
        for _ in range(count):
            _, pos = uvarint(data, pos)
    else:
        length, pos = uvarint(data, pos)
        first = pos
        pos += max(length, 0)
    if kind == LOG and pos < len(data):
        length, pos = uvarint(data, pos)
        pos += max(length, 0)
    return kind, first, (pos if pos <= len(data) else -1)


@step
def _full(rows, logs, samples, names, found):
    return (
        found[BATCHES] + 2 > len(rows)
        or found[LOGS] + 2 > len(logs)
        or found[SAMPLES] + 2 > len(samples)
        or names.used[N_BYTES] + BATCH > len(names.pool)
        or names.used[N_STRINGS] + 2 > len(names.texts)
        or names.used[N_FRAMES] + DEEPEST > len(names.frames)
        or names.used[N_STACKS] + 2 > len(names.stack_rows)
        or 2 * names.used[N_STRINGS] + 4 > len(names.text_table)
        or 2 * names.used[N_STACKS] + 4 > len(names.stack_table)
    )


@step
def _string(data, pos, names, strings, found):
    number, pos = uvarint(data, pos)
    length, pos = uvarint(data, pos)
    if number <= 0 or length < 0:
        return MALFORMED
    if number >= len(strings):
        found[LARGEST_NUMBER] = number
        return ROOM
    strings[number] = intern(data, pos, length, names)
    return DONE


@step
def _stack(data, pos, end, names, strings, stacks, found):
    number, pos = uvarint(data, pos)
    count, pos = uvarint(data, pos)
    if count < 0 or count > DEEPEST or pos + 4 * count > end or number < 0:
        return MALFORMED
    if number >= len(stacks):
        found[LARGEST_NUMBER] = number
        return ROOM
    read_frames(data, pos, count, names, strings)
    stacks[number] = keep_stack(names, count)
    return DONE


@step
def _log(data, first, end, names, logs, found):
    """Keep the text of a user log, which stands behind the event, under the event's position."""
    pos = first
    for _ in range(4):
        _, pos = uvarint(data, pos)
    length, pos = uvarint(data, pos)
    if length < 0 or pos + length > end:
        return MALFORMED
    logs[found[LOGS], 0] = first
    logs[found[LOGS], 1] = intern(data, pos, length, names)
    found[LOGS] += 1
    return DONE


@step
def _sample(data, pos, samples, found):
    """Time in ticks, thread (not recorded), proc, goroutine, number of the stack."""
    r = samples[found[SAMPLES]]
    _, pos = uvarint(data, pos)
    r[0], pos = uvarint(data, pos)
    r[1] = -1
    for k in range(2, 5):
        r[k], pos = uvarint(data, pos)
    found[SAMPLES] += 1


@trace_kernel(
    types.UniTuple(types.int64, 2)(
        BYTES, types.int64, _ROWS, _ROWS, _ROWS, NAMES, types.UniTuple(_LINE, 2), _LINE
    )
)
def scan(data, pos, rows, logs, samples, names, numbers, found):
    """Find batches and take strings, stacks, samples and log texts in, from `pos` on: (how, position)."""
    while pos < len(data):
        if _full(rows, logs, samples, names, found):
            return ROOM, pos
        kind, first, end = after(data, pos)
        if end < 0:
            return CUT, pos
        if kind == 0 or kind > LAST_EVENT:
            return MALFORMED, pos
        how = DONE
        if kind == EVENT_BATCH:
            row = rows[found[BATCHES]]
            row[PROC], row[START] = uvarint(data, first)
            row[TIME], row[START] = uvarint(data, row[START])
            if found[BATCHES]:
                rows[found[BATCHES] - 1, END] = pos
            row[END] = len(data)
            found[BATCHES] += 1
        elif kind == STRING:
            how = _string(data, first, names, numbers[0], found)
        elif kind == STACK:
            how = _stack(data, first, end, names, numbers[0], numbers[1], found)
        elif kind == FREQUENCY:
            found[TICKS_PER_SECOND], _ = uvarint(data, first)
        elif kind == LOG:
            how = _log(data, first, end, names, logs, found)
        elif kind == SAMPLE:
            _sample(data, first, samples, found)
        if how != DONE:
            return how, pos
        pos = end
    return DONE, pos
