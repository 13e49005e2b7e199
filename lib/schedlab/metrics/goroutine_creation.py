"""Goroutines created while tracing; tells a pool from a goroutine per request, which snapshots cannot."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics import trace_clock, trace_requests
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def by_function(goroutines: pd.DataFrame) -> pd.DataFrame:
    """By the function they begin in: created, ended, and the median life of those seen from start to end."""
    return _lives(goroutines[goroutines["created"]], "function")


def by_stack(
    goroutines: pd.DataFrame, stacks: pd.DataFrame, duration_s: float, frames: int = 3
) -> pd.DataFrame:
    """By the stack that created them, innermost `frames` first: the same, and how many a second."""
    created = goroutines[goroutines["created"] & (goroutines["creation_stack"] >= 0)]
    found = _lives(created, "creation_stack")
    shown = stacks[stacks["depth"] < frames].sort_values(["stack", "depth"])
    text = shown.groupby("stack")["function"].agg(lambda names: " < ".join(names.astype(str)))
    found.insert(0, "created_by", found.pop("creation_stack").astype(int).map(text))
    return found.assign(per_s=found["created"] / duration_s)


def _lives(created: pd.DataFrame, by: str) -> pd.DataFrame:
    groups = created.groupby(by, observed=True)
    frame = pd.DataFrame({"created": groups.size(), "ended": groups["ended"].sum()})
    frame["median_life_s"] = created[created["ended"]].groupby(by, observed=True)["duration_s"].median()
    frame.index = frame.index.astype("str")
    return frame.sort_values("created", ascending=False).reset_index()


def _rate(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(tables["TRACE_GOROUTINES"]["created"].sum() / trace_clock.seconds(tables["GOROUTINE_SPANS"]))


def _per_request(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return trace_requests.per_request(float(tables["TRACE_GOROUTINES"]["created"].sum()), tables, run)


RATE = Metric(
    "goroutines_created", "1/s", "neither", ("TRACE_GOROUTINES", "GOROUTINE_SPANS"), _rate,
    "goroutines created a second while tracing",
)  # fmt: skip
PER_REQUEST = Metric(
    "goroutines_created_per_request", "1", "neither", ("TRACE_GOROUTINES", *trace_requests.NEEDS),
    _per_request, "goroutines created per request answered while tracing",
)  # fmt: skip
METRICS = (RATE, PER_REQUEST)
