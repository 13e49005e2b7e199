"""The levels of a large tree of stacks, one after the other from the root."""

from __future__ import annotations

from numba import types

from schedlab.kernels import INTS, ROWS, ROWS_OUT, kernel

_I32 = types.Array(types.int32, 1, "C", readonly=True)
_OUT = types.Array(types.int64, 1, "C")
_OUT2 = types.Array(types.int64, 2, "C")
_STACKS = types.Tuple((INTS, _I32, INTS))
_GOLDEN = 2654435761  # 2^32 / golden ratio: with 31 bits of a key it stays below 2^63
_LOW = (1 << 31) - 1


@kernel(
    types.UniTuple(types.int64, 2)(
        _STACKS, ROWS, types.int64, _OUT2, types.Tuple((_OUT, _OUT2)), types.UniTuple(ROWS_OUT, 2)
    ),
    lean=True,
)
def descend(stacks, values, depth, at, table, sums):
    """One level down: how many stacks go on, and how many children they go on to.

    `stacks` are starts, frames and the entry of each site; `at` has row and node of each stack, and at first
    gets row and child of those that go on. `table` is room: slots of -1, a power of two at least twice as
    many as stacks, and node and first site of each child. `sums` gets what ends at each node, and what goes
    on to each child. Children are numbered as they come. Slow twin: `profiles.descent`.
    """
    starts, frames, entry = stacks
    slots, children = table
    own, below = sums
    mask = len(slots) - 1
    going = known = 0
    for k in range(at.shape[1]):
        row, node = at[0, k], at[1, k]
        if starts[row + 1] - starts[row] < depth:
            for c in range(values.shape[1]):
                own[node, c] += values[row, c]
            continue
        site = frames[starts[row + 1] - depth]
        slot = (((node * len(entry) + entry[site]) & _LOW) * _GOLDEN >> 31) & mask
        child = slots[slot]
        while child >= 0 and (children[0, child] != node or entry[children[1, child]] != entry[site]):
            slot = (slot + 1) & mask
            child = slots[slot]
        if child < 0:
            child = slots[slot] = known
            children[0, child], children[1, child] = node, site
            known += 1
        for c in range(values.shape[1]):
            below[child, c] += values[row, c]
        at[0, going], at[1, going] = row, child
        going += 1
    return going, known
