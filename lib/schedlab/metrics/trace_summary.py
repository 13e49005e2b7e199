"""An execution trace in a few small tables."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab.metrics import blocked_time, goroutine_creation, preemptions, runnable_latency
from schedlab.model.extend import Reading


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


def by_generation(readings: Iterable[Reading]) -> pd.DataFrame:
    """One row per generation (about a second), read one at a time: what happened, how long waits were."""
    return pd.DataFrame([_generation(reading) for reading in readings])


def _generation(reading: Reading) -> dict:
    spans = reading.tables["GOROUTINE_SPANS"]
    waits = runnable_latency.waits(spans).values
    p50, p99 = pd.Series(waits, dtype="float64").quantile([0.5, 0.99])
    generation = reading.tables["TRACE_GENERATIONS"].iloc[0]
    return {
        "generation": int(generation["generation"]),
        "start_ns": int(generation["start_ns"]),
        "events": int(reading.tables["TRACE_EVENTS"]["count"].sum()),
        "created": _created(reading),
        "preemptions": preemptions.count(spans),
        "runnable_waits": len(waits),
        "p50_s": p50,
        "p99_s": p99,
        "problem": str(generation["problem"]),
    }


def _created(reading: Reading) -> int:
    """Creations, also of goroutines that live on; their lives are rows only when they end."""
    events = reading.tables["TRACE_EVENTS"].set_index("event")["count"]
    return int(events.reindex(["GoCreate", "GoCreateSyscall", "GoCreateBlocked"]).sum())
