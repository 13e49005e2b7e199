"""Sums over the rows that a family's `terms` writes: log-likelihood, gradient and Hessian in one go.

Rows are: log-density, p gradient rows, p (p + 1) / 2 rows of the Hessian's upper triangle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS, kernel
from schedlab.kernels.elementary import exp, log

#: one row a group of intervals: nodes of each, how many
SHAPES = types.Array(types.int64, 2, "C", readonly=True)


@kernel(inline=True)
def dot(a, b):
    """Sum of products in eight lanes: the compiler may not reorder a sum, so it is done here."""
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = len(a) - len(a) % 8
    for i in range(0, whole, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    for i in range(whole, len(a)):
        s0 += a[i] * b[i]
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


@kernel(inline=True)
def added(a):
    """Sum in sixteen lanes, for the same reason."""
    lanes, whole = np.zeros(16), len(a) - len(a) % 16
    for i in range(0, whole, 16):
        for j in range(16):
            lanes[j] += a[i + j]
    for i in range(whole, len(a)):
        lanes[0] += a[i]
    return lanes.sum()


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
def _add_group(rows, v, counts, p, sums):
    """Add one group's sums; `v` holds the logarithms of the nodes' densities times their weights."""
    m, many = v.shape
    heights, means, product = np.empty(many), np.zeros((p, many)), np.empty(m * many)
    if not shared(v, counts, heights, product[:many]):
        return False
    flat, r = v.reshape(m * many), 1 + p
    sums[0] += added(heights)
    for a in range(p):
        sums[1 + a] += dot(rows[1 + a], flat)
        for i in range(m):
            for j in range(many):
                means[a, j] += v[i, j] * rows[1 + a, i * many + j]
    for a in range(p):
        for j in range(many):
            heights[j] = means[a, j] / counts[j]
        for b in range(a, p):
            for i in range(m * many):
                product[i] = rows[r, i] + rows[1 + a, i] * rows[1 + b, i]
            sums[r] += dot(product, flat) - dot(heights, means[b])
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
        part = rows[:, node : node + m * many]
        v = (part[0] + log_weights[node : node + m * many]).reshape(m, many)
        if not _add_group(part, v, counts[interval : interval + many], p, sums):
            sums[0] = -math.inf
            return sums
        node, interval = node + m * many, interval + many
    return sums
