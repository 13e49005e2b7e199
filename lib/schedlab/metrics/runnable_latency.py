"""Runnable latency: how long a goroutine that could run waited for a proc; from an execution trace."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.blocked_time import durations


def by_cause(spans: pd.DataFrame) -> pd.DataFrame:
    """Waits for a proc by what made the goroutine runnable; `p50_s` and `p99_s` are over whole waits."""
    return durations(spans[spans["state"] == "runnable"], "cause")
