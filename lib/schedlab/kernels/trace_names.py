# ruff: noqa: SIM110 (a kernel compares, it does not search tuples)
"""The strings and stacks of a trace, each kept once however many generations repeat it.

Numbers of strings and stacks are local to a generation; `strings` and `stacks` translate them into rows of
the tables here. Tables are open-addressed (row + 1; 0 is empty).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types

from schedlab.kernels.trace_state import step, trace_kernel, uvarint

N_BYTES, N_STRINGS, N_FRAMES, N_STACKS, CAPPED = range(5)
#: nothing in a trace is larger: bytes of one batch, frames of one stack
BATCH, DEEPEST = 1 << 16, 1000
#: how reading a batch ends
OK, OUT_OF_RANGE, MALFORMED = 0, 1, 2
STRING, STACK = 5, 3
_FNV, _PRIME = np.int64(-3750763034362895579), np.int64(1099511628211)


class Names(NamedTuple):
    """`texts` rows: start and length in `pool`, hash. `stack_rows`: start and count in `frames`, hash.
    `frames` rows: pc, function, file (rows of `texts`), line."""

    pool: np.ndarray
    texts: np.ndarray
    text_table: np.ndarray
    frames: np.ndarray
    stack_rows: np.ndarray
    stack_table: np.ndarray
    used: np.ndarray


_LINE, _ROWS = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
NAMES = types.NamedTuple((types.Array(types.uint8, 1, "C"), _ROWS, _LINE, _ROWS, _ROWS, _LINE, _LINE), Names)
BYTES = types.Array(types.uint8, 1, "C", readonly=True)


@step
def intern(data, pos, length, names):
    """The row of a string, a new one where it was never seen."""
    digest = _FNV
    for k in range(length):
        digest = (digest ^ np.int64(data[pos + k])) * _PRIME
    mask = len(names.text_table) - 1
    i = (digest ^ (digest >> 29)) & mask
    while names.text_table[i]:
        row = names.text_table[i] - 1
        if names.texts[row, 2] == digest and _same_text(data, pos, length, names, row):
            return row
        i = (i + 1) & mask
    row = names.used[N_STRINGS]
    start = names.used[N_BYTES]
    for k in range(length):
        names.pool[start + k] = data[pos + k]
    names.texts[row, 0] = start
    names.texts[row, 1] = length
    names.texts[row, 2] = digest
    names.text_table[i] = row + 1
    names.used[N_STRINGS] = row + 1
    names.used[N_BYTES] = start + length
    return row


@step
def _same_text(data, pos, length, names, row):
    if names.texts[row, 1] != length:
        return False
    start = names.texts[row, 0]
    for k in range(length):
        if names.pool[start + k] != data[pos + k]:
            return False
    return True


@step
def read_frames(data, pos, count, names, strings):
    """Write the frames of a stack behind those kept so far, without keeping them yet; the position after."""
    first = names.used[N_FRAMES]
    for k in range(count):
        frame = names.frames[first + k]
        frame[0], pos = uvarint(data, pos)
        for column in (1, 2):
            number, pos = uvarint(data, pos)
            frame[column] = strings[number] if number > 0 and number < len(strings) else -1
        frame[3], pos = uvarint(data, pos)
    return pos


@step
def keep_stack(names, count):
    """The row of the stack whose frames were just written, a new one where it was never seen."""
    first = names.used[N_FRAMES]
    digest = _FNV
    for k in range(count):
        digest = (digest ^ names.frames[first + k, 0]) * _PRIME
        digest = (digest ^ names.frames[first + k, 3]) * _PRIME
    mask = len(names.stack_table) - 1
    i = (digest ^ (digest >> 29)) & mask
    while names.stack_table[i]:
        row = names.stack_table[i] - 1
        if names.stack_rows[row, 2] == digest and _same_stack(names, first, count, row):
            return row
        i = (i + 1) & mask
    row = names.used[N_STACKS]
    names.stack_rows[row, 0] = first
    names.stack_rows[row, 1] = count
    names.stack_rows[row, 2] = digest
    names.stack_table[i] = row + 1
    names.used[N_STACKS] = row + 1
    names.used[N_FRAMES] = first + count
    return row


@step
def _same_stack(names, first, count, row):
    if names.stack_rows[row, 1] != count:
        return False
    other = names.stack_rows[row, 0]
    for k in range(count):
        for column in range(4):
            if names.frames[other + k, column] != names.frames[first + k, column]:
                return False
    return True


@trace_kernel(types.void(_LINE, types.Array(types.int64, 2, "C"), types.int64))
def rehash(table, rows, used):
    """Fill an empty table from rows whose third column is their hash."""
    mask = len(table) - 1
    for row in range(used):
        digest = rows[row, 2]
        i = (digest ^ (digest >> 29)) & mask
        while table[i]:
            i = (i + 1) & mask
        table[i] = row + 1


@trace_kernel(types.int64(BYTES, types.int64, types.int64, NAMES, _LINE))
def read_strings(data, pos, end, names, local):
    """Take the strings of one v2 batch in; OK, or why not."""
    pos += 1
    while pos < end:
        if data[pos] != STRING:
            return MALFORMED
        number, pos = uvarint(data, pos + 1)
        length, pos = uvarint(data, pos)
        if length < 0 or pos + length > end:
            return MALFORMED
        if number <= 0 or number >= len(local):
            return OUT_OF_RANGE
        local[number] = intern(data, pos, length, names)
        pos += length
    return OK


@trace_kernel(types.int64(BYTES, types.int64, types.int64, NAMES, _LINE, _LINE))
def read_stacks(data, pos, end, names, strings, local):
    """Take the stacks of one v2 batch in; OK, or why not."""
    pos += 1
    while pos < end:
        if data[pos] != STACK:
            return MALFORMED
        number, pos = uvarint(data, pos + 1)
        count, pos = uvarint(data, pos)
        if count < 0 or count > DEEPEST or pos + 4 * count > end:
            return MALFORMED
        if number <= 0 or number >= len(local):
            return OUT_OF_RANGE
        pos = read_frames(data, pos, count, names, strings)
        local[number] = keep_stack(names, count)
    return OK


@trace_kernel(
    types.int64(BYTES, types.int64, types.int64, _LINE, types.Array(types.int64, 2, "C"), types.int64)
)
def read_samples(data, pos, end, stacks, rows, n):
    """Append the CPU samples of one v2 batch (ticks, thread, proc, goroutine, stack); the new count."""
    pos += 1
    while pos < end and n < len(rows):
        pos += 1
        for k in range(5):
            rows[n, k], pos = uvarint(data, pos)
        number = rows[n, 4]
        rows[n, 4] = stacks[number] if number > 0 and number < len(stacks) else -1
        n += 1
    return n
