"""Which family, if any: first by how well it foretells a run it has not seen, then by deflated criteria.

Requests within a run depend on each other, so AIC differences, which grow with n, overstate; a run left out
does not. No ranking here depends on a histogram.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit_likelihood, grouped_likelihood
from schedlab.stats.fit_interval import pool
from schedlab.stats.fit_sample import likelihood_of
from schedlab.stats.goodness import quantile_errors

#: a family fits if no supported quantile up to p99.9 is off by more than this, chance allowed for
TOLERANCE = 0.05
COLUMNS = ("family", "k", "score", "behind", "lo", "hi", "aic_deflated", "bic_deflated", "akaike_weight",
           "vuong_z", "worst_error", "fits", "readable", "converged", "warnings")  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """`table`: one row per family, best first. `best` is the family to use, None where none fits.

    `score` is the mean log-density per request of runs left out; `behind` its distance to the best family's,
    with a 95 % t interval over runs. `vuong_z` compares with the best fit by likelihood: below -2 is worse.
    """

    table: pd.DataFrame
    best: str | None
    verdict: str
    warnings: tuple[str, ...] = ()


def select(
    samples: Mapping[str, Sample], families: Iterable[Family], n_eff: float | None = None
) -> Selection:
    """Compare families on the runs of one arm; with one or two runs there is no left-out score."""
    families = tuple(families)
    plain = [likelihood_of(s) for s in samples.values()]
    coarse = [grouped_likelihood(s) for s in samples.values()] if any(f.grouped for f in families) else plain
    unit = next(iter(samples.values())).unit
    together = merged(samples)
    rows = []
    scores = {}
    pooled = {}
    for family in families:
        parts = coarse if family.grouped else plain
        try:
            pooled[family.name] = fit_likelihood(pool(parts), family, unit)
        except TooFewValues:
            continue
        scores[family.name] = left_out(parts, pooled[family.name]) if len(parts) > 2 else []
    best_scored = _best(scores, pooled)
    for name, found in pooled.items():
        behind = _behind(scores[name], scores[best_scored])
        worst, fits, reach = _worst(together, found, n_eff)
        rows.append(_row(found, scores[name], behind, worst, fits, n_eff or found.n))
    table = _ranked(pd.DataFrame(rows, columns=["family", "k", "score", "behind", "lo", "hi", "aic_deflated",
                    "bic_deflated", "worst_error", "fits", "readable", "converged", "warnings"]))  # fmt: skip
    table["vuong_z"] = _vuong(plain, pooled, table, n_eff)
    return _concluded(table[list(COLUMNS)], len(samples), reach)


def left_out(parts: Sequence, found: Fit) -> list[float]:
    """For each run the mean log-density of its requests under the family fitted to all other runs."""
    scores = []
    for r, part in enumerate(parts):
        others = pool([p for i, p in enumerate(parts) if i != r])
        refit = fit_likelihood(others, found.family, begin=found.theta)
        scores.append(part.loglik(found.family, refit.theta) / part.n)
    return scores


def merged(samples: Mapping[str, Sample]) -> Sample:
    """All runs as one sample; bins and values are not mixed."""
    first = next(iter(samples.values()))
    if any((s.upper is None) != (first.upper is None) for s in samples.values()):
        raise TooFewValues(
            "runs kept as values and runs kept as bins cannot be merged: bring them to one form"
        )
    parts = {}
    for name in ("values", "counts", "upper"):
        got = [getattr(s, name) for s in samples.values()]
        parts[name] = None if any(g is None for g in got) else np.concatenate(got)
    censored = sum(s.censored_above for s in samples.values())
    return Sample(**{**vars(first), **parts, "censored_above": censored})


def _best(scores: dict, pooled: dict) -> str:
    sound = [n for n, f in pooled.items() if f.converged and f.readable] or list(pooled)
    if all(scores[n] for n in sound):
        return max(sound, key=lambda n: float(np.mean(scores[n])))
    return min(sound, key=lambda n: pooled[n].aic)


def _behind(mine: list[float], best: list[float]) -> tuple[float, float, float]:
    """Mean paired distance to the best score with its t interval over runs."""
    if len(mine) < 3:
        return math.nan, math.nan, math.nan
    from scipy.special import stdtrit

    d = np.array(best) - np.array(mine)
    if not np.abs(d).max() < 1e100:  # a value below the family's minimum
        return math.inf, math.nan, math.nan
    half = float(stdtrit(len(d) - 1, 0.975)) * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def _worst(sample: Sample, found: Fit, n_eff: float | None) -> tuple[float, bool, float]:
    """Largest relative quantile error up to p99.9, whether each lies within tolerance of its interval, and
    the farthest quantile that the values can say something of."""
    errors = quantile_errors(sample, found, n_eff, (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999))
    seen = errors[errors["supported"]]
    lowest, highest = seen["lo"] * (1 - TOLERANCE), seen["hi"] * (1 + TOLERANCE)
    inside = ((seen["fitted"] >= lowest) & (seen["fitted"] <= highest)).all()
    return float(seen["error"].abs().max()), bool(inside), float(seen["q"].max())


def _row(found: Fit, scores, behind, worst: float, fits: bool, n_eff: float) -> tuple:
    share = min(n_eff / found.n, 1.0)
    aic = 2.0 * (found.nll * share + found.k)
    bic = 2.0 * found.nll * share + found.k * math.log(max(n_eff, 2.0))
    score = float(np.mean(scores)) if scores else math.nan
    return (found.family.name, found.k, score, *behind, aic, bic, worst, fits, found.readable,
            found.converged, "; ".join(found.warnings))  # fmt: skip


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    by = ["score"] if table["score"].notna().all() else ["aic_deflated"]
    table = table.sort_values(by, ascending=by != ["score"], kind="stable", ignore_index=True)
    above = table["aic_deflated"] - table["aic_deflated"].min()
    table["akaike_weight"] = np.exp(-0.5 * above) / np.exp(-0.5 * above).sum()
    return table


def _vuong(parts, pooled: dict, table: pd.DataFrame, n_eff: float | None) -> list[float]:
    """Vuong's statistic of each family against the likeliest, over atoms, deflated by n_eff / n."""
    data = pool(list(parts))
    names = [n for n in table["family"] if not pooled[n].family.grouped]
    if not len(data.z) or not names:
        return [math.nan] * len(table)
    top = min(names, key=lambda n: pooled[n].nll)
    heights = {n: pooled[n].family.rows(data.z, pooled[n].theta)[0] for n in names}
    return [
        _z(heights[n] - heights[top], data.weights, n_eff) if n in heights else math.nan
        for n in table["family"]
    ]


def _z(difference: np.ndarray, weights: np.ndarray, n_eff: float | None) -> float:
    n = weights.sum()
    mean = float(difference @ weights) / n
    sd = math.sqrt(float(weights @ (difference - mean) ** 2) / n)
    return mean / sd * math.sqrt(min(n_eff or n, n)) if sd > 0 else 0.0


def _concluded(table: pd.DataFrame, runs: int, reach: float) -> Selection:
    """Families that the quantiles do not exclude; that few are excluded may only mean that n_eff is small."""
    warnings = () if runs > 2 else (f"{runs} run(s): no score on a run left out; ranked by AIC",)
    good = table[table["fits"] & table["converged"] & table["readable"]]
    if good.empty:
        nearest, off = table.iloc[0]["family"], table.iloc[0]["worst_error"]
        said = f"no family fits: {nearest}, the nearest, is off by {100 * off:.0f} % at some quantile"
        return Selection(table, None, said, warnings)
    name = str(good["family"].iloc[0])
    left = f"{len(good)} of {len(table)} families are not excluded"
    said = f"{left} up to p{100 * reach:g}, by {100 * TOLERANCE:.0f} % beyond chance; nearest of them: {name}"
    return Selection(table, name, said, warnings)
