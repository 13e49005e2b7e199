"""Treated against baseline on one metric, one value per run; the answer may be "cannot tell".

Primary: Welch's t (or paired by block) on log values, for ratios, or on the values, for differences. Beside
it an exact permutation test over the runs and the Hodges-Lehmann shift, which must not contradict it unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from schedlab.errors import SchedlabError, TooFewValues
from schedlab.model.results import Comparison, Estimate
from schedlab.stats import permutation, power, rank, student
from schedlab.stats.scales import Scale, scale_for
from schedlab.stats.verdict import LEAST_RUNS, exact, judge

#: fewer complete blocks than this leave too few degrees of freedom to pair
LEAST_BLOCKS = 3


def compare(
    values: pd.DataFrame,
    baseline: str,
    treated: str,
    metric: str = "value",
    unit: str = "1",
    better: str = "",
    scale: str = "ratio",
    paired: str | bool = "auto",
    margin: float | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """How the treated arm differs from the baseline, how sure that is, and what could have been seen.

    `values` has one row per run: run, arm, block, value in `unit`. Runs are paired by block where at least
    three blocks hold both arms (`paired` True insists, False forbids). `margin` is the equivalence margin
    stated beforehand: 0.05 is a factor of 1.05 either way (an absolute difference on that scale); where a
    difference must be shown instead of a ratio, it says nothing.
    """
    one, two, doubts = _arms(values, baseline, treated)
    kind, more = scale_for(scale, np.concatenate([one["value"], two["value"]]))
    one, two = (arm.assign(value=kind.forward(arm["value"].to_numpy(float))) for arm in (one, two))
    seen = _evidence(one, two, paired, confidence)
    bound = None if margin is None or kind.name != scale else float(kind.margin(margin))
    runs = min(len(one), len(two))
    verdict = judge(seen.shift, bound, confidence, better, unit, seen.permutation.p_value, runs)
    lo, hi = (float(kind.back(v)) for v in seen.shift.interval(confidence))
    counted = exact(seen.shift, unit, runs)
    few = (f"fewer than {LEAST_RUNS} runs of an arm decide nothing",) if runs < LEAST_RUNS else ()
    warnings = (*doubts, *more, *few, *seen.warnings, *_doubts(seen, confidence, verdict, counted))
    return Comparison(
        metric=metric,
        unit=unit,
        baseline=baseline,
        treated=treated,
        effect=float(kind.back(seen.shift.estimate)),
        lo=lo,
        hi=hi,
        confidence=confidence,
        n1=len(one),
        n2=len(two),
        method=f"{seen.method} on {'log ' if kind.name == 'ratio' else ''}per-run values",
        verdict=verdict,
        detectable=_detectable(seen, kind),
        p_value=seen.shift.p_value(),
        scale=kind.name,
        warnings=warnings,
        better=better,
        paired=seen.paired,
        margin=None if bound is None else margin,
        permutation_p=seen.permutation.p_value,
        smallest_p=seen.permutation.smallest,
        hodges_lehmann=_back(seen.rank, kind, unit),
        runs_needed=_runs_needed(seen, bound) if verdict == "cannot tell" else math.nan,
    )


@dataclass(frozen=True)
class Evidence:
    """What the runs say on the additive scale: `sd` is between runs, or of the block differences."""

    shift: student.Shift
    permutation: permutation.Permutation
    rank: Estimate
    sd: float
    detectable_sd: float
    paired: bool
    method: str
    warnings: tuple[str, ...]


def _arms(values: pd.DataFrame, baseline: str, treated: str) -> tuple[pd.DataFrame, pd.DataFrame, tuple]:
    """The rows of both arms that have a value, and what was left out."""
    if baseline == treated:
        raise SchedlabError(f"baseline and treated are both {baseline!r}; a comparison needs two arms")
    arms, doubts = [], []
    for arm in (baseline, treated):
        rows = values[values["arm"] == arm]
        kept = rows[np.isfinite(rows["value"].to_numpy(float))]
        if not len(kept):
            known = ", ".join(sorted(map(str, values["arm"].unique()))) or "none"
            raise TooFewValues(f"arm {arm!r} has no run with a value (arms here: {known}); one is needed")
        if len(kept) < len(rows):
            doubts.append(f"{len(rows) - len(kept)} of {len(rows)} runs of {arm} have no value: left out")
        if not kept["run"].is_unique:
            raise SchedlabError(f"arm {arm!r} has several values for one run; a run has one value a metric")
        arms.append(kept.reset_index(drop=True))
    return arms[0], arms[1], tuple(doubts)


def _evidence(one: pd.DataFrame, two: pd.DataFrame, paired: str | bool, confidence: float) -> Evidence:
    differences, left_out = block_differences(one, two)
    if paired is True and len(differences) < 2:
        raise TooFewValues(f"{len(differences)} blocks hold both arms; pairing needs at least 2")
    if paired is True or (paired == "auto" and len(differences) >= LEAST_BLOCKS):
        return _paired(differences, left_out, confidence)
    return _unpaired(one["value"].to_numpy(), two["value"].to_numpy(), confidence)


def block_differences(one: pd.DataFrame, two: pd.DataFrame) -> tuple[np.ndarray, tuple]:
    """Treated - baseline in each block that holds both (means where it holds several), in block order."""
    if "block" not in one:
        return np.array([]), ()
    means = [arm.groupby("block")["value"].mean() for arm in (one, two)]
    both = means[0].index.intersection(means[1].index).sort_values()
    alone = len(means[0].index.symmetric_difference(means[1].index))
    doubt = (f"{alone} blocks hold one arm only: left out of the paired comparison",) if alone else ()
    return (means[1][both] - means[0][both]).to_numpy(), doubt


def _paired(differences: np.ndarray, left_out: tuple[str, ...], confidence: float) -> Evidence:
    return Evidence(
        shift=student.paired(differences),
        permutation=permutation.within_blocks(differences),
        rank=rank.shift_paired(differences, confidence),
        sd=float(np.std(differences, ddof=1)),
        detectable_sd=power.detectable_paired(len(differences), 1 - confidence),
        paired=True,
        method=f"t over {len(differences)} blocks",
        warnings=left_out,
    )


def _unpaired(one: np.ndarray, two: np.ndarray, confidence: float) -> Evidence:
    alone = min(len(one), len(two)) < 2
    squares = sum(float(((x - x.mean()) ** 2).sum()) for x in (one, two))
    return Evidence(
        shift=student.welch(one, two),
        permutation=permutation.between(one, two),
        rank=rank.shift_between(one, two, confidence),
        sd=math.nan if alone else math.sqrt(squares / (len(one) + len(two) - 2)),
        detectable_sd=power.detectable_between(len(one), len(two), 1 - confidence),
        paired=False,
        method="Welch t",
        warnings=("an arm has one run: no spread between its runs, capture at least 2",) if alone else (),
    )


def _doubts(seen: Evidence, confidence: float, verdict: str, counted: bool) -> tuple[str, ...]:
    """What a reader should know before believing the verdict, which the t test alone decides."""
    if counted:
        return ("a count without any spread between runs: exact, and needs no interval",)
    doubts, alpha, other = [], 1 - confidence, seen.permutation
    if seen.shift.se == 0:
        doubts.append("no spread between the runs was seen: the interval has no width and means little")
    if other.smallest > alpha:
        doubts.append(f"so few runs cannot give an exact permutation p below {other.smallest:.3g}")
    elif verdict != "equivalent" and (verdict == "cannot tell") == (other.p_value <= alpha):
        doubts.append(f"the t interval and the exact permutation test (p = {other.p_value:.3g}) disagree")
    return (*doubts, *seen.rank.warnings)


def _detectable(seen: Evidence, kind: Scale) -> float:
    """The smallest effect seen with 80 % power: a factor above 1, or an absolute difference."""
    return float(kind.back(seen.detectable_sd * seen.sd)) if math.isfinite(seen.sd) else math.inf


def _back(ranked: Estimate, kind: Scale, unit: str) -> Estimate:
    values = {name: float(kind.back(getattr(ranked, name))) for name in ("value", "lo", "hi")}
    return replace(ranked, unit=unit if kind.name == "difference" else "1", **values)


def _runs_needed(seen: Evidence, bound: float | None) -> float:
    """Runs an arm (or blocks) that would show an effect as seen; within the margin, that there is none."""
    if not seen.sd > 0:
        return math.inf
    if bound is not None and abs(seen.shift.estimate) < bound:
        return power.runs_for_equivalence(bound / seen.sd, seen.paired)
    return power.runs_needed(seen.shift.estimate / seen.sd, seen.paired)
