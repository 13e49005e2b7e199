"""Latency against the load: what each arm does at each offered rate, and how much it can take at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from schedlab.model.run import Run
from schedlab.stats.matrix import means

COLUMNS = (
    "protocol", "arm", "scenario", "rate_share", "offered_per_s", "metric", "unit",
    "value", "lo", "hi", "runs",
)  # fmt: skip


def by_loop(runs: Iterable[Run]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The quiet runs of our client, (closed loops, open loops), bursts left out."""
    ours = [r for r in runs if r.capture == "quiet" and not r.factors.get("pulse_rate_per_s")]
    closed, opened = (tuple(r for r in ours if r.factors.get("loop") == kind) for kind in ("closed", "open"))
    return closed, opened


def kept_up(runs: Iterable[Run], waited: Callable[[Run], float], most: float) -> pd.DataFrame:
    """One row per scenario: how many of its open loops kept up with their schedule.

    `waited` gives the share of a run's sends that found no free connection; above `most` it fell behind.
    """
    rows = [(*_load(run)[2:3], run.scenario, waited(run)) for run in runs]
    found = pd.DataFrame(rows, columns=["rate_share", "scenario", "waited"])
    found["kept up"] = found["waited"] <= most
    return found.groupby(["scenario", "rate_share"], sort=True, dropna=False, as_index=False).agg(
        runs=("waited", "size"), kept_up=("kept up", "sum"), waited_median_share=("waited", "median")
    )


def kept_sentence(kept: pd.DataFrame) -> str:
    """`share-50: 16 of 30 runs kept their schedule; ...`, from `kept_up`."""
    parts = [f"{row.scenario}: {row.kept_up} of {row.runs}" for row in kept.itertuples()]
    return f"runs that kept their schedule: {', '.join(parts)}" if parts else "no open loop in these data"


def curve(values: pd.DataFrame, runs: Iterable[Run], confidence: float = 0.95) -> pd.DataFrame:
    """One row per arm, offered rate and metric: the mean over runs with its t interval.

    `values` as `metrics.collect` gives them. Rates are means over the runs of a scenario (shares of each
    run's own capacity differ a little); `rate_share` is NaN where the rate was given in requests a second.
    """
    load = pd.DataFrame(
        [_load(run) for run in runs], columns=["run", "protocol", "rate_share", "offered_per_s"]
    )
    rows = values.merge(load, on="run").dropna(subset=["value", "offered_per_s"])
    keys = ["protocol", "arm", "scenario", "metric"]
    return pd.DataFrame(
        [_row(key, part, confidence) for key, part in rows.groupby(keys, sort=True)], columns=list(COLUMNS)
    ).sort_values(["metric", "protocol", "arm", "offered_per_s"], ignore_index=True)


def _load(run: Run) -> tuple:
    """What was offered to a run: the plan's rate, or its share of the capacity; nothing in a closed loop."""
    share, capacity = run.factors.get("rate_share"), run.factors.get("capacity_per_s")
    rate = share * capacity if share and capacity else run.factors.get("rate_per_s")
    return run.id, str(run.factors.get("protocol", "")), share or None, rate or None


def _row(key: tuple, part: pd.DataFrame, confidence: float) -> tuple:
    protocol, arm, scenario, metric = key
    estimate = means(part, confidence)[arm]
    load = part["rate_share"].astype(float).mean(), part["offered_per_s"].astype(float).mean()
    found = estimate.value, estimate.lo, estimate.hi, estimate.n
    return protocol, arm, scenario, *load, metric, estimate.unit, *found
