"""Hyperexponential: each request takes one of k exponential ways, such as a hit or a miss."""

from __future__ import annotations

from functools import partial

import numpy as np

from schedlab.dist import stick
from schedlab.dist.beginnings import start, starts
from schedlab.model.extend import Edge, Family
from schedlab.model.fit import Void

#: where the central 95 % of an exponential lie, in log x from its scale
CENTRAL = np.log(-np.log([0.975, 0.025]))


def terms(z, theta, out):
    """k exponentials; the kernel is loaded when first used."""
    from schedlab.kernels.mixtures import mixture_terms

    mixture_terms(z, theta, out, 1)


def sums(z, log_weights, shapes, counts, theta):
    """All sums of `terms` over intervals at once."""
    from schedlab.kernels.mixtures import mixture_sums

    return mixture_sums(z, log_weights, shapes, counts, theta, 1)


def log_cdf(x, *params):
    k = (len(params) + 1) // 2
    with np.errstate(divide="ignore"):
        return stick.log_sum(
            stick.shares(params[: k - 1]), [np.log(-np.expm1(-x / s)) for s in params[k - 1 :]]
        )


def log_sf(x, *params):
    k = (len(params) + 1) // 2
    return stick.log_sum(stick.shares(params[: k - 1]), [-x / s for s in params[k - 1 :]])


def ppf(q, *params):
    return stick.ppf(q, log_cdf, log_sf, params, params[len(params) // 2 :])


def doubts(found, data) -> tuple[str, ...]:
    """Parts that vanish, or two with the same scale, say that fewer parts would do."""
    k = (len(found.params) + 1) // 2
    close = np.abs(np.diff(np.sort(found.theta[k - 1 :]))).min() < 0.02
    text = f"{found.family.name}: two parts have the same scale; fewer parts would do"
    spans = found.theta[k - 1 :, None] + CENTRAL
    return stick.doubts(found.family.name, stick.shares(found.params[: k - 1]), spans, 1, data) + (
        (Void(text),) if close else ()
    )


def family(k: int) -> Family:
    """The family of mixtures of k exponentials."""
    shares = tuple(f"share{j + 1}" for j in range(k - 1))
    return Family(
        f"hyperexponential {k}",
        shares + tuple(f"scale{j + 1}" for j in range(k)),
        ("logit",) * (k - 1) + ("log",) * k,
        terms,
        log_cdf,
        log_sf,
        ppf,
        partial(start, k, 1),
        f"each request takes one of {k} exponential ways: a hit or a miss, the fast path or a retry",
        starts=partial(starts, k, 1),
        doubts=doubts,
        sums=sums,
        tidy=partial(stick.tidy, k=k, own=1),
        edges={share: Edge(-12.0, 12.0, "a part vanishes", "a part vanishes") for share in shares},
    )


FAMILY = family(2)
FAMILY_3 = family(3)
