"""One arm over its runs: shares, depths and costs with intervals that hold what differs from run to run.

Runs are drawn with replacement (cluster bootstrap), because samples of one run are not independent. With
fewer than four runs an interval is Wilson's for shares, of the sampling alone, and none for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.model.shares import wilson
from schedlab.profiles import noise
from schedlab.profiles.classes import attribute
from schedlab.profiles.depth import CAPS, HANDLERS, Depths, depths
from schedlab.profiles.diff import Arm, comparable
from schedlab.profiles.share import NO_COUNT, stacks_with

SEED = 20261123
#: what depths are measured below: name -> regex, None for whole stacks
BELOW = {"runtime.mcall": r"runtime\.mcall", "the handler": HANDLERS, "whole stacks": None}
_TOO_FEW = "fewer than 4 runs: the interval holds sampling noise only"


def of_each(arms: Mapping[str, Arm], measure: Callable[[Arm], pd.DataFrame]) -> pd.DataFrame:
    """The table of every arm below each other, the arm's name in its first column."""
    tables = [measure(arm) for arm in arms.values()]
    parts = [table.assign(arm=name)[["arm", *table]] for name, table in zip(arms, tables, strict=True)]
    return pd.concat(parts, ignore_index=True)


def class_shares(arm: Arm, kind: str | None = None) -> pd.DataFrame:
    """Share of each mechanism, largest first: mechanism, share, lo_share, hi_share, runs, method."""
    found = [attribute(p) for p in arm.profiles]
    kind, counted = comparable(arm.profiles[0], kind)
    names = found[0].mechanisms
    values = np.column_stack(
        [
            np.bincount(f.mechanism, p.value(kind), len(names))
            for f, p in zip(found, arm.profiles, strict=True)
        ]
    )
    estimates = [_ratio(row, values.sum(axis=0), counted == "samples") for row in values]
    table = pd.DataFrame({"mechanism": pd.Series(names, dtype="str"), **_columns(estimates, "share")})
    table = table[values.sum(axis=1) > 0].sort_values("share", ascending=False, ignore_index=True)
    return table.assign(runs=len(arm.profiles), method=estimates[0].method)


def share(arm: Arm, functions: Iterable[str], kind: str | None = None) -> Estimate:
    """Share of an arm with a frame whose whole name matches any of the regexes, over runs."""
    pattern = re.compile("|".join(f"(?:{f})" for f in functions))
    kind, counted = comparable(arm.profiles[0], kind)
    inside = [float(p.value(kind)[stacks_with(p, pattern)].sum()) for p in arm.profiles]
    total = [float(p.value(kind).sum()) for p in arm.profiles]
    return _ratio(np.array(inside), np.array(total), counted == "samples")


def depth_table(arm: Arm) -> pd.DataFrame:
    """Depth of an arm's stacks below mcall, below the handler and whole, in logical frames.

    Columns: below, samples, share, mean, mean_lo, mean_hi, p50, p90, p99 with their lo and hi, at_cap_32 to
    at_cap_128 (share of stacks with exactly that many physical frames: cut there, or so deep), runs.
    """
    rows = [row for name, pattern in BELOW.items() if (row := _depth_row(arm, name, pattern))]
    return pd.DataFrame(rows)


def cost(arm: Arm) -> pd.DataFrame:
    """CPU seconds per request by mechanism, and their sum: mechanism, cost_s, lo_s, hi_s, runs.

    Requests are those the load client saw answered while the profile was taken; the profiler's samples
    understate CPU time where the kernel's tick is too coarse, in all arms alike.
    """
    if not arm.requests:
        raise TooFewValues(f"arm {arm.name}: the runs do not say how many requests were answered")
    found = [attribute(p) for p in arm.profiles]
    names = found[0].mechanisms
    spent = np.column_stack(
        [
            np.bincount(f.mechanism, p.value("cpu"), len(names))
            for f, p in zip(found, arm.profiles, strict=True)
        ]
    )
    spent = np.vstack([spent, spent.sum(axis=0)]) / 1e9
    estimates = [_ratio(row, np.array(arm.requests), False, unit="s") for row in spent]
    table = pd.DataFrame(
        {"mechanism": pd.Series([*names, "all"], dtype="str"), **_columns(estimates, "cost", "_s")}
    )
    table = table[spent.sum(axis=1) > 0].sort_values("cost_s", ascending=False, ignore_index=True)
    return table.assign(runs=len(arm.profiles))


