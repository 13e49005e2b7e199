"""An execution trace in a few small tables."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics import blocked_time, goroutine_creation, preemptions, runnable_latency


def summary(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Title -> table: latency by cause, blocked time by reason, creations, ranges, counts, events."""
    spans, ranges = tables["GOROUTINE_SPANS"], tables["TRACE_RANGES"]
    counts = {"preemptions": preemptions.count(spans), "migrations": preemptions.migrations(spans)}
    return {
        "runnable latency by cause": runnable_latency.by_cause(spans),
        "blocked time by reason": blocked_time.by_reason(spans),
        "goroutines created by function": goroutine_creation.by_function(tables["TRACE_GOROUTINES"]),
        "ranges": blocked_time.durations(ranges, "kind"),
        "counts": pd.DataFrame({"what": list(counts), "count": list(counts.values())}),
        "events": tables["TRACE_EVENTS"],
    }
