"""How many runs, and how long each, does the next experiment need? From pilot data (Kalibera and Jones 2013).

Variance between runs and between blocks within a run, each level with its cost, give the cheapest number of
blocks a run; Student's t then gives the runs an arm for the wished half-width of the ratio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from schedlab.errors import TooFewValues

_MOST_RUNS = 10_000


@dataclass(frozen=True)
class Plan:
    """What to capture: `runs` an arm of `blocks` blocks, for a half-width of `precision` of the ratio.

    `between` and `within` are the pilot's variances of log values, of runs and of blocks in a run.
    """

    runs: float
    blocks: int
    precision: float
    between: float
    within: float
    total_cost: float
    warnings: tuple[str, ...] = ()


def plan(
    pilot: pd.DataFrame, precision: float, run_cost: float, block_cost: float, confidence: float = 0.95
) -> Plan:
    """The cheapest design for `precision` (0.02: ratio to about 2 %) from columns arm, run, value > 0.

    One row is one block of a run. `run_cost` is what a run costs whatever its length (start, warm-up,
    cool-down), `block_cost` what a block adds; both in seconds, or any one unit.
    """
    if not 0 < precision < 1 or not (run_cost > 0 and block_cost > 0):
        raise TooFewValues("a plan needs a precision in (0, 1) and costs above 0")
    between, within = components(pilot)
    blocks = _blocks(between, within, run_cost, block_cost)
    runs = runs_for(between + within / blocks, precision, confidence)
    doubts = ()
    if between == 0:
        doubts = ("the pilot shows no spread between runs: too few runs to see it, or one long run would do",)
    cost = 2 * runs * (run_cost + blocks * block_cost)
    return Plan(runs, blocks, precision, between, within, cost, doubts)


def components(pilot: pd.DataFrame) -> tuple[float, float]:
    """(variance between runs, variance of blocks within a run) of log values, arms taken out; T^2 and S^2.

    Unbiased for equal and unequal numbers of blocks; an estimate below zero counts as zero.
    """
    logs = pilot.assign(value=np.log(pilot["value"]))
    groups = logs.groupby(["arm", "run"])["value"].agg(["mean", "var", "size"])
    runs, arms = len(groups), groups.index.get_level_values("arm").nunique()
    if runs - arms < 1 or (groups["size"] < 2).all():
        raise TooFewValues("a pilot needs 2 runs of an arm, and 2 blocks in a run")
    freedom = groups["size"] - 1
    within = float((groups["var"].fillna(0) * freedom).sum() / freedom.sum())
    deviations = groups["mean"] - groups.groupby("arm")["mean"].transform("mean")
    of_means = float((deviations**2).sum()) / (runs - arms)
    return max(of_means - within * float((1 / groups["size"]).mean()), 0.0), within


def _blocks(between: float, within: float, run_cost: float, block_cost: float) -> int:
    """ceil(sqrt(cost of a run / cost of a block x within / between)), bounded for a pilot without spread."""
    if between == 0:
        return 1_000 if within > 0 else 1
    return min(max(1, math.ceil(math.sqrt(run_cost / block_cost * within / between))), 1_000)


def runs_for(variance: float, precision: float, confidence: float = 0.95) -> float:
    """Runs an arm whose t interval of the difference of log means is at most +- log(1 + precision) wide."""
    bound = math.log1p(precision)
    for runs in range(2, _MOST_RUNS):
        if stdtrit(2 * runs - 2, 0.5 + confidence / 2) * math.sqrt(2 * variance / runs) <= bound:
            return float(runs)
    return math.inf
