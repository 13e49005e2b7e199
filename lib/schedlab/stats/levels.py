"""Mechanisms with several levels: estimates of every level, and every level against one of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from schedlab import units
from schedlab.model.results import Comparison, Estimate
from schedlab.model.titles import title
from schedlab.stats import matrix
from schedlab.stats.multiplicity import correct


def by_level(values: pd.DataFrame) -> pd.DataFrame:
    """One row per mechanism (column scenario), metric and level: see `matrix.by_arm`."""
    tables = [matrix.by_arm(rows).assign(mechanism=name) for name, rows in _mechanisms(values)]
    columns = ["mechanism", *matrix.COLUMNS]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def side_by_side(values: pd.DataFrame) -> pd.DataFrame:
    """One row per mechanism and level, one column per metric with its mean and interval in words."""
    tables = [_beside(rows).assign(mechanism=name) for name, rows in _mechanisms(values)]
    columns = ["mechanism", "level", *(title(m) for m in values["metric"].unique()), "runs"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _beside(values: pd.DataFrame) -> pd.DataFrame:
    cells = {
        (arm, title(str(metric))): _shown(e)
        for metric, rows in values.groupby("metric", sort=False)
        for arm, e in matrix.means(rows).items()
    }
    table = pd.Series(cells).unstack().fillna("not measured")
    runs = values.groupby("arm")["run"].nunique()
    return table.assign(runs=runs).rename_axis("level").reset_index()


def _shown(e: Estimate) -> str:
    """What is set alike in every run has no interval to show."""
    return (
        units.show(e.value, e.unit) if math.isnan(e.lo) else units.show_interval(e.value, e.lo, e.hi, e.unit)
    )


def against(values: pd.DataFrame, baseline: str, scale: str = "ratio") -> tuple[Comparison, ...]:
    """Each other level against the baseline on each metric within its mechanism, as one family (Holm).

    The level stands in the comparison's name: `sojourn_p99, queues-hot, steal / global`. Levels without
    values are left out.
    """
    found = [
        replace(c, metric=f"{c.metric}, {name}, {arm} {_sign(c)} {baseline}")
        for name, rows in _mechanisms(values)
        for arm in rows["arm"].unique()
        if arm != baseline
        for c in matrix.compare_metrics(rows, baseline, arm, scale)
    ]
    return correct(found) if found else ()


def sentence(comparisons: tuple[Comparison, ...], name: str) -> str:
    """The comparison of that name in words; the name itself says which levels."""
    text = matrix.sentence(comparisons, name)
    for c in comparisons:
        text = text.replace(f"{title(name)} of {c.treated}, against {c.baseline}: ", f"{title(name)}: ")
    return text


def estimates(values: pd.DataFrame) -> dict[str, Estimate]:
    """`<metric>.<mechanism>.<level>` to the mean over runs: the names under which a page publishes them."""
    return {
        f"{metric}.{name}.{arm}": estimate
        for name, rows in _mechanisms(values)
        for metric, mine in rows.groupby("metric", sort=False)
        for arm, estimate in matrix.means(mine).items()
    }


def level(values: pd.DataFrame, name: str) -> Estimate | str:
    """The mean over runs of `<metric>.<mechanism>.<level>`, or the words that it was not measured."""
    return estimates(values).get(name, "not measured")


def theory(values: pd.DataFrame, name: str, within: float = 1.25) -> str:
    """Whether the sojourn of `<mechanism>.<level>` is what theory expects, give or take a factor, in words.

    It should lie between what is expected at the load as stated, the least there was, and as achieved, the
    most.
    """
    known = estimates(values)
    stated, achieved = (known.get(f"sojourn_over_{load}.{name}") for load in ("stated", "achieved"))
    if not stated or not achieved:
        return "not measured"
    low, high = (units.show_interval(e.value, e.lo, e.hi) for e in (stated, achieved))
    shown = f"{low} times what theory expects at the stated load, {high} times at the achieved"
    if 1 / within < stated.lo and achieved.hi < within:
        return f"{shown}: theory holds within a factor of {within:g}"
    if achieved.lo > within or stated.hi < 1 / within:
        return f"{shown}: theory does not hold, something besides this queue decides"
    return f"{shown}: too wide to tell whether theory holds"


def _mechanisms(values: pd.DataFrame):
    return values.groupby("scenario", sort=False)


def _sign(comparison: Comparison) -> str:
    return "/" if comparison.scale == "ratio" else "-"
