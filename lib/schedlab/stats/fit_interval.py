"""Intervals for fitted parameters: by profile where they are lopsided, by run where requests depend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit import covariance, fit_likelihood, free_of, grouped_likelihood
from schedlab.stats.fit_newton import climb, unpack
from schedlab.stats.fit_sample import likelihood_of
from schedlab.stats.likelihood import Likelihood

_HALF_CHI2 = {0.9: 1.352771727, 0.95: 1.920729410, 0.99: 3.317448300}


def profile(found: Fit, data: Likelihood, name: str, confidence: float = 0.95) -> tuple[float, float]:
    """The values of one parameter that the likelihood does not rule out, the others at their best for each.

    Follows the curve and not its curvature at the top, so it may be lopsided; an end that is never reached
    within 40 standard errors is infinite (or the edge of the parameter's range).
    """
    index = found.family.params.index(name)
    edges = (_edge(found, data, index, side, _HALF_CHI2[confidence]) for side in (-1.0, 1.0))
    lo, hi = (found.family.natural(_moved(found.theta, index, edge))[index] for edge in edges)
    return lo, hi


def _edge(found: Fit, data: Likelihood, index: int, side: float, drop: float) -> float:
    """Where the profile has dropped by `drop`: bracket by doubling, then regula falsi on the root of it."""
    top = data.sums(found.family, found.theta)[0]
    sd = math.sqrt(found.cov[index, index]) if found.cov[index, index] > 0 else 0.1
    theta, free = found.theta, free_of(found.family)
    free[index] = False

    def depth(at: float) -> float:
        nonlocal theta
        start = _moved(theta, index, at)
        peak = climb(lambda t: data.sums(found.family, t), start, free, data.n) if free.any() else None
        theta = start if peak is None else peak.theta
        height = data.sums(found.family, theta)[0]
        return math.sqrt(max(top - height, 0.0)) if math.isfinite(height) else math.inf

    goal, centre = math.sqrt(drop), found.theta[index]
    inner, outer = 0.0, 2.0 * sd
    while (deep := depth(centre + side * outer)) < goal:
        inner, outer = outer, 1.6 * outer
        if outer > 40.0 * sd:
            return side * math.inf
    for _ in range(60):
        middle = 0.5 * (inner + outer) if not math.isfinite(deep) else inner + (outer - inner) * 0.5
        value = depth(centre + side * middle)
        inner, outer, deep = (middle, outer, deep) if value < goal else (inner, middle, value)
        if outer - inner < 1e-7 * outer:
            break
    return centre + side * 0.5 * (inner + outer)


def _moved(theta: np.ndarray, index: int, value: float) -> np.ndarray:
    moved = np.array(theta)
    moved[index] = value
    return moved


def by_run(samples: Mapping[str, Sample], family) -> Fit:
    """One fit to all runs together, with standard errors from how the runs disagree and not from requests.

    The score of each run at the common maximum is one observation (Liang and Zeger 1986; the factor R / (R -
    1) for few runs); requests within a run may depend on each other in any way. Needs 3 runs, better 10.
    """
    if len(samples) < 3:
        raise TooFewValues(f"standard errors by run need at least 3 runs, there are {len(samples)}")
    parts = [(grouped_likelihood if family.grouped else likelihood_of)(s) for s in samples.values()]
    unit = next(iter(samples.values())).unit
    pooled = pool(parts)
    found = fit_likelihood(pooled, family, unit)
    p, runs = len(found.theta), len(parts)
    scores = np.array([unpack(part.sums(family, found.theta), p)[0] for part in parts])
    _, hessian = unpack(pooled.sums(family, found.theta), p)
    bread, _ = covariance(-hessian, free_of(family))
    safe = np.nan_to_num(bread)
    sandwich = safe @ (scores.T @ scores) @ safe * runs / (runs - 1)
    return replace(
        found, cov=np.where(np.isnan(bread), math.nan, sandwich), se_by=f"scores of {runs} runs", runs=runs
    )


def pool(parts: list[Likelihood]) -> Likelihood:
    """The likelihood of all observations together."""
    fields = ("z", "weights", "nodes", "log_weights", "shapes", "counts")
    return Likelihood(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in fields),
        tuple(t for p in parts for t in p.tails),
        tuple(dict.fromkeys(w for p in parts for w in p.warnings)),
        sum(p.offset for p in parts),
    )
