"""Fit families of distributions by maximum likelihood, with how sure the parameters are."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from schedlab.errors import SchedlabError, TooFewValues
from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit_newton import Peak, climb
from schedlab.stats.likelihood import Likelihood, Tail, intervals, points

FLAT = 1e10


def fit(sample: Sample | Likelihood, family: Family) -> Fit:
    """The parameters of `family` that make the sample most likely.

    TooFewValues where there are not more distinct values than parameters. What is doubtful about the
    solution is in its `warnings`.
    """
    data = sample if isinstance(sample, Likelihood) else likelihood_of(sample)
    unit = "" if isinstance(sample, Likelihood) else sample.unit
    free = np.array([link not in ("fixed", "chosen") for link in family.links])
    _check_enough(data, family)
    peak = climb(lambda theta: data.sums(family, theta), family.start(*data.centres()), free, data.n)
    return _conclude(data, family, peak, free, unit)


def fit_all(sample: Sample, families: Iterable[Family]) -> tuple[Fit, ...]:
    """One fit per family, in the order given; the sample is prepared once."""
    data = likelihood_of(sample)
    return tuple(fit(data, family) for family in families)


def likelihood_of(sample: Sample) -> Likelihood:
    """What the sample says, as a likelihood. SchedlabError for values that no latency can have."""
    _check(sample)
    zero = sample.values <= 0.0
    if sample.upper is None:
        return _of_values(sample, zero)
    return _of_bins(sample, zero)


def _check(sample: Sample) -> None:
    values = sample.values
    if not np.isfinite(values).all():
        raise SchedlabError(
            f"{int((~np.isfinite(values)).sum())} values are NaN or infinite: drop or censor them"
        )
    if (values < 0).any():
        raise SchedlabError(f"{int((values < 0).sum())} values are negative: not a latency, check the clock")


def _of_values(sample: Sample, zero: np.ndarray) -> Likelihood:
    counts = np.ones(len(zero)) if sample.counts is None else sample.counts
    tails, warnings = _tails(sample), sample.warnings
    if zero.any():
        smallest = float(sample.values[~zero].min(initial=math.inf))
        if not math.isfinite(smallest):
            raise TooFewValues("all values are 0: below the clock's resolution; use a finer clock")
        tails += (Tail("below", smallest, float(counts[zero].sum())),)
        warnings += (f"{int(counts[zero].sum())} zeros taken as below {smallest:g} {sample.unit}",)
    return points(sample.values[~zero], counts[~zero], tails=tails, warnings=warnings)


def _of_bins(sample: Sample, zero: np.ndarray) -> Likelihood:
    lo, hi, counts = sample.values, sample.upper, sample.counts
    seen = counts > 0
    open_ = np.isinf(hi)
    exact = seen & (lo == hi) & ~zero
    inner = seen & ~exact & ~zero & ~open_
    tails = _tails(sample)
    tails += tuple(
        Tail("below", float(h), float(c)) for h, c in zip(hi[seen & zero], counts[seen & zero], strict=True)
    )
    tails += tuple(
        Tail("above", float(x), float(c)) for x, c in zip(lo[seen & open_], counts[seen & open_], strict=True)
    )
    more = intervals(lo[inner], hi[inner], counts[inner]) if inner.any() else {}
    return points(lo[exact], counts[exact], tails=tails, warnings=sample.warnings, **more)


def _tails(sample: Sample) -> tuple[Tail, ...]:
    if not sample.censored_above:
        return ()
    return (Tail("above", sample.censor_at, sample.censored_above),)


def _check_enough(data: Likelihood, family: Family) -> None:
    distinct = len(np.unique(data.z[:1000])) + len(data.counts) + len(data.tails)
    k = sum(link != "fixed" for link in family.links)
    if distinct <= k - 1 or distinct < 2:
        raise TooFewValues(f"{family.name} needs {max(k, 2)} distinct values, there are {distinct}")


def _conclude(data: Likelihood, family: Family, peak: Peak, free: np.ndarray, unit: str) -> Fit:
    """Standard errors from the observed information, and what is doubtful."""
    n, p = data.n, len(peak.theta)
    information = -peak.hessian[np.ix_(free, free)] * n
    values = np.linalg.eigvalsh(information)
    condition = float(values[-1] / values[0]) if values[0] > 0 else math.inf
    cov = np.full((p, p), math.nan)
    if condition < FLAT:
        cov[np.ix_(free, free)] = np.linalg.inv(information)
    gradient = float(np.abs(peak.gradient[free]).max())
    nll = -float(peak.value * n - data.z @ data.weights)
    found = Fit(family, peak.theta, cov, nll, n, unit, gradient, condition, peak.iterations, peak.converged)
    return _with_doubts(found, data)


def _with_doubts(found: Fit, data: Likelihood) -> Fit:
    warnings = list(data.warnings)
    if not found.converged:
        warnings.append(
            f"{found.family.name}: the climb stopped at a slope of {found.gradient:.1g} per observation"
        )
    if not found.condition < FLAT:
        warnings.append(
            f"{found.family.name}: flat ridge, other parameters fit equally well; no standard errors"
        )
    if found.family.doubts is not None:
        warnings += found.family.doubts(found, data)
    return Fit(**{**vars(found), "warnings": tuple(warnings)})
