"""Mixture of k lognormals: modes of their own, such as cache hits, misses and pauses of the collector."""

from __future__ import annotations

import math
from functools import partial
from itertools import combinations

import numpy as np

from schedlab.dist import lognormal, stick
from schedlab.dist.moments import log_moments
from schedlab.kernels.mixtures import lognormal_em, lognormal_terms
from schedlab.model.extend import Family

#: no part may be narrower than this share of the sample's own variance (of z): a spike is a tick, not a mode
FLOOR = 1e-5
#: where a beginning may cut the sample into parts
CUTS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99)


def _parts(params):
    k = (len(params) + 1) // 3
    return stick.shares(params[: k - 1]), list(zip(params[k - 1 :: 2], params[k::2], strict=True))


def log_cdf(x, *params):
    shares, laws = _parts(params)
    return stick.log_sum(shares, [lognormal.log_cdf(x, *law) for law in laws])


def log_sf(x, *params):
    shares, laws = _parts(params)
    return stick.log_sum(shares, [lognormal.log_sf(x, *law) for law in laws])


def ppf(q, *params):
    _, laws = _parts(params)
    ends = [math.exp(mu + side * 9.0 * sigma) for mu, sigma in laws for side in (-1, 1)]
    return stick.ppf(q, log_cdf, log_sf, params, ends)


def start(k: int, z, weights):
    """EM from every way to cut the sample at k - 1 of CUTS, on coarse atoms; the best is finished on all."""
    order = np.argsort(z, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    coarse = _coarse(z[order], weights[order], share)
    ends = [_em(*coarse, cut, 40) for cut in combinations(CUTS, k - 1)]
    _, shares, mus, variances = max(ends, key=lambda end: end[0])
    lognormal_em(z, weights, shares, mus, variances, 60)
    ranked = np.argsort(mus)
    laws = np.stack([mus[ranked], 0.5 * np.log(variances[ranked])], axis=1).ravel()
    return np.concatenate([stick.logits(shares[ranked] / shares.sum()), laws])


def _coarse(z, weights, share):
    """Slices of equal share in the middle and ever smaller ones to both ends, as atoms, with their shares."""
    tail = 0.25 * 0.8 ** np.arange(1, 40)
    edges = np.concatenate([tail[::-1], np.linspace(0.25, 0.75, 40), 1.0 - tail])
    first = np.unique(np.concatenate([[0], np.searchsorted(share, edges).clip(0, len(z) - 1)]))
    held = np.add.reduceat(weights, first)
    return np.add.reduceat(z * weights, first) / held, held, np.cumsum(held) / held.sum()


def _em(z, weights, share, cut, steps):
    """EM from the slices between the cuts: (height, shares, mus, variances)."""
    k, slices = len(cut) + 1, np.digitize(share, cut)
    shares, mus, variances = np.full(k, 1.0 / k), np.empty(k), np.empty(k)
    for j in range(k):
        chosen = slices == j if (slices == j).any() else slices >= 0
        mus[j], variances[j] = log_moments(z[chosen], weights[chosen])
        shares[j] = weights[chosen].sum() / weights.sum()
    variances = np.maximum(variances, 1e-3 * log_moments(z, weights)[1])
    return lognormal_em(z, weights, shares, mus, variances, steps), shares, mus, variances


def doubts(found, data) -> tuple[str, ...]:
    """A part narrower than the floor is a tick or a repeated value; a tiny part is noise."""
    shares, laws = _parts(found.params)
    _, variance = log_moments(*data.centres())
    narrow = min(sigma for _, sigma in laws) ** 2 <= 2.0 * FLOOR * variance
    spike = (f"{found.family.name}: a part has collapsed onto one value; the likelihood is unbounded there",)
    return stick.doubts(found.family.name, shares, data.n) + (spike if narrow else ())


def family(k: int) -> Family:
    """The family of mixtures of k lognormals."""
    laws = tuple(name for j in range(k) for name in (f"mu{j + 1}", f"sigma{j + 1}"))
    return Family(
        f"lognormal mixture {k}",
        tuple(f"share{j + 1}" for j in range(k - 1)) + laws,
        ("logit",) * (k - 1) + ("identity", "log") * k,
        lognormal_terms,
        log_cdf,
        log_sf,
        ppf,
        partial(start, k),
        f"{k} kinds of request, each with its own typical time and spread",
        doubts=doubts,
    )


FAMILY = family(2)
FAMILY_3 = family(3)
