"""Every metric at once: a long table of per-run values to estimates by arm, and to comparisons.

The table is what `metrics.collect` gives: run, arm, block, metric, unit, better, value, missing_because.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.results import Comparison, Estimate
from schedlab.model.titles import title
from schedlab.stats.compare import compare
from schedlab.stats.mean import mean
from schedlab.stats.say import say, show_effect
from schedlab.stats.verdict import MARGIN

COLUMNS = ("metric", "arm", "value", "lo", "hi", "unit", "runs")


def by_arm(values: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """One row per metric and arm: the mean over runs with its t interval, and the number of runs.

    Times and rates have the geometric mean, with the interval of the mean of logs.
    """
    rows = [
        (metric, arm, e.value, e.lo, e.hi, e.unit, e.n)
        for metric in values["metric"].unique()
        for arm, e in means(values[values["metric"] == metric], confidence).items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def means(values: pd.DataFrame, confidence: float = 0.95) -> dict[str, Estimate]:
    """The mean of one metric over the runs of each arm (see `by_arm`); an arm without a value is left out."""
    kept = values.dropna(subset=["value"])
    return {
        str(arm): _possible(mean(rows["value"], unit, _scale(unit), confidence))
        for arm, rows in kept.groupby("arm", sort=True)
        for unit in rows["unit"].iloc[:1]
    }


def _scale(unit: str) -> str:
    """Times and rates are averaged on the log scale: skewed between runs, and never below zero."""
    return "ratio" if unit in ("s", "1/s") else "difference"


def _possible(estimate: Estimate) -> Estimate:
    """The interval of a share ends at 0 and 1; runs that all agree have no spread to make one from."""
    if estimate.unit == "share":
        estimate = replace(estimate, lo=max(estimate.lo, 0.0), hi=min(estimate.hi, 1.0))
    if estimate.n > 1 and math.isclose(estimate.lo, estimate.hi, rel_tol=1e-12):
        doubt = f"all {estimate.n} runs give the same value: their spread says nothing about how sure it is"
        return replace(estimate, lo=math.nan, hi=math.nan, warnings=(*estimate.warnings, doubt))
    return estimate


def compare_metrics(
    values: pd.DataFrame, baseline: str, treated: str, scale: str = "ratio", confidence: float = 0.95
) -> tuple[Comparison, ...]:
    """One comparison per metric that both arms have enough runs of, in the order of the table.

    Ratios within `verdict.MARGIN` of 1 are equivalent; nothing is corrected for the number of metrics here.
    """
    groups = values.dropna(subset=["value"]).groupby("metric", sort=False)
    found = (_compare(rows, baseline, treated, scale, confidence) for _, rows in groups)
    return tuple(comparison for comparison in found if comparison)


def _compare(rows: pd.DataFrame, baseline: str, treated: str, scale: str, confidence: float):
    metric, unit, better = rows[["metric", "unit", "better"]].iloc[0]
    try:
        margin = MARGIN if scale == "ratio" else None
        return compare(
            rows, baseline, treated, metric, unit, better, scale, margin=margin, confidence=confidence
        )
    except TooFewValues:
        return None


def estimates(values: pd.DataFrame, confidence: float = 0.95) -> dict[str, Estimate]:
    """`<metric>.<arm>` to the mean over runs: the names under which a page publishes them."""
    return {
        f"{metric}.{arm}": estimate
        for metric in values["metric"].unique()
        for arm, estimate in means(values[values["metric"] == metric], confidence).items()
    }


def named(comparisons: Iterable[Comparison], scenario: str) -> tuple[Comparison, ...]:
    """The same comparisons with the scenario in their metric's name: `latency_p99, steady`."""
    return tuple(replace(c, metric=f"{c.metric}, {scenario}") for c in comparisons)


def sentence(comparisons: Iterable[Comparison], metric: str) -> str:
    """The comparison of that name in words, or that these runs do not give it."""
    found = [c for c in comparisons if c.metric == metric]
    return say(found[0]) if found else f"{title(metric)}: not measured, too few runs give it in both arms"


def effects(comparisons: Iterable[Comparison]) -> dict[str, Estimate]:
    """`<metric>.<scenario>.ratio` (or `.difference`) to the effect; n is that of the smaller arm."""
    return {
        f"{c.metric.replace(', ', '.')}.{c.scale}": Estimate(
            c.effect, c.lo, c.hi, c.unit if c.scale == "difference" else "1", min(c.n1, c.n2), c.confidence,
            c.method, c.warnings,
        )
        for c in comparisons
    }  # fmt: skip


def effect(comparisons: Iterable[Comparison], name: str) -> Estimate | str:
    """The effect of the comparison of that name, or the words that it was not measured."""
    found = effects(c for c in comparisons if c.metric == name)
    return next(iter(found.values()), "not measured")


def missing(values: pd.DataFrame) -> pd.DataFrame:
    """Why values are missing: metric, arm, runs, reason; empty where every run gave every metric."""
    gone = values[values["value"].isna()]
    reasons = gone.groupby(["metric", "arm", "missing_because"], sort=False).size()
    return reasons.reset_index(name="runs").rename(columns={"missing_because": "reason"})


def table(comparisons: tuple[Comparison, ...]) -> pd.DataFrame:
    """Comparisons as people read them: metric, effect with interval, runs, verdict, what could be seen."""
    rows = [
        (c.metric, show_effect(c), f"{c.n1} + {c.n2}", c.verdict, c.method, "; ".join(c.warnings))
        for c in comparisons
    ]
    return pd.DataFrame(rows, columns=["metric", "effect", "runs", "verdict", "method", "doubts"])
