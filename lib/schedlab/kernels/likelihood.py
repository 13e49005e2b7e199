"""Sums over the rows that a family's `terms` writes: log-likelihood, gradient and Hessian in one go.

Rows are: log-density, p gradient rows, p (p + 1) / 2 rows of the Hessian's upper triangle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, INTS, ROWS, kernel


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
def _mix(rows, log_weights, first, last, top, p, one):
    """Log of the sum of densities and its derivatives: means of the parts' and their covariances."""
    one[:] = 0.0
    for i in range(first, last):
        share = math.exp(rows[0, i] + log_weights[i] - top)
        one[0] += share
        for a in range(p):
            one[1 + a] += share * rows[1 + a, i]
        r = 1 + p
        for a in range(p):
            for b in range(a, p):
                one[r] += share * (rows[r, i] + rows[1 + a, i] * rows[1 + b, i])
                r += 1
    for r in range(1, len(one)):
        one[r] /= one[0]
    one[0] = math.log(one[0]) + top
    r = 1 + p
    for a in range(p):
        for b in range(a, p):
            one[r] -= one[1 + a] * one[1 + b]
            r += 1


@kernel(FLOATS_OUT(ROWS, FLOATS, INTS, FLOATS, types.int64))
def interval_sums(rows, log_weights, starts, counts, p):
    """The sums for intervals: nodes starts[j]..starts[j+1] with quadrature weights make up interval j."""
    sums = np.zeros(rows.shape[0])
    one = np.zeros(rows.shape[0])
    for j in range(len(counts)):
        top = -math.inf
        for i in range(starts[j], starts[j + 1]):
            top = max(top, rows[0, i] + log_weights[i])
        if not top > -math.inf:
            sums[0] = -math.inf
            return sums
        _mix(rows, log_weights, starts[j], starts[j + 1], top, p, one)
        for r in range(rows.shape[0]):
            sums[r] += counts[j] * one[r]
    return sums
