"""How the procs (P) spend the snapshots: idle ones, and how many threads each is seen on."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.window import snapshots_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _idle(tables: dict[str, pd.DataFrame], run: Run) -> float:
    snapshots = snapshots_in_window(tables, run)
    return float((snapshots["idleprocs"] / snapshots["gomaxprocs"]).mean())


def _threads_per_proc(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Median over procs of the number of distinct threads that held the proc; 1 means never handed over."""
    seen = snapshots_in_window(tables, run)["snapshot"]
    procs = tables["SCHED_PROCS"]
    held = procs[procs["snapshot"].isin(seen) & (procs["thread"] >= 0)]
    return float(held.groupby("proc")["thread"].nunique().median()) if len(held) else float("nan")


def _period(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(tables["SCHED_SNAPSHOTS"]["since_first_s"].diff().median())


NEEDS = ("SCHED_SNAPSHOTS",)
IDLE_PROCS = Metric(
    "idle_procs", "share", "neither", NEEDS, _idle, "idleprocs / gomaxprocs, mean of snapshots"
)
THREADS_PER_PROC = Metric(
    "threads_per_proc",
    "1",
    "neither",
    (*NEEDS, "SCHED_PROCS"),
    _threads_per_proc,
    "distinct threads seen on a proc, median of procs",
)
SNAPSHOT_PERIOD = Metric(
    "snapshot_period", "s", "neither", NEEDS, _period, "median gap between scheduler snapshots"
)
METRICS = (IDLE_PROCS, THREADS_PER_PROC, SNAPSHOT_PERIOD)
