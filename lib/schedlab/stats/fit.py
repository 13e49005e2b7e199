"""Fit families of distributions by maximum likelihood, with how sure the parameters are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from schedlab.dist.moments import coarse, log_moments
from schedlab.errors import TooFewValues
from schedlab.model.extend import Edge, Family
from schedlab.model.fit import Fit, Void
from schedlab.model.sample import Sample
from schedlab.stats.compress import Table
from schedlab.stats.fit_closed import fit_closed
from schedlab.stats.fit_newton import Peak, climb
from schedlab.stats.fit_peaks import distinct, highest, two_peaks
from schedlab.stats.fit_sample import grouped, likelihood_of, table_of
from schedlab.stats.likelihood import Likelihood

#: a condition number of the information beyond which the solution is a ridge and no peak
FLAT = 1e9


def fit(sample: Sample, family: Family, exact: bool = False) -> Fit:
    """The parameters of `family` that make the sample most likely.

    `exact` climbs the last step on every single value instead of on atoms. TooFewValues where there are
    fewer distinct values than parameters. What is doubtful about the solution is in its `warnings`.
    """
    if family.closed and (quick := fit_closed(sample, family)):
        return quick
    data = likelihood_of(sample) if not family.grouped else grouped_likelihood(sample)
    found = fit_likelihood(data, family, sample.unit, corrected=sample.corrected)
    if exact and sample.upper is None and sample.counts is None and not family.grouped:
        data = replace(data, z=np.log(sample.values), weights=np.ones(len(sample.values)))
        polished = fit_likelihood(data, family, sample.unit, begin=found.theta)
        found = replace(polished, warnings=tuple(dict.fromkeys(polished.warnings + found.warnings)))
    return found


def fit_all(sample: Sample, families: Iterable[Family]) -> tuple[Fit, ...]:
    """One fit per family, in the order given; the sample is prepared once. Families that need more values
    than there are come back without parameters, and say so."""
    families = tuple(families)
    table = table_of(sample)
    data = likelihood_of(sample, table)
    coarse = grouped_likelihood(sample, table) if any(f.grouped for f in families) else data
    return tuple(_or_nothing(coarse if f.grouped else data, f, sample) for f in families)


def fit_likelihood(
    data: Likelihood, family: Family, unit: str = "", begin: np.ndarray | None = None, corrected: bool = False
) -> Fit:
    """As `fit`, for a likelihood that is already prepared, optionally from another beginning."""
    check_enough(data, family)
    free, points = free_of(family), data.centres()
    edges = edges_of(family, *points)
    begins = _begins(data, family, points, free, edges) if begin is None else [begin]

    def up(theta: np.ndarray) -> Peak:
        return climb(lambda t: data.sums(family, t), theta, free, data.n, edges)

    peak, *rivals = highest([_settled(family, up(begin), up) for begin in begins])
    return _conclude(data, family, peak, rivals, unit, corrected)


def _begins(data: Likelihood, family: Family, points, free, edges) -> list[np.ndarray]:
    """The family's start, improved on points where the likelihood itself is dear, and its rivals."""
    if len(free) > 3:
        points = coarse(*points)
        starts = family.starts(*points) if family.starts else [family.start(*points)]
        return distinct([_rough(family, *points, start, free, edges) for start in starts])
    begin = family.start(*points)
    if len(data.counts) and not family.grouped:
        return [_rough(family, *points, begin, free, edges, data.fine)]
    return [begin]


def _settled(family: Family, peak: Peak, up: Callable[[np.ndarray], Peak]) -> Peak:
    """The likeliest of chosen coordinates, and the parts of a mixture in order."""
    while family.beside:
        best = max(map(up, family.beside(peak.theta)), key=lambda other: other.row[0])
        if not best.row[0] > peak.row[0]:
            break
        peak = best
    if family.tidy and not np.array_equal(tidy := family.tidy(peak.theta), peak.theta):
        peak = up(tidy)
    return peak


def _rough(family: Family, z, weights, begin, free, edges, fine: bool = False) -> np.ndarray:
    """Nearly the maximum, from points that roughly stand for the sample: much cheaper."""
    points = Likelihood(z, weights)
    peak = climb(lambda theta: points.sums(family, theta), begin, free, points.n, edges, enough=1e-7)
    return peak.theta if fine or (peak.edge < 0 and peak.slope < 1e-7) else begin


