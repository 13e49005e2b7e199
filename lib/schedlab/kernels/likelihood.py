"""Sums over the rows that a family's `terms` writes: log-likelihood, gradient and Hessian in one go.

Rows are: log-density, p gradient rows, p (p + 1) / 2 rows of the Hessian's upper triangle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS, kernel
from schedlab.kernels.elementary import exp, log, plus

#: one row a group of intervals: nodes of each, how many
SHAPES = types.Array(types.int64, 2, "C", readonly=True)


@kernel(inline=True)
def dot(a, b):
    """Sum of products."""
    total = 0.0
    for i in range(len(a)):
        total = plus(total, a[i] * b[i])
    return total


@kernel(inline=True)
def added(a):
    """Sum."""
    total = 0.0
    for i in range(len(a)):
        total = plus(total, a[i])
    return total


@kernel(FLOATS_OUT(ROWS, FLOATS))
def weighted_sums(rows, weights):
    """Each row's sum, weighted."""
    sums = np.zeros(rows.shape[0])
    for r in range(rows.shape[0]):
        sums[r] = dot(rows[r], weights)
    return sums


@kernel(inline=True)
def shared(v, counts, heights, held):
    """From logarithms `v` (m nodes, J intervals) of parts of a probability: log of each whole times its count
    into `heights`, each part's share of the count into `v`; False at probability 0. `held` is room for J."""
    m, many = v.shape
    for j in range(many):
        heights[j], held[j] = v[0, j], 0.0
    for i in range(1, m):
        for j in range(many):
            heights[j] = max(heights[j], v[i, j])
    if not heights.min() > -math.inf:
        return False
    for i in range(m):
        for j in range(many):
            v[i, j] = exp(v[i, j] - heights[j])
            held[j] += v[i, j]
    for j in range(many):
        heights[j] = (heights[j] + log(held[j])) * counts[j]
        held[j] = counts[j] / held[j]
    for i in range(m):
        for j in range(many):
            v[i, j] *= held[j]
    return True


@kernel(inline=True)
def _means(slopes, v, means):
    """Sum of slopes times shares over each interval's nodes."""
    means[:] = 0.0
    for first in range(0, len(v), len(means)):
        for j in range(len(means)):
            means[j] += v[first + j] * slopes[first + j]


@kernel(inline=True)
def _add_group(rows, nodes, v, counts, p, sums):
    """Add one group's sums; `v` holds the logarithms of its nodes' densities times their weights."""
    flat, many, r = v.reshape(v.size), len(counts), 1 + p
    heights, means, scaled = np.empty(many), np.empty((p, many)), np.empty(many)
    if not shared(v, counts, heights, scaled):
        return False
    sums[0] += added(heights)
    for a in range(p):
        _means(rows[1 + a][nodes], flat, means[a])
        sums[1 + a] += added(means[a])
    for a in range(p):
        one = rows[1 + a][nodes]
        for j in range(many):
            scaled[j] = means[a, j] / counts[j]
        for b in range(a, p):
            other, curve, second = rows[1 + b][nodes], rows[r][nodes], 0.0
            for i in range(len(flat)):
                second = plus(second, (curve[i] + one[i] * other[i]) * flat[i])
            sums[r] += second - dot(scaled, means[b])
            r += 1
    return True


@kernel(FLOATS_OUT(ROWS, FLOATS, SHAPES, FLOATS, types.int64))
def interval_sums(rows, log_weights, shapes, counts, p):
    """The sums for intervals, group by group: `shapes` (m, J) says that J intervals have m nodes each, all
    first nodes before all second ones. `counts` is for intervals, everything else for nodes.

    The derivatives of the log of a sum of densities are means of the densities' and their covariances.
    """
    sums, node, interval = np.zeros(rows.shape[0]), 0, 0
    for g in range(len(shapes)):
        m, many = shapes[g, 0], shapes[g, 1]
        nodes = slice(node, node + m * many)
        v = (rows[0][nodes] + log_weights[nodes]).reshape(m, many)
        if not _add_group(rows, nodes, v, counts[interval : interval + many], p, sums):
            sums[0] = -math.inf
            return sums
        node, interval = node + m * many, interval + many
    return sums
