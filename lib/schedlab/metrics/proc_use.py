"""How procs were used while tracing: the share of their time in use, and idle while there was work."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics import trace_clock
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def use(tables: dict[str, pd.DataFrame]) -> float:
    """Running time of all procs / what GOMAXPROCS procs had; system calls count while they keep the proc."""
    procs = tables["PROC_SPANS"]
    running = procs.loc[procs["state"] == "running", "duration_s"].sum()
    return float(running / (_gomaxprocs(tables) * trace_clock.seconds(tables["GOROUTINE_SPANS"])))


def idle_with_work(tables: dict[str, pd.DataFrame]) -> float:
    """The share of time in which a proc was idle while some goroutine was runnable.

    Waking a proc takes time, so this is never zero; what is beyond that is work that nobody picked up.
    """
    spans, procs = tables["GOROUTINE_SPANS"], tables["PROC_SPANS"]
    busy_at, busy = _edges(procs[procs["state"] == "running"])
    ready_at, ready = _edges(spans[spans["state"] == "runnable"])
    at = np.concatenate([busy_at, ready_at])
    order = np.argsort(at, kind="stable")
    procs_busy = np.cumsum(np.concatenate([busy, np.zeros_like(ready)])[order])
    runnable = np.cumsum(np.concatenate([np.zeros_like(busy), ready])[order])
    lost = (procs_busy < _gomaxprocs(tables)) & (runnable > 0)
    gaps = np.diff(at[order], append=at.max(initial=0))
    return float(gaps[lost].sum() / 1e9 / trace_clock.seconds(spans))


def _edges(spans: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The instants at which spans begin (+1) and end (-1)."""
    start = spans["start_ns"].to_numpy()
    end = start + np.rint(spans["duration_s"].to_numpy() * 1e9).astype(np.int64)
    return np.concatenate([start, end]), np.repeat(np.array([1, -1]), len(start))


def _gomaxprocs(tables: dict[str, pd.DataFrame]) -> int:
    gauges = tables["TRACE_GAUGES"]
    said = gauges.loc[gauges["name"] == "gomaxprocs", "value"]
    if said.empty:
        raise TooFewValues("the trace does not say how many procs there were")
    return int(said.iloc[-1])


NEEDS = ("GOROUTINE_SPANS", "PROC_SPANS", "TRACE_GAUGES")


def _use(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return use(tables)


def _idle_with_work(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return idle_with_work(tables)


USE = Metric("proc_use", "share", "neither", NEEDS, _use, "time procs were in use while tracing")
IDLE_WITH_WORK = Metric(
    "idle_with_work",
    "share",
    "lower",
    NEEDS,
    _idle_with_work,
    "time with an idle proc and a runnable goroutine",
)
METRICS = (USE, IDLE_WITH_WORK)
