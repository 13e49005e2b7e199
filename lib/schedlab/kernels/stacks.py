"""Stacks in columns: expanding locations, totals by function, hits by class, depth; for large profiles.

A stack is `frames[starts[i]:starts[i + 1]]`, leaf first. Slow twins: the numpy paths in `profiles`.
"""

from __future__ import annotations

from numba import types

from schedlab.kernels import INTS, kernel

_I32 = types.Array(types.int32, 1, "C", readonly=True)
_OUT = types.Array(types.int64, 1, "C")
_OUT32 = types.Array(types.int32, 1, "C")
_void = types.void


@kernel(_void(INTS, INTS, INTS, INTS, _OUT, _OUT32))
def expand(location_starts, location, first, count, starts, frames):
    """Each location of a stack replaced by its run of sites; location -1 means the last (empty) run."""
    n = 0
    for i in range(len(location_starts) - 1):
        starts[i] = n
        for j in range(location_starts[i], location_starts[i + 1]):
            at = location[j]
            site = first[at]
            for k in range(count[at]):
                frames[n] = site + k
                n += 1
    starts[len(location_starts) - 1] = n
