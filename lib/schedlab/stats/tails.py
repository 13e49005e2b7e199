"""The far tail: three estimators over a band of thresholds, clusters taken apart, and what n cannot support.

Spikes come in clusters (a collection, a scheduling delay hits many requests), and more in one run than in
another. The extremal index is the share of exceedances that begin a cluster: every exceedance counts as that
much of an observation. How far the tail is the data's word depends on clusters and runs beyond, not requests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from schedlab.dist import generalised_pareto
from schedlab.errors import TooFewValues
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit
from schedlab.stats.fit_interval import profile
from schedlab.stats.fit_sample import likelihood_of
from schedlab.stats.mean import mean

#: shares of the sample above the threshold, and the quantiles asked for
SHARES = (0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001)
LEVELS = (0.999, 0.9999, 0.99999)
LEAST = 50
#: a quantile is supported by at least this many clusters beyond it, from at least this share of the runs;
#: runs give one each where they have this many requests beyond it
CLUSTERS, RUNS_SHARE, EACH = 10.0, 0.5, 4.0
#: two-sided 95 % for one quantile, and for all at once (Scheffe, three estimates: xi, scale, share above)
_ONE, _ALL = 1.959963984540054, 2.795483482915108


@dataclass(frozen=True)
class Tail:
    """`band`: one row per threshold (threshold, exceedances, clusters, extremal_index, hill, moment, xi with
    lo and hi, scale). `levels`: one row per quantile: value, lo, hi over the thresholds (all requests
    together), by_runs with its lo and hi (a value a run), clusters and effective runs beyond, supported.
    `curve`: the same for a fine grid of quantiles, its band simultaneous."""

    band: pd.DataFrame
    levels: pd.DataFrame
    unit: str
    n: float
    curve: pd.DataFrame
    runs: int = 1
    warnings: tuple[str, ...] = ()


def tail(samples: Mapping[str, Sample], levels=LEVELS, shares=SHARES) -> Tail:
    """The tail of one arm, its runs taken together; values in the order of capture, exact and not binned.

    TooFewValues below 500 values. A quantile with fewer than 10 clusters beyond it, or beyond which requests
    come from few of the runs, is marked as not supported: its value is the family's or those runs', and not
    the arm's.
    """
    runs = [s.values for s in samples.values()]
    if any(s.upper is not None or s.counts is not None for s in samples.values()):
        raise TooFewValues("a tail needs the values in order; a histogram has lost it")
    values = np.sort(np.concatenate(runs))
    if len(values) < 500:
        raise TooFewValues(f"a tail needs at least 500 values, there are {len(values)}")
    unit = next(iter(samples.values())).unit
    rows = [_at(runs, values, share, unit) for share in shares if share * len(values) >= LEAST]
    band = pd.DataFrame([row for row in rows if row is not None])
    table = pd.DataFrame([_level(band, values, q, _ONE) | _of_runs(runs, values, q, unit) for q in levels])
    table["supported"] &= table["runs_beyond"] >= RUNS_SHARE * len(runs)
    grid = 1.0 - np.geomspace(shares[0], 1.0 - max(levels), 60)
    curve = pd.DataFrame([_level(band, values, q, _ALL) for q in grid])
    return Tail(band, table, unit, float(len(values)), curve, len(runs), _doubts(band))


def hill(values: np.ndarray, k: int) -> float:
    """Hill's estimator of xi from the k largest of ascending values; only for power-law tails."""
    top = np.log(values[-k - 1 :])
    return float((top[1:] - top[0]).mean())


def moment(values: np.ndarray, k: int) -> float:
    """The moment estimator of xi (Dekkers, Einmahl and de Haan 1989), for tails of any kind."""
    top = np.log(values[-k - 1 :])
    excess = top[1:] - top[0]
    first, second = float(excess.mean()), float((excess**2).mean())
    return first + 1.0 - 0.5 / (1.0 - first**2 / second)


def extremal_index(runs: list[np.ndarray], threshold: float) -> float:
    """Share of exceedances that begin a cluster: the intervals estimator (Ferro and Segers 2003)."""
    gaps = np.concatenate([np.diff(np.flatnonzero(run > threshold)) for run in runs]).astype(np.float64)
    if len(gaps) < 2:
        return 1.0
    if gaps.max() <= 2:
        return min(1.0, 2.0 * gaps.sum() ** 2 / (len(gaps) * (gaps**2).sum()))
    return min(1.0, 2.0 * (gaps - 1).sum() ** 2 / (len(gaps) * ((gaps - 1) * (gaps - 2)).sum()))


