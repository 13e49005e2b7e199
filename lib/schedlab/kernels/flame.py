"""Grouping rows by key without sorting, for the levels of a large tree of stacks."""

from __future__ import annotations

from numba import types

from schedlab.kernels import INTS, kernel

_OUT = types.Array(types.int64, 1, "C")
_GOLDEN = -7046029254386353131  # 2^64 / golden ratio, odd


@kernel(types.int64(INTS, _OUT, _OUT, _OUT))
def group(keys, slots, first, number):
    """Equal keys get one number, in order of first occurrence; returns how many there are.

    `slots` is a table of -1, a power of two at least twice as long as `keys`; `first` gets the first row of
    each number. Slow twin: `profiles.tree._group`.
    """
    mask = len(slots) - 1
    known = 0
    for i in range(len(keys)):
        key = keys[i]
        mixed = key * _GOLDEN
        at = (mixed ^ (mixed >> 29)) & mask
        while slots[at] >= 0 and keys[first[slots[at]]] != key:
            at = (at + 1) & mask
        if slots[at] < 0:
            slots[at] = known
            first[known] = i
            known += 1
        number[i] = slots[at]
    return known
