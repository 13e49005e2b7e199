"""Requests beside an execution trace: how many it saw, and how long those took that met the collector."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics import trace_clock
from schedlab.model.extend import Metric
from schedlab.model.run import Run

NEEDS = (*trace_clock.NEEDS, "REQUESTS")
#: what a request may meet
MET = ("stop-the-world", "mark assist", "gc cycle")
#: the tracer stops the world itself, when it starts and when it ends
OWN = ("start trace", "stop trace")


def traced(tables: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    """The good requests answered while the trace was taken."""
    where = trace_clock.align(tables, run).offset_ns
    start, end = trace_clock.observed(tables["GOROUTINE_SPANS"])
    requests = tables["REQUESTS"]
    inside = (requests["end_ns"] >= start + where) & (requests["end_ns"] < end + where)
    return requests[inside & requests["ok"]]


def per_request(value: float, tables: dict[str, pd.DataFrame], run: Run) -> float:
    """A total over the trace, per request answered meanwhile."""
    n = len(traced(tables, run))
    if not n:
        raise TooFewValues("no request was answered while the trace was taken")
    return value / n


def latency_beside(tables: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    """Traced requests by what they met: met, requests, p50_s, p99_s, largest_s; one request may meet several.

    A request counts as having met a range of time when it was under way during any of it, give or take the
    uncertainty of the clocks: with 3 ms of that, a request that lasts 0.2 ms meets what passed 3 ms away.
    """
    latency = traced(tables, run)["latency_s"]
    groups = meeting(tables, run)
    groups["none of these"] = ~np.logical_or.reduce(list(groups.values()))
    rows = [(met, int(mask.sum()), *_summary(latency[mask])) for met, mask in groups.items()]
    return pd.DataFrame(rows, columns=["met", "requests", "p50_s", "p99_s", "largest_s"])


def meeting(tables: dict[str, pd.DataFrame], run: Run) -> dict[str, np.ndarray]:
    """Which of the traced requests met each kind of range; what the tracer itself does is left out."""
    requests, clock, ranges = traced(tables, run), trace_clock.align(tables, run), tables["TRACE_RANGES"]
    ranges = ranges[~ranges["detail"].isin(OWN)]
    met = {}
    for kind in MET:
        mine = ranges[ranges["kind"] == kind].sort_values("start_ns")
        starts = mine["start_ns"].to_numpy() + clock.offset_ns - clock.uncertainty_ns
        ends = mine["start_ns"] + mine["duration_s"] * 1e9 + clock.offset_ns + clock.uncertainty_ns
        met[kind] = _touches(requests, starts, np.maximum.accumulate(ends.to_numpy(np.int64)))
    return met


def _summary(latency: pd.Series) -> tuple[float, float, float]:
    return latency.quantile(0.5), latency.quantile(0.99), latency.max()


def _touches(requests: pd.DataFrame, starts: np.ndarray, latest: np.ndarray) -> np.ndarray:
    """Whether each request was under way in any of the ranges (`latest`: the latest end so far)."""
    begun = np.searchsorted(starts, requests["end_ns"].to_numpy(), side="right")
    ends = np.append(np.iinfo(np.int64).min, latest)[begun]
    return ends >= requests["sent_ns"].to_numpy()


def _traced_requests(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(len(traced(tables, run)))


REQUESTS = Metric(
    "traced_requests", "1", "neither", NEEDS, _traced_requests, "good answers while the trace was taken"
)
METRICS = (REQUESTS,)
