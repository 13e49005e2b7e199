"""The numbers of the report's first page that no chapter needs for itself, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.results import Comparison, Estimate
from schedlab.stats.mean import mean

NONE = "not measured"


def verdict(comparisons: Iterable[Comparison], name: str) -> str:
    """What the comparison of that name says in a word or two, corrected for all that were asked with it."""
    return next((c.verdict for c in comparisons if c.metric == name), NONE)


def robust(comparisons: Iterable[Comparison], name: str, others: Sequence[Comparison]) -> str:
    """The same verdict, and whether other choices (runs left in, sessions apart) give it too."""
    said = verdict(comparisons, name)
    agree = sum(other.verdict == said for other in others)
    if agree == len(others) or said == NONE:
        return said
    rest = f"{len(others) - agree} of {len(others)} other choices of runs"
    return f"{said} as declared, though {rest} do not say so"


def together(values: pd.DataFrame, pairs: Sequence[tuple[str, str]], confidence: float) -> Estimate | str:
    """Treated arms against their baselines, all together: the geometric mean over the pairs, t over blocks.

    `values` hold one metric, as `metrics.collect` gives them. A pair that lacks a block is left out, so that
    every block answers for the same arms; no pair is picked for its result.
    """
    logs = np.log(values.pivot_table(index="block", columns="arm", values="value"))
    known = [(one, other) for one, other in pairs if {one, other} <= set(logs)]
    shifts = pd.DataFrame({pair: logs[pair[1]] - logs[pair[0]] for pair in known}).dropna(axis="columns")
    return _mean(np.exp(shifts.mean(axis="columns")), confidence) if shifts.size else NONE


def of_ours(agreement: pd.DataFrame, instrument: str, confidence: float = 0.95) -> Estimate | str:
    """A load tool's p99 over ours on the same arm, at the same rate: the geometric mean, t over arms."""
    ratios = agreement.loc[agreement["instrument"] == instrument, "p99_of_ours"].astype(float).dropna()
    return _mean(ratios, confidence) if len(ratios) else NONE


def held(simulated: pd.DataFrame, method: str, confidence: float = 0.95) -> Estimate:
    """In what share of all simulated experiments the method's interval held the truth, normal approximation.

    Settings weigh as many replicates as they have; each was drawn by itself.
    """
    own = simulated[simulated["what"] == method]
    n = int(own["reps"].sum())
    if not n:
        raise TooFewValues(f"no simulation of {method!r}")
    rate = float((own["rate"] * own["reps"]).sum() / n)
    spread = math.sqrt(float(((own["mc_se"] * own["reps"]) ** 2).sum())) / n
    half = NormalDist().inv_cdf((1 + confidence) / 2) * spread
    return Estimate(rate, rate - half, rate + half, "share", n, confidence, "binomial over replicates")


def _mean(ratios: Iterable[float], confidence: float) -> Estimate:
    return mean(list(ratios), "1", "ratio", confidence)
