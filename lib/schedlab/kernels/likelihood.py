"""Sums over the rows that a family's `terms` writes: log-likelihood, gradient and Hessian in one go.

Rows are: log-density, p gradient rows, p (p + 1) / 2 rows of the Hessian's upper triangle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, INTS, ROWS, kernel
from schedlab.kernels.elementary import exp, log


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


@kernel(FLOATS_OUT(ROWS, FLOATS))
def weighted_sums(rows, weights):
    """Each row's sum, weighted."""
    sums = np.zeros(rows.shape[0])
    for r in range(rows.shape[0]):
        sums[r] = dot(rows[r], weights)
    return sums


@kernel(inline=True)
def _shares(rows, log_weights, starts, counts, heights, v):
    """Log of each interval's probability, and of each node its count's share; False at probability 0."""
    for i in range(len(v)):
        v[i] = rows[0, i] + log_weights[i]
    for j in range(len(counts)):
        top = -math.inf
        for i in range(starts[j], starts[j + 1]):
            top = max(top, v[i])
        if not top > -math.inf:
            return False
        heights[j] = top
        for i in range(starts[j], starts[j + 1]):
            v[i] -= top
    for i in range(len(v)):
        v[i] = exp(v[i])
    for j in range(len(counts)):
        held = 0.0
        for i in range(starts[j], starts[j + 1]):
            held += v[i]
        heights[j] += log(held)
        for i in range(starts[j], starts[j + 1]):
            v[i] *= counts[j] / held
    return True


@kernel(FLOATS_OUT(ROWS, FLOATS, INTS, FLOATS, types.int64))
def interval_sums(rows, log_weights, starts, counts, p):
    """The sums for intervals: nodes starts[j]..starts[j+1] with quadrature weights make up interval j.

    The derivatives of the log of a sum of densities are means of the densities' and their covariances.
    """
    sums, heights, v = np.zeros(rows.shape[0]), np.empty(len(counts)), np.empty(rows.shape[1])
    if not _shares(rows, log_weights, starts, counts, heights, v):
        sums[0] = -math.inf
        return sums
    sums[0] = dot(heights, counts)
    means, product = np.zeros((p, len(counts))), np.empty(rows.shape[1])
    for a in range(p):
        sums[1 + a] = dot(rows[1 + a], v)
        for j in range(len(counts)):
            for i in range(starts[j], starts[j + 1]):
                means[a, j] += v[i] * rows[1 + a, i]
    r = 1 + p
    for a in range(p):
        for b in range(a, p):
            for i in range(len(v)):
                product[i] = rows[r, i] + rows[1 + a, i] * rows[1 + b, i]
            sums[r] = dot(product, v)
            for j in range(len(counts)):
                sums[r] -= means[a, j] * means[b, j] / counts[j]
            r += 1
    return sums


@kernel(types.void(FLOATS, FLOATS, INTS, FLOATS, FLOATS, INTS, FLOATS_OUT, FLOATS_OUT))
def place_nodes(low, width, rule, x, log_w, starts, nodes, log_weights):
    """Interval j takes nodes rule[2 j] to rule[2 j + 1] of x, log_w, rules for [0, 1]."""
    for j in range(len(low)):
        spread, to = math.log(width[j]), starts[j]
        for i in range(rule[2 * j], rule[2 * j + 1]):
            nodes[to] = low[j] + width[j] * x[i]
            log_weights[to] = spread + log_w[i]
            to += 1
