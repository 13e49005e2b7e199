"""Preemptions and migrations of goroutines; from an execution trace."""

from __future__ import annotations

import pandas as pd


def count(spans: pd.DataFrame) -> int:
    """How often a running goroutine was preempted."""
    return int((spans["cause"] == "preempted").sum())


def migrations(spans: pd.DataFrame) -> int:
    """How often a goroutine ran on another proc than the time before."""
    running = spans[spans["state"] == "running"].sort_values(["goroutine", "start_ns"], kind="stable")
    before = running.groupby("goroutine")["proc"].shift()
    return int((before.notna() & (before != running["proc"])).sum())
