"""Time that goroutines spend blocked, by what they wait for; from an execution trace."""

from __future__ import annotations

import pandas as pd


def by_reason(spans: pd.DataFrame) -> pd.DataFrame:
    """How often and how long goroutines waited, by reason; cut waits count with what was seen of them."""
    waits = spans[spans["state"] == "waiting"]
    return durations(waits, "reason")


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
