"""Operating-system threads (M): how many there are, and how many spin in search of work."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.window import snapshots_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _threads(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(snapshots_in_window(tables, run)["threads"].mean())


def _spinning(tables: dict[str, pd.DataFrame], run: Run) -> float:
    spinning = snapshots_in_window(tables, run)["spinningthreads"]
    return float(spinning[spinning >= 0].mean())


def _blocked(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Threads neither idle nor entitled to a proc: in system calls, cgo or locked to goroutines."""
    s = snapshots_in_window(tables, run)
    return float((s["threads"] - s["idlethreads"] - (s["gomaxprocs"] - s["idleprocs"])).mean())


NEEDS = ("SCHED_SNAPSHOTS",)
THREADS = Metric("threads", "1", "lower", NEEDS, _threads, "operating-system threads, mean of snapshots")
SPINNING = Metric("spinning_threads", "1", "neither", NEEDS, _spinning, "threads looking for work, mean")
BLOCKED = Metric(
    "threads_without_proc", "1", "neither", NEEDS, _blocked, "threads neither idle nor holding a proc, mean"
)
METRICS = (THREADS, SPINNING, BLOCKED)