def _columns(estimates: list[Estimate], name: str, ending: str = "") -> dict[str, list[float]]:
    last = ending or f"_{name}"
    return {
        f"{name}{ending}": [e.value for e in estimates],
        f"lo{last}": [e.lo for e in estimates],
        f"hi{last}": [e.hi for e in estimates],
    }


def _ratio(value: np.ndarray, weight: np.ndarray, counted: bool, unit: str = "share") -> Estimate:
    """sum(value) / sum(weight) with an interval over runs, or of the sampling where they are too few."""
    middle, runs = float(value.sum() / max(weight.sum(), 1e-300)), len(value)
    if runs >= noise.ENOUGH_RUNS:
        lo, hi = _interval(noise.cluster_bootstrap(value, weight, SEED))
        top = 1.0 if unit == "share" else np.inf
        return Estimate(middle, max(lo, 0.0), min(hi, top), unit, runs, method="cluster bootstrap over runs")
    if not counted:
        return Estimate(middle, np.nan, np.nan, unit, runs, method="ratio", warnings=(NO_COUNT,))
    lo, hi = wilson(value.sum(), weight.sum())
    return Estimate(middle, float(lo), float(hi), unit, runs, method="Wilson", warnings=(_TOO_FEW,))


def _interval(draws: np.ndarray) -> tuple[float, float]:
    return tuple(float(v) for v in np.quantile(draws, (0.025, 0.975)))


def _depth_row(arm: Arm, name: str, pattern: str | None) -> dict | None:
    found = [d for p in arm.profiles if (d := _depths(p, pattern))]
    if not found:
        return None
    total = np.array([float(d.n) for d in found])
    mean = _ratio(np.array([d.depth @ d.weights for d in found], float), total, False, unit="frames")
    row = {"below": name, "samples": int(total.sum()), "share": _share(arm, pattern)}
    row |= {"mean": mean.value, "mean_lo": mean.lo, "mean_hi": mean.hi}
    for q, shown in ((0.5, "p50"), (0.9, "p90"), (0.99, "p99")):
        row |= dict(zip((shown, f"{shown}_lo", f"{shown}_hi"), _quantile(found, q), strict=True))
    caps = {cap: float(sum(d.at_cap[cap] * d.n for d in found) / total.sum()) for cap in CAPS}
    return row | {f"at_cap_{cap}_share": share for cap, share in caps.items()} | {"runs": len(found)}


def _share(arm: Arm, pattern: str | None) -> float:
    return share(arm, [pattern]).value if pattern else 1.0


def _depths(profile, pattern: str | None) -> Depths | None:
    try:
        return depths(profile, pattern)
    except TooFewValues:
        return None


def _quantile(found: list[Depths], q: float) -> tuple[float, float, float]:
    """The pooled quantile with an interval from drawing runs; no interval for fewer than four."""
    deepest = max(int(d.depth.max()) for d in found) + 1
    counts = np.array([np.bincount(d.depth, d.weights, deepest) for d in found])
    middle = float(_at(counts.sum(axis=0)[None, :], q)[0])
    if len(found) < noise.ENOUGH_RUNS:
        return middle, np.nan, np.nan
    drawn = noise.drawn_runs(len(found), SEED)
    return (middle, *_interval(_at(counts[drawn].sum(axis=1), q)))


def _at(counts: np.ndarray, q: float) -> np.ndarray:
    """The depth below which the share q lies, for each row of counts by depth."""
    reached = np.cumsum(counts, axis=1)
    return (reached < q * reached[:, -1:] * (1 - 1e-12)).sum(axis=1)
