"""Floor 0: mathematics on arrays, compiled by numba.

Arrays and scalars in, arrays and scalars out; no strings, frames, keywords or exceptions. A kernel takes
read-only contiguous arrays (pandas hands those out) and gives the same bits on any number of threads. Each
has a slow twin in `tests/kernels/naive.py`. Everything that compiles goes through `kernel`, so that the
compiler's options and its cache (`kernels/cache.py`) are decided in this one place. Kernels of one theme
share a file; importing it loads them from the cache, so import it where it is needed and not before.
With NUMBA_DISABLE_JIT=1 every kernel is plain Python.
"""

from __future__ import annotations

import numba
from numba import types

#: the array types kernels declare: contiguous and read-only (writable arrays are accepted too)
FLOATS = types.Array(types.float64, 1, "C", readonly=True)
INTS = types.Array(types.int64, 1, "C", readonly=True)
BYTES = types.Array(types.uint8, 1, "C", readonly=True)
#: arrays that a kernel fills
FLOATS_OUT = types.Array(types.float64, 1, "C")
ROWS = types.Array(types.float64, 2, "C", readonly=True)
ROWS_OUT = types.Array(types.float64, 2, "C")


def kernel(*signatures, parallel: bool = False, inline: bool = False, lean: bool = False):
    """Compile a function for the given signatures, cached on disk, with numpy's rules for division.

    `inline=True`, without signatures, is for a few lines that other kernels call in their inner loops.
    `lean=True` is for kernels that allocate nothing: without counting references to arrays, which costs
    more than the work itself where helpers are called for every few bytes.
    """
    options = {"error_model": "numpy", "nogil": True, "parallel": parallel, "forceinline": inline}
    options |= {"_nrt": False} if lean else {}

    def compile_(function):
        compiled = numba.njit(**options)(function)
        if numba.config.DISABLE_JIT or inline:
            return compiled
        from schedlab.kernels.cache import ContentCache

        compiled._cache = ContentCache(function)
        for signature in signatures:
            compiled.compile(signature)
        if signatures:
            compiled.disable_compile()
        return compiled

    return compile_
