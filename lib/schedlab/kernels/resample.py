"""Counting relabellings of runs, and resampling them: compiled, seeded by counters, ordered."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, uint64

from schedlab.kernels import FLOATS, kernel


@kernel(int64(FLOATS, int64, float64, float64))
def count_relabellings(values, k, centre, at_least):
    """How many subsets of k `values` have |sum - centre| >= at_least; every subset is visited once."""
    n = len(values)
    chosen = np.arange(k)
    count = 0
    while True:
        total = 0.0
        for i in chosen:
            total += values[i]
        if abs(total - centre) >= at_least:
            count += 1
        slot = k - 1
        while slot >= 0 and chosen[slot] == n - k + slot:
            slot -= 1
        if slot < 0:
            return count
        chosen[slot] += 1
        for i in range(slot + 1, k):
            chosen[i] = chosen[i - 1] + 1


@kernel(int64(FLOATS, float64))
def count_sign_flips(values, at_least):
    """How many of the 2^n sign vectors give |sum| >= at_least, by Gray code with a fresh sum each."""
    n = len(values)
    count = 0
    for code in range(2**n):
        total = 0.0
        for i in range(n):
            total += values[i] if (code >> i) & 1 else -values[i]
        if abs(total) >= at_least:
            count += 1
    return count


@kernel(uint64(uint64))
def mix(counter):
    """64 well-mixed bits from a counter (splitmix64, Steele, Lea and Flood 2014)."""
    z = counter * uint64(0x9E3779B97F4A7C15) + uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@kernel(float64(uint64))
def uniform(counter):
    """A uniform number in (0, 1) that depends on the counter alone."""
    return (float64(mix(counter) >> uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)
