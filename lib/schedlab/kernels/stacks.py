"""Stacks in columns: expanding locations, totals by function, hits by class, depth; for large profiles.

A stack is `frames[starts[i]:starts[i + 1]]`, leaf first. Slow twins: the numpy paths in `profiles`.
"""

from __future__ import annotations

from numba import types

from schedlab.kernels import INTS, kernel

_I32 = types.Array(types.int32, 1, "C", readonly=True)
_TABLE = types.Array(types.int64, 2, "C", readonly=True)
_OUT = types.Array(types.int64, 1, "C")
_TABLE_OUT = types.Array(types.int64, 2, "C")
_OUT32 = types.Array(types.int32, 1, "C")
_void = types.void


@kernel(*(types.int64(INTS, ids, INTS, INTS, _OUT) for ids in (INTS, _I32)), lean=True)
def count_frames(location_starts, ids, rows_of, count, starts):
    """Where each stack starts once every location is a run of `count` sites; how many ids are unknown.

    `rows_of` has the row of each id, -1 where there is none (its last entry too, for ids beyond it).
    """
    n, unknown, none = 0, 0, len(rows_of) - 1
    for i in range(len(location_starts) - 1):
        starts[i] = n
        for j in range(location_starts[i], location_starts[i + 1]):
            at = rows_of[ids[j] if 0 <= ids[j] < none else none]
            unknown += at < 0
            n += count[at]
    starts[len(location_starts) - 1] = n
    return unknown


@kernel(*(_void(ids, INTS, INTS, INTS, _OUT32) for ids in (INTS, _I32)), lean=True)
def expand(ids, rows_of, first, count, frames):
    """Each location replaced by its run of sites; -1, an unknown one, is the last (empty) run."""
    n, none = 0, len(rows_of) - 1
    for j in range(len(ids)):
        at = rows_of[ids[j] if 0 <= ids[j] < none else none]
        for k in range(count[at]):
            frames[n] = first[at] + k
            n += 1


@kernel(_void(INTS, _I32, INTS, INTS, _OUT, _TABLE_OUT), lean=True)
def totals(starts, frames, entry_of, value, seen, out):
    """Flat into out[0] and cumulative into out[1], an entry once per stack however often it recurs.

    `seen` begins as -1 for every entry and keeps the last stack it stood in.
    """
    for i in range(len(starts) - 1):
        if starts[i] < starts[i + 1]:
            out[0, entry_of[frames[starts[i]]]] += value[i]
        for j in range(starts[i], starts[i + 1]):
            entry = entry_of[frames[j]]
            if seen[entry] != i:
                seen[entry] = i
                out[1, entry] += value[i]


@kernel(_void(INTS, _I32, INTS, _OUT), lean=True)
def outermost(starts, frames, hit, out):
    """Frames from the leaf to the outermost site with a hit, both included; 0 where there is none."""
    for i in range(len(starts) - 1):
        out[i] = 0
        for j in range(starts[i + 1] - 1, starts[i] - 1, -1):
            if hit[frames[j]]:
                out[i] = j - starts[i] + 1
                break


@kernel(_void(INTS, _I32, INTS, _OUT), lean=True)
def count_hits(starts, frames, hit, out):
    """How many frames of each stack are at a site with a hit."""
    for i in range(len(starts) - 1):
        out[i] = 0
        for j in range(starts[i], starts[i + 1]):
            out[i] += hit[frames[j]]


@kernel(_void(INTS, _I32, _TABLE, INTS, _TABLE_OUT), lean=True)
def attribute(starts, frames, codes, special, out):
    """Mechanism, owning site (-1 none) and unclassified leaf of each stack; see `profiles.classes`.

    `codes` holds per site its mechanism (+64 passes, +128 wins) and whether it can own; `special` the
    mechanisms of the application and of runtime functions that no rule knows.
    """
    for i in range(len(starts) - 1):
        first = alone = winner = owner = types.int64(-1)
        for j in range(starts[i], starts[i + 1]):
            site = frames[j]
            code = codes[0, site]
            if owner < 0 and codes[1, site]:
                owner = types.int64(site)
            if code >= 128:
                winner = code & 63 if winner < 0 else winner
                if owner >= 0:
                    break
                code = 127
            if first < 0 and code < 64:
                first = code
            if alone < 0 and code < 127 and code & 63 != special[1]:
                alone = code & 63
        empty = starts[i] == starts[i + 1]
        if winner < 0:
            winner = first if first >= 0 else alone
        if winner < 0:
            winner = special[0] if empty else special[1]
        if owner < 0 and not empty:
            owner = types.int64(frames[starts[i + 1] - 1])
        out[i, 0] = winner
        out[i, 1] = owner
        out[i, 2] = (not empty) and (codes[0, frames[starts[i]]] & 63) == special[1]
