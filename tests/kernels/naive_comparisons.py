"""Slow twins of the kernels for comparisons: the definition, written down without a thought for time."""

import math

import numpy as np


def mean_changes(values, penalty, least):
    """The starts that minimise squared error + penalty per change, by trying every last start."""
    n, sums, squares = len(values), np.r_[0, np.cumsum(values)], np.r_[0, np.cumsum(values**2)]
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    best[0] = -penalty
    for end in range(least, n + 1):
        start = np.arange(end - least + 1)
        error = squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / (end - start)
        last[end] = np.argmin(best[start] + error)
        best[end] = (best[start] + error)[last[end]] + penalty
    return _starts(last, n)


def distribution_changes(below, penalty, least):
    """The same for the nonparametric cost of `changes.below_levels`."""
    n, levels = len(below) - 1, below.shape[1]
    weight = -2 * math.log(2 * n - 1) / levels
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    best[0] = -penalty
    for end in range(least, n + 1):
        costs = [best[s] + weight * _log_likelihood(below, s, end) for s in range(end - least + 1)]
        last[end] = np.argmin(costs)
        best[end] = costs[last[end]] + penalty
    return _starts(last, n)


def _log_likelihood(below, start, end):
    size = end - start
    share = (below[end] - below[start]) / size
    share = share[(share > 0) & (share < 1)]
    return size * float((share * np.log(share) + (1 - share) * np.log(1 - share)).sum())


def _starts(last, n):
    found = []
    while last[n] > 0:
        n = last[n]
        found.append(n)
    return found[::-1]


def pairs_up_to(x, y, shift):
    return int((np.subtract.outer(y, x) <= shift).sum())


def placements(x, y):
    """How many of y lie below each x, ties half."""
    return (np.subtract.outer(x, y) > 0).sum(axis=1) + 0.5 * (np.subtract.outer(x, y) == 0).sum(axis=1)


def kuiper(x, y):
    """Largest gap of the distribution functions on one side plus the largest on the other."""
    at = np.union1d(x, y)
    gap = [np.mean(x <= v) - np.mean(y <= v) for v in at]
    return max(*gap, 0) - min(*gap, 0)


def relabellings(values, k, at_least):
    """How many subsets of k have |sum| >= at_least, all of them looked at."""
    from itertools import combinations

    return sum(abs(sum(chosen)) >= at_least for chosen in combinations(values, k))


def sign_flips(values, at_least):
    from itertools import product

    return sum(abs(np.dot(signs, values)) >= at_least for signs in product((-1, 1), repeat=len(values)))


def pooled_quantile(cumulative, edges, q, chosen):
    """The quantile of the pooled runs `chosen`, on a straight line within its bin."""
    pooled = cumulative[:, chosen].mean(axis=1)
    lo = int(np.flatnonzero(pooled <= q)[-1])
    return float(np.interp(q, pooled[lo : lo + 2], edges[lo : lo + 2]))
