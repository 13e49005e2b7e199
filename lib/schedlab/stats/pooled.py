"""Quantiles of pooled runs with the hierarchical bootstrap: runs are drawn again, each with all its requests.

The interval is the symmetric bootstrap-t (Hall 1988): the equal-tailed one covers p99 of few runs too rarely,
about 0.93 in `tests/simulation`. A replicate costs runs x quantiles, whatever the number of requests.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.bootstrap import REPLICATES, SEED
from schedlab.stats.histograms import Histograms

METHOD = "hierarchical bootstrap-t"
#: fewer runs an arm than this: the intervals cover less than they say
LEAST_RUNS = 5


def quantile_ratios(
    baseline: Histograms,
    treated: Histograms,
    qs,
    confidence: float = 0.95,
    seed: int = SEED,
    replicates: int = REPLICATES,
) -> list[Estimate]:
    """Ratio treated / baseline of quantiles of the pooled runs, one Estimate per q.

    The arms are on common bins (`histograms.compress_arms`); runs weigh the same.
    """
    logs, errors = zip(
        *(replicated(arm, qs, seed + i, replicates) for i, arm in enumerate((baseline, treated))), strict=True
    )
    few = min(baseline.runs, treated.runs)
    doubts = (
        () if few >= LEAST_RUNS else (f"{few} runs an arm: the bootstrap covers less than it says below 5",)
    )
    shifts, spreads, n = logs[1] - logs[0], np.hypot(*errors), baseline.runs + treated.runs
    return [
        Estimate(*map(_exp, symmetric(shift, se, confidence)), "1", n, confidence, METHOD, doubts)
        for shift, se in zip(shifts.T, spreads.T, strict=True)
    ]


def replicated(arm: Histograms, qs, seed: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """(log quantiles, their standard errors), shape (1 + replicates, qs); row 0 is what was seen."""
    from schedlab.kernels import resample

    if arm.runs < 2:
        raise TooFewValues("resampling needs at least 2 runs an arm, better 5")
    chosen = np.vstack([np.arange(arm.runs), picks(arm.runs, seed, replicates)])
    out = np.empty((len(chosen), len(qs), 2))
    resample.pooled_quantiles(
        arm.cumulative, arm.edges, np.asarray(qs, float), arm.log_quantiles(qs), chosen, out
    )
    return out[:, :, 0], out[:, :, 1]


def picks(runs: int, seed: int, replicates: int = REPLICATES) -> np.ndarray:
    """Which runs each replicate holds: int64, shape (replicates, runs), from the seed alone."""
    return np.random.default_rng(seed).integers(0, runs, (replicates, runs))


def symmetric(logs: np.ndarray, errors: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """(value, lo, hi): row 0 of each is what was seen, the others are replicates of it.

    Replicates of one run many times over have no error of their own and are left out.
    """
    usable = errors[1:] > 1e-9 * errors[0]
    if not usable.any():
        return float(logs[0]), -math.inf, math.inf
    t = np.abs(logs[1:] - logs[0])[usable] / errors[1:][usable]
    half = float(np.quantile(t, confidence) * errors[0])
    return float(logs[0]), float(logs[0]) - half, float(logs[0]) + half


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf
