"""Time that goroutines spend blocked, by what they wait for; from an execution trace.

All goroutines count, those that serve and those that only wait for work: an idle pool waits a lot. What a
connection waits for its next request is time blocked on the network.
"""

from __future__ import annotations

import pandas as pd

from schedlab.metrics import trace_requests
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: what goroutines wait for -> Go's reasons, in all formats
GROUPS = {
    "channel": ("chan send", "chan receive", "select"),
    "lock": ("sync", "sync.(*Cond).Wait"),
    "network": ("network",),
}


def by_reason(spans: pd.DataFrame) -> pd.DataFrame:
    """How often and how long goroutines waited, by reason; cut waits count with what was seen of them."""
    return durations(spans[spans["state"] == "waiting"], "reason")


def per_request(tables: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    """By reason, the waits begun and the seconds waited per request answered while the trace was taken."""
    found = by_reason(tables["GOROUTINE_SPANS"])
    scale = trace_requests.per_request(1.0, tables, run)
    return pd.DataFrame(
        {
            "reason": found["reason"].replace("", "(since before the trace)"),
            "waits_per_request": found["count"] * scale,
            "blocked_s": found["total_s"] * scale,
        }
    )


def durations(spans: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count, cut ones among them, total seconds, and quantiles of the whole ones, by a column."""
    groups = spans.groupby(by, observed=True)
    whole = spans[spans["whole"]].groupby(by, observed=True)["duration_s"]
    frame = pd.DataFrame({"count": groups.size(), "total_s": groups["duration_s"].sum()})
    frame["cut"] = frame["count"] - whole.size().reindex(frame.index, fill_value=0)
    for q, name in ((0.5, "p50_s"), (0.99, "p99_s")):
        frame[name] = whole.quantile(q)
    frame.index = frame.index.astype("str")
    return frame.sort_values("total_s", ascending=False).reset_index()


def _blocked(reasons: tuple[str, ...]):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        spans = tables["GOROUTINE_SPANS"]
        mine = (spans["state"] == "waiting") & spans["reason"].isin(reasons)
        return trace_requests.per_request(float(spans.loc[mine, "duration_s"].sum()), tables, run)

    return compute


METRICS = tuple(
    Metric(
        f"blocked_{group}_per_request", "s", "neither", trace_requests.NEEDS, _blocked(reasons),
        f"time goroutines waited for {' or '.join(reasons)}, all of them together, per request",
    )
    for group, reasons in GROUPS.items()
)  # fmt: skip
