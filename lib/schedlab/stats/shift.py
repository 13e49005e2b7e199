"""The quantile shift function: at which quantiles do the arms differ, with a band that holds for all at once.

Doksum (1974), Rousselet, Pernet and Wilcox (2017), over runs: each run gives its quantiles, the arms are
compared by Welch's t on their logs (or paired by block). The band widens the t to the largest |t| over all
quantiles, from a multivariate t with the correlation that the runs show (Hothorn, Bretz and Westfall 2008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from schedlab.errors import TooFewValues
from schedlab.stats import student

SEED = 20240131
_DRAWS = 20_000

COLUMNS = ("q", "effect", "lo", "hi", "band_lo", "band_hi", "n1", "n2", "method")


def shift_function(
    quantiles: pd.DataFrame,
    baseline: str,
    treated: str,
    paired: str | bool = "auto",
    confidence: float = 0.95,
    seed: int = SEED,
) -> pd.DataFrame:
    """One row per q: ratio treated / baseline, its own interval (lo, hi) and the simultaneous band.

    `quantiles` has one row per run and q: run, arm, block, q, value > 0 (as `per_run.per_run` gives, with arm
    and block). Quantiles that a run lacks are left out for all; runs are paired by block where at least three
    blocks hold one run of each arm.
    """
    logs = {arm: _matrix(quantiles, arm) for arm in (baseline, treated)}
    one, two = logs[baseline], logs[treated]
    shared = one.columns.intersection(two.columns)
    if not len(shared):
        raise TooFewValues("no quantile is known in every run of both arms")
    one, two = one[shared], two[shared]
    blocks = _blocks(one, two) if paired is not False else None
    use_pairs = blocks is not None and len(blocks) >= (2 if paired is True else 3)
    if use_pairs:
        groups = [(_by_block(two).loc[blocks] - _by_block(one).loc[blocks]).to_numpy()]
    else:
        groups = [one.to_numpy(), two.to_numpy()]
    return of_groups(np.asarray(shared, float), groups, confidence, seed)


def together(found: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Several shift functions as one table, the name of the comparison first."""
    parts = [table.assign(comparison=name) for name, table in found.items()]
    return (
        pd.concat(parts)[["comparison", *COLUMNS]]
        if parts
        else pd.DataFrame(columns=["comparison", *COLUMNS])
    )


def sentence(found: Mapping[str, pd.DataFrame]) -> str:
    """Where the simultaneous band leaves 1, in words."""
    said = []
    for name, table in found.items():
        apart = table[(table["band_lo"] > 1) | (table["band_hi"] < 1)]
        if len(apart):
            said.append(f"{name} at {', '.join(f'{100 * q:g} %' for q in apart['q'])}")
    if not found:
        return "No pair of arms has quantiles to compare."
    return (
        f"Beyond the band: {'; '.join(said)}." if said else "No band leaves 1: nowhere can these runs tell."
    )


def _matrix(quantiles: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Log quantiles, one row a run, one column a q that every run of the arm has."""
    rows = quantiles[quantiles["arm"] == arm]
    if not len(rows):
        raise TooFewValues(f"arm {arm!r} has no run with quantiles")
    wide = rows.pivot(index=["block", "run"], columns="q", values="value").dropna(axis=1)
    return np.log(wide)


def _blocks(one: pd.DataFrame, two: pd.DataFrame) -> pd.Index | None:
    """The blocks that hold both arms; None where a block holds an arm alone."""
    own = [arm.index.get_level_values("block").unique() for arm in (one, two)]
    return own[0].sort_values() if set(own[0]) == set(own[1]) else None


def _by_block(arm: pd.DataFrame) -> pd.DataFrame:
    return arm.groupby(level="block").mean()


def of_groups(qs: np.ndarray, groups: list[np.ndarray], confidence: float = 0.95, seed: int = SEED):
    """The shift function of log quantiles: baseline and treated (runs x qs), or one group of differences."""
    shifts = [_shift([g[:, j] for g in groups]) for j in range(len(qs))]
    own = [shift.interval(confidence) for shift in shifts]
    widest = largest_t(groups, min(s.df for s in shifts), confidence, seed)
    band = [(s.estimate - widest * s.se, s.estimate + widest * s.se) for s in shifts]
    n1, n2 = len(groups[0]), len(groups[-1])
    method = f"t over {n1} blocks" if len(groups) == 1 else "Welch t"
    rows = [
        (q, math.exp(s.estimate), *map(_exp, (*own[j], *band[j])), n1, n2, f"{method}, band by largest t")
        for j, (q, s) in enumerate(zip(qs, shifts, strict=True))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _shift(columns: list[np.ndarray]) -> student.Shift:
    return student.paired(columns[0]) if len(columns) == 1 else student.welch(*columns)


def largest_t(groups: list[np.ndarray], df: float, confidence: float, seed: int = SEED) -> float:
    """The bound that |t| keeps over all columns at once: between the single t and Bonferroni's.

    Multivariate t with the correlation of the runs about their arm's mean; `groups` are runs x quantiles.
    """
    if not df > 0:
        return math.inf
    residuals = np.vstack([_standard(g) for g in groups])
    spread = np.sqrt((residuals**2).sum(axis=0))
    scaled = residuals[:, spread > 0] / spread[spread > 0]
    root = np.linalg.qr(scaled, mode="r")  # as many rows as quantiles, the same correlation
    z = np.random.default_rng(seed).standard_normal((_DRAWS, len(root))) @ root
    chi = np.sqrt(2 * np.random.default_rng(seed + 1).standard_gamma(df / 2, _DRAWS) / df)
    found = float(np.quantile(np.abs(z).max(axis=1, initial=0) / chi, confidence))
    return max(found, float(stdtrit(df, 0.5 + confidence / 2)))


def _standard(group: np.ndarray) -> np.ndarray:
    """Residuals scaled so that the arms add up as in the shift's variance."""
    centred = group - group.mean(axis=0)
    centred[:, np.ptp(group, axis=0) == 0] = 0
    return centred / math.sqrt(max(len(group) - 1, 1) * len(group))


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf
