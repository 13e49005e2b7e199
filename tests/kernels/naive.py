"""Slow twins of the kernels of fits: the same mathematics in plain Python, one value at a time."""

import math
from fractions import Fraction

import numpy as np


def bits_of(x):
    """The 64 bits of a double."""
    return int(np.float64(x).view(np.int64))


def log_sums(values):
    z = [math.log(x) for x in values]
    mean = math.fsum(z) / len(z)
    return [len(z), mean, math.fsum((v - mean) ** 2 for v in z), 0.0, 0.0]


def means(values):
    n = len(values)
    return [
        n,
        math.fsum(map(math.log, values)) / n,
        0.0,
        math.fsum(values) / n,
        math.fsum(1 / x for x in values) / n,
    ]


def weighted_sums(rows, weights):
    return [math.fsum(r * w for r, w in zip(row, weights, strict=True)) for row in rows]


def interval_sums(rows, log_weights, shapes, counts, p):
    """Log of each interval's probability; derivatives of a log are means and covariances of the parts'."""
    total, nodes, first = np.zeros(len(rows)), [], 0
    for m, many in shapes:
        nodes += [range(first + j, first + m * many, many) for j in range(many)]
        first += m * many
    for own, count in zip(map(list, nodes), counts, strict=True):
        part = np.exp(rows[0, own] + log_weights[own])
        share = part / part.sum()
        one = [math.log(part.sum()), *(rows[1 : 1 + p, own] @ share)]
        r = 1 + p
        for a in range(p):
            for b in range(a, p):
                second = rows[r, own] + rows[1 + a, own] * rows[1 + b, own]
                one.append(second @ share - one[1 + a] * one[1 + b])
                r += 1
        total += count * np.array(one)
    return total


def newton_step(row, free, p):
    """By solving with the full Hessian."""
    hessian = np.zeros((p, p))
    hessian[np.triu_indices(p)] = row[1 + p :]
    hessian = hessian + np.triu(hessian, 1).T
    inner, gradient = -hessian[np.ix_(free, free)], row[1 + np.asarray(free)]
    if np.linalg.eigvalsh(inner)[0] <= 0:
        return np.abs(gradient).max(), False, None
    return np.abs(gradient).max(), True, np.linalg.solve(inner, gradient)


def atoms(values, shift):
    """Bins of equal top bits; the least and the greatest value apart; two atoms at mean +- sd of the rest."""
    left, found = sorted(values), []
    ends = [left.pop(0)] + ([left.pop()] if left else [])
    bins = {}
    for x in left:
        bins.setdefault(bits_of(x) >> shift, []).append(Fraction(float(x)))
    for inside in bins.values():
        mean = sum(inside) / len(inside)
        sd = math.sqrt(sum((x - mean) ** 2 for x in inside) / len(inside))
        if len(inside) == 1 or sd < 1e-9 * float(mean):
            found.append((float(mean), float(len(inside))))
        else:
            found += [(float(mean) - sd, len(inside) / 2), (float(mean) + sd, len(inside) / 2)]
    return sorted([(x, 1.0) for x in ends] + found)


def mixture_log_density(z, shares, parts):
    """log of the density of z, from shares and the parts' densities of z."""
    return [math.log(math.fsum(s * part(v) for s, part in zip(shares, parts, strict=True))) for v in z]


def normal_em(z, weights, shares, mus, variances, steps):
    """Expectation-maximisation as in every textbook."""
    for _ in range(steps):
        part = np.array([s / math.sqrt(2 * math.pi * v) * np.exp(-((z - m) ** 2) / 2 / v)
                         for s, m, v in zip(shares, mus, variances, strict=True)])  # fmt: skip
        share = part / part.sum(axis=0) * weights
        held = share.sum(axis=1)
        mus = share @ z / held
        variances = np.array([h @ (z - m) ** 2 for h, m in zip(share, mus, strict=True)]) / held
        shares = held / weights.sum()
    return shares, mus, variances


def exponential_em(x, weights, shares, scales, steps):
    for _ in range(steps):
        part = np.array([s / a * np.exp(-x / a) for s, a in zip(shares, scales, strict=True)])
        share = part / part.sum(axis=0) * weights
        held = share.sum(axis=1)
        shares, scales = held / weights.sum(), share @ x / held
    return shares, scales


def distances(cdf, counts):
    """KS, Kuiper, Cramer-von Mises, Anderson-Darling and its right tail, by their formulas."""
    u = np.sort(np.repeat(cdf, counts.astype(int)))
    n, i = len(u), np.arange(1, len(u) + 1)
    plus, minus = (i / n - u).max(), (u - (i - 1) / n).max()
    square = 1 / (12 * n) + ((u - (2 * i - 1) / (2 * n)) ** 2).sum()
    anderson = -n - ((2 * i - 1) * (np.log(u) + np.log1p(-u[::-1]))).mean()
    right = n / 2 - 2 * u.sum() - ((2 * n + 1 - 2 * i) * np.log1p(-u)).mean()
    return [max(plus, minus), plus + minus, square, anderson, right]


def weibull_fit(z):
    """(1 / scale, location) of a Gumbel law by bisection on the likelihood equation of the shape."""
    lo, hi, mean = 1e-3, 1e3, z.mean()
    for _ in range(200):
        k = math.sqrt(lo * hi)
        e = np.exp(k * (z - z.max()))
        lo, hi = (k, hi) if (e @ z) / e.sum() - 1 / k < mean else (lo, k)
    return k, z.max() + math.log(np.exp(k * (z - z.max())).mean()) / k


def uniform(seed, number, i):
    """SplitMix64's finaliser in exact integers."""
    mask, golden = 2**64 - 1, 0x9E3779B97F4A7C15

    def mixed(x):
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
        return x ^ (x >> 31)

    key = mixed((mixed((seed * golden + 1) & mask) + number * golden) & mask)
    return ((mixed((key + i * golden) & mask) >> 11) + 0.5) / 2**53
