"""One step of Newton's method for a handful of coordinates: a matrix too small for LAPACK to pay."""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, INTS, kernel


@kernel(FLOATS_OUT(FLOATS, INTS, types.int64))
def newton_step(row, free, p):
    """[largest slope, whether the surface is concave, step...] from value, gradient and upper Hessian in one
    row; only the `free` of the p coordinates move. Cholesky of minus the Hessian, brought to one scale."""
    m = len(free)
    out, a, scale = np.zeros(m + 2), np.empty((m, m)), np.empty(m)
    for i in range(m):
        u = free[i]
        out[0] = max(out[0], abs(row[1 + u]))
        scale[i] = math.sqrt(max(-row[1 + p + u * p - u * (u - 1) // 2], 1e-300))
    for i in range(m):
        for j in range(i, m):
            u, v = free[i], free[j]
            a[j, i] = -row[1 + p + u * p - u * (u - 1) // 2 + v - u] / (scale[i] * scale[j])
    for i in range(m):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= a[i, k] * a[j, k]
            if i == j:
                if not s > 1e-12:
                    return out
                a[i, i] = math.sqrt(s)
            else:
                a[i, j] = s / a[j, j]
    for i in range(m):
        s = row[1 + free[i]] / scale[i]
        for k in range(i):
            s -= a[i, k] * out[2 + k]
        out[2 + i] = s / a[i, i]
    for i in range(m - 1, -1, -1):
        s = out[2 + i]
        for k in range(i + 1, m):
            s -= a[k, i] * out[2 + k]
        out[2 + i] = s / a[i, i]
    for i in range(m):
        out[2 + i] /= scale[i]
    out[1] = 1.0
    return out
