"""Random numbers by counter: number i of stream s of a seed is a function of the three, on any thread.

SplitMix64's finaliser (Steele, Lea and Flood 2014) over a Weyl sequence, keyed twice.
"""

from __future__ import annotations

import numba
from numba import types

from schedlab.kernels import kernel

_GOLDEN, _MASK = 0x9E3779B97F4A7C15, 0xFFFFFFFFFFFFFFFF
_M1, _M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
word = int if numba.config.DISABLE_JIT else types.uint64


@kernel(inline=True)
def mixed(x):
    """A 64-bit word, well stirred."""
    x = ((x ^ (x >> word(30))) * word(_M1)) & word(_MASK)
    x = ((x ^ (x >> word(27))) * word(_M2)) & word(_MASK)
    return x ^ (x >> word(31))


@kernel(inline=True)
def stream(seed, number):
    """The key of one stream."""
    start = mixed((word(seed) * word(_GOLDEN) + word(1)) & word(_MASK))
    return mixed((start + word(number) * word(_GOLDEN)) & word(_MASK))


@kernel(inline=True)
def uniform(key, i):
    """Number i of the stream, strictly between 0 and 1, on a grid of 2^-53."""
    bits = mixed((key + word(i) * word(_GOLDEN)) & word(_MASK))
    return (float(bits >> word(11)) + 0.5) * 1.1102230246251565e-16
