"""Goroutines created while tracing, by the function they begin in; tells a pool from one per request."""

from __future__ import annotations

import pandas as pd


def by_function(goroutines: pd.DataFrame) -> pd.DataFrame:
    """How many were created and ended, and the median life of those seen from creation to end."""
    created = goroutines[goroutines["created"]]
    groups = created.groupby("function", observed=True)
    frame = pd.DataFrame({"created": groups.size(), "ended": groups["ended"].sum()})
    lives = created[created["ended"]].groupby("function", observed=True)["duration_s"]
    frame["median_life_s"] = lives.median()
    frame.index = frame.index.astype("str")
    return frame.sort_values("created", ascending=False).reset_index()
