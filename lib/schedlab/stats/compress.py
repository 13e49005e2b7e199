"""Compress once, fit everything: millions of values become a few thousand atoms with the same moments.

The log-likelihood at a maximum changes by about 1e-11 relative, its place by less than rounding (the measured
errors are in `tests/stats/test_compress.py`). Blocks are fixed by n alone and added in order, so the result
has the same bits on any number of threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from schedlab.kernels.compress import LANES, SHIFT, atoms, fill

#: values below this many are kept as they are
WORTH = 4096
#: the usual range of exponents, 1e-12 to 1e6 seconds; anything outside takes the whole range
_LOW, _HIGH, _PER_OCTAVE = 1023 - 40, 1023 + 20, 1 << (52 - SHIFT)


@dataclass(frozen=True)
class Table:
    """What one pass over the values leaves: count and two moments of each bin, by block and lane.

    `base` is the number of the first bin, `least` and `most` the bits of the smallest and largest value.
    """

    lanes: np.ndarray
    base: int
    least: int
    most: int

    def atoms(self) -> tuple[np.ndarray, np.ndarray]:
        """Places and weights, ascending."""
        size = 2 * ((self.most >> SHIFT) - (self.least >> SHIFT)) + 4
        places, weights = np.empty(size), np.empty(size)
        found = atoms(self.lanes, self.base, self.least, self.most, places, weights)
        return places[:found], weights[:found]

    def bins(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lower and upper bounds of the occupied bins of 1/128 octave, and what they hold."""
        held = self.lanes[:, :, 0].sum(axis=0)
        used = np.flatnonzero(held)
        return *_bounds(used + self.base), held[used]


def compressed(values: np.ndarray, threads: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Atoms and their weights, ascending, for positive finite values (others: ValueError)."""
    return tabled(values, threads).atoms()


def tabled(values: np.ndarray, threads: int | None = None) -> Table:
    """The table of positive finite values (others: ValueError)."""
    for low, high in ((_LOW, _HIGH), (1, 2047)):
        table, outside = _pass(values, low * _PER_OCTAVE, (high - low) * _PER_OCTAVE, threads or cores())
        if not outside:
            return table
    raise ValueError("only positive finite values can be compressed")


def _pass(values: np.ndarray, base: int, bins: int, threads: int) -> tuple[Table, int]:
    """The table, and how many values it cannot hold."""
    parts = blocks(len(values))
    edges = [len(values) * b // parts for b in range(parts + 1)]
    lanes = np.zeros((parts * LANES, bins, 4))

    def part(b: int) -> tuple[int, int, int]:
        return fill(values[edges[b] : edges[b + 1]], base, lanes[b * LANES : (b + 1) * LANES])

    each = pool(threads).map if threads > 1 and parts > 1 else map
    least, most, outside = zip(*each(part, range(parts)), strict=True)
    return Table(lanes, base, min(least), max(most)), sum(outside)


def blocks(n: int) -> int:
    """Into how many parts n values are cut, whatever the number of threads."""
    return 1 if n < 1 << 18 else 4 if n < 1 << 22 else 16


@cache
def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay: making them anew would cost more than a fit."""
    return ThreadPoolExecutor(threads, thread_name_prefix="schedlab-compress")


def binned(values: np.ndarray, counts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `Table.bins`, for positive values that may have counts."""
    keys = np.ascontiguousarray(values, dtype=np.float64).view(np.int64) >> SHIFT
    used, where = np.unique(keys, return_inverse=True)
    return *_bounds(used), np.bincount(where, weights=counts).astype(np.float64)


def _bounds(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lo, hi = (((keys + step) << SHIFT).view(np.float64) for step in (0, 1))
    return lo, hi
