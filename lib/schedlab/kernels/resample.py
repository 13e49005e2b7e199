"""Counting relabellings of runs, and resampling them: compiled, seeded by counters, ordered."""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int64, prange, types, void

from schedlab.kernels import FLOATS, ROWS, kernel

PICKS = types.Array(types.int64, 2, "C", readonly=True)
CUBE_OUT = types.Array(types.float64, 3, "C")


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


@kernel(void(ROWS, FLOATS, FLOATS, PICKS, CUBE_OUT), parallel=True)
def pooled_quantiles(cumulative, edges, qs, picks, out):
    """Quantiles of the pooled runs that each row of `picks` names, and the spread of the runs about them.

    `cumulative[k, r]` is the share of run r below `edges[k]`. Row b of `out` gets, for each q, the quantile
    (interpolated within its bin) and the standard error of the share below it, over the picked runs.
    """
    bins, many = len(edges) - 1, picks.shape[1]
    for b in prange(len(picks)):
        for j in range(len(qs)):
            lo, hi = 0, bins
            wanted = qs[j] * many
            while hi - lo > 1:
                middle = (lo + hi) // 2
                below = 0.0
                for i in range(many):
                    below += cumulative[middle, picks[b, i]]
                if below <= wanted:
                    lo = middle
                else:
                    hi = middle
            below, above = 0.0, 0.0
            for i in range(many):
                below += cumulative[lo, picks[b, i]]
                above += cumulative[hi, picks[b, i]]
            part = min(max((wanted - below) / (above - below), 0.0), 1.0) if above > below else 0.5
            out[b, j, 0] = edges[lo] + part * (edges[hi] - edges[lo])
            squares = 0.0
            for i in range(many):
                share = cumulative[lo, picks[b, i]]
                share += part * (cumulative[hi, picks[b, i]] - share)
                squares += (share - qs[j]) ** 2
            out[b, j, 1] = math.sqrt(squares / (many * (many - 1.0))) if many > 1 else math.nan
