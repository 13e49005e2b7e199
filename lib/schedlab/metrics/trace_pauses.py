"""Stop-the-world and mark assist as an execution trace shows them: their share of time, the longest pause."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics import trace_clock, trace_requests
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def pauses(ranges: pd.DataFrame) -> pd.DataFrame:
    """Stop-the-world ranges of the program; those of the tracer itself are left out."""
    stopped = ranges[ranges["kind"] == "stop-the-world"]
    return stopped[~stopped["detail"].isin(trace_requests.OWN)]


def _share(tables: dict[str, pd.DataFrame], run: Run) -> float:
    stopped = pauses(tables["TRACE_RANGES"])["duration_s"].sum()
    return float(stopped / trace_clock.seconds(tables["GOROUTINE_SPANS"]))


def _longest(tables: dict[str, pd.DataFrame], run: Run) -> float:
    found = pauses(tables["TRACE_RANGES"])
    if found.empty:
        raise TooFewValues("the world was not stopped while tracing")
    return float(found["duration_s"].max())


def _assist(tables: dict[str, pd.DataFrame], run: Run) -> float:
    ranges = tables["TRACE_RANGES"]
    total = float(ranges.loc[ranges["kind"] == "mark assist", "duration_s"].sum())
    return trace_requests.per_request(total, tables, run)


def _beside_stops(tables: dict[str, pd.DataFrame], run: Run) -> float:
    found = trace_requests.latency_beside(tables, run).set_index("met")["p50_s"]
    if found[["stop-the-world", "none of these"]].isna().any():
        raise TooFewValues("no request met a stop, or all did")
    return float(found["stop-the-world"] / found["none of these"])


NEEDS = ("TRACE_RANGES", "GOROUTINE_SPANS")
SHARE = Metric("stw_share", "share", "lower", NEEDS, _share, "time the world was stopped while tracing")
LONGEST = Metric("stw_max", "s", "lower", NEEDS, _longest, "longest stop-the-world while tracing")
ASSIST = Metric(
    "assist_per_request", "s", "lower", ("TRACE_RANGES", *trace_requests.NEEDS), _assist,
    "mark assist of all goroutines per request answered while tracing",
)  # fmt: skip
BESIDE = Metric(
    "latency_stop_ratio", "1", "lower", ("TRACE_RANGES", *trace_requests.NEEDS), _beside_stops,
    "median latency of requests that met a stop / of those that met nothing of the collector",
)  # fmt: skip
METRICS = (SHARE, LONGEST, ASSIST, BESIDE)
