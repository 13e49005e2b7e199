"""Compress once, fit everything: millions of values become a few thousand atoms with the same moments.

The log-likelihood at a maximum changes by about 1e-11 relative, its place by less than rounding (the measured
errors are in `tests/stats/test_compress.py`). Blocks are fixed by n alone and added in order, so the result
has the same bits on any number of threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from schedlab.kernels.compress import LANES, SHIFT, atoms, fill

#: values below this many are kept as they are
WORTH = 4096
#: the usual range of exponents, 1e-12 to 1e6 seconds; anything outside takes the whole range
_LOW, _HIGH, _PER_OCTAVE = 1023 - 40, 1023 + 20, 1 << (52 - SHIFT)


def compressed(values: np.ndarray, threads: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Atoms and their weights, ascending, for positive finite values (others: ValueError)."""
    for low, high in ((_LOW, _HIGH), (1, 2047)):
        base = low * _PER_OCTAVE
        table, least, most, outside = _tables(values, base, (high - low) * _PER_OCTAVE, threads)
        if not outside:
            size = 2 * ((most >> SHIFT) - (least >> SHIFT)) + 4
            places, weights = np.empty(size), np.empty(size)
            found = atoms(table, base, least, most, places, weights)
            return places[:found], weights[:found]
    raise ValueError("only positive finite values can be compressed")


def _tables(values, base, bins, threads):
    """One table of all lanes of all blocks, the bits of the extremes, and how many values it cannot hold."""
    parts = blocks(len(values))
    edges = [len(values) * b // parts for b in range(parts + 1)]
    table = np.zeros((parts * LANES, bins, 4))

    def part(b: int) -> tuple[int, int, int]:
        return fill(values[edges[b] : edges[b + 1]], base, table[b * LANES : (b + 1) * LANES])

    threads = threads or cores()
    done = list(
        pool(threads).map(part, range(parts)) if threads > 1 and parts > 1 else map(part, range(parts))
    )
    least, most, outside = zip(*done, strict=True)
    return table, min(least), max(most), sum(outside)


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


def log_atoms(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z = log x with weights: the values themselves while they are few, atoms once they are many.
    ValueError unless all are positive and finite."""
    if len(values) < WORTH:
        if not (values > 0.0).all() or not np.isfinite(values).all():
            raise ValueError("only positive finite values have a logarithm")
        return np.log(values), np.ones(len(values))
    places, weights = compressed(values)
    return np.log(places), weights


def binned(values: np.ndarray, counts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper bounds of the occupied bins of 1/128 octave, and what they hold; values positive."""
    if counts is None and len(values) >= WORTH:
        base = _LOW * _PER_OCTAVE
        table, _, _, outside = _tables(values, base, (_HIGH - _LOW) * _PER_OCTAVE, None)
        if not outside:
            held = table[:, :, 0].sum(axis=0)
            used = np.flatnonzero(held)
            return *_bounds(used + base), held[used]
    keys = np.ascontiguousarray(values, dtype=np.float64).view(np.int64) >> SHIFT
    used, where = np.unique(keys, return_inverse=True)
    return *_bounds(used), np.bincount(where, weights=counts).astype(np.float64)


def _bounds(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lo, hi = (((keys + step) << SHIFT).view(np.float64) for step in (0, 1))
    return lo, hi
