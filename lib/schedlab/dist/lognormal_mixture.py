"""Mixture of k lognormals: modes of their own, such as cache hits, misses and pauses of the collector."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from schedlab.dist import lognormal, stick
from schedlab.dist.beginnings import start, starts
from schedlab.model.extend import Edge, Family

#: no part may be narrower than this share of the sample's own variance (of z): a spike is a tick, not a mode
FLOOR = 1e-5


def terms(z, theta, out):
    """k lognormals; the kernel is loaded when first used."""
    from schedlab.kernels.mixtures import mixture_terms

    mixture_terms(z, theta, out, 2)


def sums(z, log_weights, shapes, counts, theta):
    """All sums of `terms` over intervals at once."""
    from schedlab.kernels.mixtures import mixture_sums

    return mixture_sums(z, log_weights, shapes, counts, theta, 2)


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


def doubts(found, data) -> tuple[str, ...]:
    """A tiny part is noise; a part within a tick has no shape."""
    parts, laws = _parts(found.params)
    return stick.doubts(found.family.name, parts, [(mu - 2 * s, mu + 2 * s) for mu, s in laws], 2, data)


def family(k: int) -> Family:
    """The family of mixtures of k lognormals."""
    shares = tuple(f"share{j + 1}" for j in range(k - 1))
    laws = tuple(name for j in range(k) for name in (f"mu{j + 1}", f"sigma{j + 1}"))
    vanishes = Edge(-12.0, 12.0, "a part vanishes", "a part vanishes")
    collapses = Edge(0.5 * math.log(2.0 * FLOOR), math.inf, "a part collapses onto one value", spread=-1)
    return Family(
        f"lognormal mixture {k}",
        shares + laws,
        ("logit",) * (k - 1) + ("identity", "log") * k,
        terms,
        log_cdf,
        log_sf,
        ppf,
        partial(start, k, 2),
        f"{k} kinds of request, each with its own typical time and spread",
        starts=partial(starts, k, 2),
        doubts=doubts,
        sums=sums,
        tidy=partial(stick.tidy, k=k, own=2),
        edges=dict.fromkeys(shares, vanishes) | dict.fromkeys(laws[1::2], collapses),
    )


FAMILY = family(2)
FAMILY_3 = family(3)
