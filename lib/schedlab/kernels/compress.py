"""A hundred million values in one pass: bins of equal logarithmic width that remember two moments.

A bin is the exponent and the top seven bits of the mantissa of a double: 128 an octave. Each of four
interleaved lanes has its own table, so that equal neighbours do not wait for each other.
"""

from __future__ import annotations

import math

from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel
from schedlab.kernels.elementary import bits, double

SHIFT = 45
LANES = 4
_LOW, _TOP = (1 << SHIFT) - 1, (1 << 63) - 1
TABLE = types.Array(types.float64, 3, "C")
RANGE = types.UniTuple(types.int64, 3)


@kernel(inline=True)
def _count(x, base, lane, seen):
    """Add one value to its bin; `seen` is what `fill` returns, so far."""
    b = bits(x)
    i = (b >> SHIFT) - base
    if i < 0 or i >= lane.shape[0]:
        return seen[0], seen[1], seen[2] + 1
    d = x - double(b & ~_LOW)
    lane[i, 0] += 1.0
    lane[i, 1] += d
    lane[i, 2] += d * d
    return min(seen[0], b), max(seen[1], b), seen[2]


@kernel(RANGE(FLOATS, types.int64, TABLE))
def fill(values, base, table):
    """Add values to the table (lanes, bins, [count, sum d, sum d^2, unused]), d the distance from the bin's
    lower edge; returns the bits of the smallest and largest, and how many values fell outside."""
    whole, seen = len(values) - len(values) % 4, (_TOP, 0, 0)
    a, b, c, d = table[0], table[1], table[2], table[3]
    for j in range(0, whole, 4):
        seen = _count(values[j], base, a, seen)
        seen = _count(values[j + 1], base, b, seen)
        seen = _count(values[j + 2], base, c, seen)
        seen = _count(values[j + 3], base, d, seen)
    for j in range(whole, len(values)):
        seen = _count(values[j], base, a, seen)
    return seen


@kernel(types.int64(TABLE, types.int64, types.int64, types.int64, FLOATS_OUT, FLOATS_OUT))
def atoms(table, base, least, most, places, weights):
    """Replace each bin by two equal atoms at mean +- sd; the smallest and the largest value stay as they are.
    Returns how many atoms there are."""
    found, first, last = 0, (least >> SHIFT) - base, (most >> SHIFT) - base
    for i in range(first, last + 1):
        n, s, ss = 0.0, 0.0, 0.0
        for lane in range(table.shape[0]):
            n += table[lane, i, 0]
            s += table[lane, i, 1]
            ss += table[lane, i, 2]
        edge = double((base + i) << SHIFT)
        if i == first or (i == last and n > 0.0):
            x = double(least if i == first else most)
            places[found], weights[found] = x, 1.0
            found += 1
            n, s, ss = n - 1.0, s - (x - edge), ss - (x - edge) ** 2
        if n == 0.0:
            continue
        mean = s / n
        sd = math.sqrt(max(ss / n - mean * mean, 0.0))
        if n == 1.0 or sd < 1e-9 * edge:
            places[found], weights[found] = edge + mean, n
            found += 1
        else:
            places[found], weights[found] = edge + mean - sd, 0.5 * n
            places[found + 1], weights[found + 1] = edge + mean + sd, 0.5 * n
            found += 2
    return found