def _at(runs, values, share: float, unit: str) -> dict | None:
    """All estimators at one threshold; None where clusters are too few for a fit."""
    k = round(share * len(values))
    threshold = float(values[-k - 1])
    theta = extremal_index(runs, threshold)
    beyond = values[values > threshold] - threshold
    if theta * len(beyond) < 20:
        return None
    excess = Sample(beyond, unit, counts=np.full(len(beyond), theta))
    found = fit(excess, generalised_pareto.FAMILY)
    lo, hi = profile(found, likelihood_of(excess), "xi") if found.converged else (math.nan, math.nan)
    return {
        "share": share, "threshold": threshold, "exceedances": len(beyond), "clusters": theta * len(beyond),
        "extremal_index": theta, "hill": hill(values, k), "moment": moment(values, k),
        "xi": found.params[0], "xi_lo": lo, "xi_hi": hi, "scale": found.params[1],
        "se_xi": found.se[0], "se_log_scale": math.sqrt(found.cov[1, 1]), "cov": found.cov[0, 1],
        "converged": found.converged,
    }  # fmt: skip


def _level(band: pd.DataFrame, values: np.ndarray, q: float, z: float) -> dict:
    """The quantile by the generalised Pareto tail: median over thresholds, the interval covers each one's.

    Each threshold's interval is by the delta method on the log of the quantile."""
    n = len(values)
    usable = band[(band["converged"]) & (band["exceedances"] / n > 1.0 - q)]
    each = np.array([_return_level(row, n, q, z) for row in usable.to_dict("records")]).reshape(-1, 3)
    index = float((usable if len(usable) else band)["extremal_index"].iloc[-1]) if len(band) else 1.0
    beyond = n * (1.0 - q) * index
    observed = float(np.quantile(values, q)) if n * (1.0 - q) >= 1 else math.nan
    if not len(each):
        return {"q": q, "value": math.nan, "lo": math.nan, "hi": math.nan, "observed": observed,
                "clusters_beyond": beyond, "supported": False}  # fmt: skip
    return {
        "q": q, "value": float(np.median(each[:, 0])), "lo": float(np.nanmin(each[:, 1])),
        "hi": float(np.nanmax(each[:, 2])), "observed": observed, "clusters_beyond": beyond,
        "supported": beyond >= CLUSTERS,
    }  # fmt: skip


def _of_runs(runs: list[np.ndarray], values: np.ndarray, q: float, unit: str) -> dict:
    """The quantile by runs, a value each; and how many runs the requests beyond it are worth (Kish)."""
    beyond = np.array([(run > np.quantile(values, q)).sum() for run in runs], np.float64)
    spread = float(beyond.sum() ** 2 / (beyond**2).sum()) if beyond.any() else 0.0
    each = [float(np.quantile(run, q)) for run in runs if len(run) * (1.0 - q) >= EACH]
    if len(each) < max(2, len(runs)):
        return {"runs_beyond": spread, "by_runs": math.nan, "by_runs_lo": math.nan, "by_runs_hi": math.nan}
    found = mean(each, unit, "ratio")
    return {"runs_beyond": spread, "by_runs": found.value, "by_runs_lo": found.lo, "by_runs_hi": found.hi}


def _return_level(row: dict, n: int, q: float, z: float) -> tuple[float, float, float]:
    """u + scale / xi ((share / (1 - q))^xi - 1) with its delta interval."""
    h = math.log(row["exceedances"] / n / (1.0 - q))
    xi, scale = row["xi"], row["scale"]
    reach = h if abs(xi) < 1e-9 else math.expm1(xi * h) / xi
    value = row["threshold"] + scale * reach
    slope_xi = scale * (0.5 * h * h if abs(xi) < 1e-6 else (h * math.exp(xi * h) - reach) / xi)
    slope_scale = scale * reach
    variance = (
        (slope_xi * row["se_xi"]) ** 2
        + (slope_scale * row["se_log_scale"]) ** 2
        + 2.0 * slope_xi * slope_scale * row["cov"]
        + (scale * math.exp(xi * h)) ** 2 / max(row["clusters"], 1)
    )
    half = z * math.sqrt(max(variance, 0.0)) / value
    return value, value * math.exp(-half), value * math.exp(half)


def _doubts(band: pd.DataFrame) -> tuple[str, ...]:
    if band.empty:
        return ("no threshold leaves 20 clusters: the tail cannot be fitted",)
    warnings = ()
    if band["xi"].max() - band["xi"].min() > 0.5:
        warnings += ("xi depends on the threshold: there is no single tail; extrapolation is guesswork",)
    if band["extremal_index"].min() < 0.7:
        warnings += (f"exceedances come in clusters (extremal index {band['extremal_index'].min():.2f})",)
    return warnings


def without_order(found: Tail) -> Tail:
    """The same without the columns that only the computation needs."""
    return replace(found, band=found.band.drop(columns=["se_xi", "se_log_scale", "cov"], errors="ignore"))
