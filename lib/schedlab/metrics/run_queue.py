"""Work that waits: length of the run queues and how unevenly it is spread over the procs.

Local queues exclude `runnext`, so up to one more runnable goroutine stands behind each proc
(Go source, runtime/proc.go, schedtrace).
"""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.window import snapshots_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _length(tables: dict[str, pd.DataFrame], run: Run) -> float:
    snapshots = snapshots_in_window(tables, run)
    queues = _local(tables, snapshots).sum(axis=1)
    total = snapshots.set_index("snapshot")["runqueue"] + queues
    return float(total.mean())


def _global_share(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Share of the waiting goroutines that stand in the global queue, over all snapshots; 0 / 0 is NaN."""
    snapshots = snapshots_in_window(tables, run)
    waiting = snapshots["runqueue"].sum() + _local(tables, snapshots).sum().sum()
    return float(snapshots["runqueue"].sum() / waiting) if waiting else float("nan")


def _imbalance(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Longest local queue over the mean local queue, averaged over snapshots where any is not empty."""
    queues = _local(tables, snapshots_in_window(tables, run))
    busy = queues[queues.sum(axis=1) > 0]
    return float((busy.max(axis=1) / busy.mean(axis=1)).mean()) if len(busy) else float("nan")


def _local(tables: dict[str, pd.DataFrame], snapshots: pd.DataFrame) -> pd.DataFrame:
    """Local queue lengths: one row per snapshot, one column per proc."""
    procs = tables["SCHED_PROCS"]
    procs = procs[procs["snapshot"].isin(snapshots["snapshot"])]
    return procs.pivot_table(index="snapshot", columns="proc", values="runqsize", aggfunc="first")


NEEDS = ("SCHED_SNAPSHOTS", "SCHED_PROCS")
LENGTH = Metric(
    "run_queue_length", "1", "lower", NEEDS, _length, "goroutines in the global and local run queues, mean"
)
GLOBAL_SHARE = Metric(
    "global_queue_share", "share", "neither", NEEDS, _global_share, "share of queued goroutines in the global"
)
IMBALANCE = Metric(
    "run_queue_imbalance", "1", "lower", NEEDS, _imbalance, "longest / mean local run queue (1 is even)"
)
METRICS = (LENGTH, GLOBAL_SHARE, IMBALANCE)
