"""Preemptions and migrations of goroutines; from an execution trace."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics import trace_clock
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def count(spans: pd.DataFrame) -> int:
    """How often a running goroutine was preempted."""
    return int(((spans["state"] == "runnable") & (spans["reason"] == "preempted")).sum())


def migrations(spans: pd.DataFrame) -> int:
    """How often a goroutine ran on another proc than the time before."""
    running = spans.loc[spans["state"] == "running", ["goroutine", "start_ns", "proc"]]
    running = running.sort_values(["goroutine", "start_ns"], kind="stable")
    same = running["goroutine"].to_numpy()[1:] == running["goroutine"].to_numpy()[:-1]
    moved = running["proc"].to_numpy()[1:] != running["proc"].to_numpy()[:-1]
    return int((same & moved).sum())


def _preemptions(tables: dict[str, pd.DataFrame], run: Run) -> float:
    spans = tables["GOROUTINE_SPANS"]
    return count(spans) / trace_clock.seconds(spans)


def _migrations(tables: dict[str, pd.DataFrame], run: Run) -> float:
    spans = tables["GOROUTINE_SPANS"]
    return migrations(spans) / trace_clock.seconds(spans)


NEEDS = ("GOROUTINE_SPANS",)
PREEMPTIONS = Metric(
    "preemptions", "1/s", "lower", NEEDS, _preemptions, "running goroutines preempted a second"
)
MIGRATIONS = Metric(
    "migrations", "1/s", "neither", NEEDS, _migrations, "goroutines resumed on another proc, a second"
)
METRICS = (PREEMPTIONS, MIGRATIONS)
