"""Goroutines by state, from the G lines of scheddetail=1: live ones, runnable ones, waiting ones."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.window import snapshots_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: status number -> state, as in Go's runtime2.go; dead descriptors (6, 11) never disappear from the dump
STATES = {
    0: "idle",
    1: "runnable",
    2: "running",
    3: "syscall",
    4: "waiting",
    6: "dead",
    8: "copystack",
    9: "preempted",
    10: "leaked",
    11: "dead",
}

#: the states that figures show, with what they mean there
SHOWN = (
    ("running", "on a proc"),
    ("runnable", "in a run queue"),
    ("syscall", "in a system call"),
    ("waiting", "parked"),
    ("dead", "free descriptor"),
)


def by_state(tables: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    """Mean number of goroutines in each state over the snapshots of the window: columns state, count."""
    seen = snapshots_in_window(tables, run)["snapshot"]
    seen = seen[tables["SCHED_SNAPSHOTS"].set_index("snapshot").loc[seen, "detail"].to_numpy()]
    goroutines = tables["SCHED_GOROUTINES"]
    inside = goroutines[goroutines["snapshot"].isin(seen)]
    states = inside["status"].map(STATES).fillna("other")
    counts = states.value_counts().rename_axis("state").reset_index(name="count")
    return counts.assign(count=counts["count"] / max(len(seen), 1))


def _in(*states: str):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        counts = by_state(tables, run).set_index("state")["count"]
        if counts.empty:
            return float("nan")
        return float(counts[[s for s in counts.index if s in states]].sum())

    return compute


def _at_end(tables: dict[str, pd.DataFrame], run: Run) -> float:
    gauges = tables["GAUGES"].set_index("name")["value"]
    if "/sched/goroutines:goroutines" not in gauges:
        raise TooFewValues("the reading of runtime/metrics does not count goroutines")
    return float(gauges["/sched/goroutines:goroutines"])


NEEDS = ("SCHED_SNAPSHOTS", "SCHED_GOROUTINES")
ALIVE = ("idle", "runnable", "running", "syscall", "waiting", "copystack", "preempted", "leaked")
LIVE = Metric("goroutines", "1", "neither", NEEDS, _in(*ALIVE), "goroutines that are not dead, mean")
RUNNABLE = Metric(
    "goroutines_runnable", "1", "lower", NEEDS, _in("runnable"), "goroutines ready to run, mean"
)
WAITING = Metric("goroutines_waiting", "1", "neither", NEEDS, _in("waiting"), "parked goroutines, mean")
DEAD = Metric("goroutines_dead", "1", "neither", NEEDS, _in("dead"), "free descriptors kept for reuse, mean")
AT_END = Metric(
    "goroutines_at_end", "1", "neither", ("GAUGES",), _at_end,
    "goroutines when the load ended, by runtime/metrics", "metrics_after",
)  # fmt: skip
METRICS = (LIVE, RUNNABLE, WAITING, DEAD)