def edges_of(family: Family, z: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """Lowest and highest of each free coordinate, as the family's `edges` say for this spread of log x."""
    if not family.edges:
        return None
    log_sd = 0.5 * math.log(log_moments(z, weights)[1])
    wide = Edge(-math.inf, math.inf)
    ends = [family.edges.get(name, wide) for name in family.params]
    return np.array([[e.lo - e.spread * log_sd for e in ends], [e.hi - e.spread * log_sd for e in ends]])


def grouped_likelihood(sample: Sample, table: Table | None = None) -> Likelihood:
    """The likelihood of values grouped by the clock or by fine bins, comparable with that of exact values:
    probabilities divided by the bins' widths are densities. `table` saves the pass over the values."""
    bins = grouped(sample, table=table)
    data = likelihood_of(bins)
    if bins is sample:
        return data
    inner = (bins.values > 0) & (bins.counts > 0) & np.isfinite(bins.upper)
    widths = np.log(bins.upper[inner] - bins.values[inner])
    return replace(data, offset=float(widths @ bins.counts[inner]))


def free_of(family: Family) -> np.ndarray:
    """Which coordinates are climbed."""
    return np.array([link not in ("fixed", "chosen") for link in family.links])


def check_enough(data: Likelihood, family: Family) -> None:
    """TooFewValues unless there are at least as many distinct values as parameters, and two."""
    k = sum(link != "fixed" for link in family.links)
    distinct = len(data.counts) + len(data.tails)
    if distinct < max(k, 2):
        distinct += len(np.unique(data.z[:1000])) if len(data.z) < 1000 else 1000
    if distinct < max(k, 2):
        raise TooFewValues(f"{family.name} needs {max(k, 2)} distinct values, there are {distinct}")


def _or_nothing(data: Likelihood, family: Family, sample: Sample) -> Fit:
    try:
        return fit_likelihood(data, family, sample.unit, corrected=sample.corrected)
    except TooFewValues as why:
        p = len(family.params)
        nothing = np.full(p, math.nan), np.full((p, p), math.nan)
        return Fit(family, *nothing, math.nan, data.n, sample.unit, converged=False, warnings=(str(why),))


def _conclude(
    data: Likelihood, family: Family, peak: Peak, rivals: list[Peak], unit: str, corrected: bool
) -> Fit:
    """Standard errors from the observed information, and what is doubtful."""
    n, p, free = data.n, len(peak.theta), free_of(family)
    cov, condition = covariance(-peak.hessian * n, free)
    if corrected:
        cov = np.full((p, p), math.nan)
    nll = data.offset + float(data.z @ data.weights - peak.row[0] * n)
    found = Fit(family, peak.theta, cov, nll, n, unit, peak.slope, condition, peak.iterations, peak.converged)
    doubts = _doubts(found, data, peak) + two_peaks(found, peak, rivals)
    return replace(found, warnings=data.warnings + doubts)


def covariance(information: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, float]:
    """Inverse of the information over the free coordinates (NaN elsewhere), and its condition number with
    the coordinates brought to one scale first."""
    square = np.ix_(free, free)
    inner = information[square]
    cov = np.full(information.shape, math.nan)
    scale = np.sqrt(np.abs(np.diag(inner)))
    if not np.isfinite(inner).all() or not (scale > 0).all():
        return cov, math.inf
    values = np.linalg.eigvalsh(inner / np.outer(scale, scale))
    condition = float(values[-1] / values[0]) if values[0] > 0 else math.inf
    if condition < FLAT:
        cov[square] = np.linalg.inv(inner)
    return cov, condition


def _doubts(found: Fit, data: Likelihood, peak: Peak) -> tuple[str, ...]:
    family = found.family
    if peak.edge >= 0:
        return (Void(_beyond(family, peak)),)
    warnings = ()
    if not found.converged:
        warnings += (Void(f"{family.name}: the climb stopped at a slope of {found.gradient:.1g} a value"),)
    if not found.condition < FLAT:
        warnings += (Void(f"{family.name}: flat ridge, other parameters fit as well"),)
    return warnings + (family.doubts(found, data) if family.doubts else ())


def _beyond(family: Family, peak: Peak) -> str:
    """What a coordinate beyond its edge means."""
    name, up = family.params[peak.edge], peak.theta[peak.edge] > 0
    edge = family.edges[name]
    means = edge.above if up else edge.below
    return f"{family.name}: no finite estimate, {name} runs off" + (f"; {means}" if means else "")
