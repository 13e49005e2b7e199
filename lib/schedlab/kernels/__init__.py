"""Floor 0: mathematics on arrays, compiled by numba.

Arrays and scalars in, arrays and scalars out; no strings, frames, keywords or exceptions. A kernel takes
read-only contiguous arrays (pandas hands those out) and gives the same bits on any number of threads. Each
has a slow twin in `tests/kernels/naive.py`. Everything that compiles goes through `kernel`, so that the
compiler's options and its cache are decided in this one place.
"""

from __future__ import annotations

import numba
from numba import types

#: the array types kernels declare: contiguous and read-only (writable arrays are accepted too)
FLOATS = types.Array(types.float64, 1, "C", readonly=True)
INTS = types.Array(types.int64, 1, "C", readonly=True)
BYTES = types.Array(types.uint8, 1, "C", readonly=True)


def kernel(*signatures, parallel: bool = False):
    """Compile a function for the given signatures, cached on disk, with numpy's rules for division."""
    return numba.njit(list(signatures), cache=True, error_model="numpy", nogil=True, parallel=parallel)
