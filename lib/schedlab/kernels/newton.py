"""One step of Newton's method for a handful of coordinates: a matrix too small for LAPACK to pay."""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, INTS, kernel


@kernel(inline=True)
def _information(row, free, p, a, scale):
    """Minus the Hessian over the free coordinates, brought to one scale, into the lower triangle of `a`."""
    for i in range(len(free)):
        u = free[i]
        scale[i] = math.sqrt(max(-row[1 + p + u * p - u * (u - 1) // 2], 1e-300))
    for i in range(len(free)):
        for j in range(i, len(free)):
            u, v = free[i], free[j]
            a[j, i] = -row[1 + p + u * p - u * (u - 1) // 2 + v - u] / (scale[i] * scale[j])


@kernel(inline=True)
def _root(a, root):
    """Cholesky's root of `a`; False where there is none."""
    for i in range(len(a)):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= root[i, k] * root[j, k]
            if i > j:
                root[i, j] = s / root[j, j]
            elif s > 1e-12:
                root[i, i] = math.sqrt(s)
            else:
                return False
    return True


@kernel(inline=True)
def _solve(root, x):
    """Solve in place, from Cholesky's root."""
    m = len(x)
    for i in range(m):
        for k in range(i):
            x[i] -= root[i, k] * x[k]
        x[i] /= root[i, i]
    for i in range(m - 1, -1, -1):
        for k in range(i + 1, m):
            x[i] -= root[k, i] * x[k]
        x[i] /= root[i, i]


@kernel(FLOATS_OUT(FLOATS, INTS, types.int64))
def newton_step(row, free, p):
    """[largest slope, whether the surface is concave, step of each coordinate...] from value, gradient and
    upper Hessian in one row; only the `free` of the p coordinates move, and none where it is not concave."""
    m = len(free)
    out, a, root, scale, x = np.zeros(p + 2), np.empty((m, m)), np.empty((m, m)), np.empty(m), np.empty(m)
    _information(row, free, p, a, scale)
    for i in range(m):
        x[i] = row[1 + free[i]] / scale[i]
        out[0] = max(out[0], abs(row[1 + free[i]]))
    if _root(a, root):
        _solve(root, x)
        out[1] = 1.0
        for i in range(m):
            out[2 + free[i]] = x[i] / scale[i]
    return out
