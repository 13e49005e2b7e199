"""Dagum: the law of 1 / x for a Burr XII x; a power-law tail of exponent `shape` and a free lower part."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import burr
from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.model.extend import Edge, Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log lower, log scale)."""
    burr.rows(z, theta, -1.0, out)


def log_cdf(x, shape, lower, scale):
    with np.errstate(divide="ignore"):
        return -lower * np.logaddexp(0.0, -shape * (np.log(x) - math.log(scale)))


def log_sf(x, shape, lower, scale):
    return log1mexp(log_cdf(x, shape, lower, scale))


def ppf(q, shape, lower, scale):
    with np.errstate(divide="ignore"):
        return scale * np.expm1(-np.log(q) / lower) ** (-1.0 / shape)


FAMILY = Family(
    "dagum",
    ("shape", "lower", "scale"),
    ("log", "log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    burr.start,
    "an inverse Weibull with a scale that varies: a power-law tail above a free lower part",
    edges={
        "shape": Edge(-8.0, 4.0, above="the data look like a power law below some value", spread=1),
        "lower": Edge(above="its limit is the inverse Weibull family"),
    },
)
