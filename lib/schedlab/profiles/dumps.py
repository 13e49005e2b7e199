"""Goroutine dumps (debug=2, panics) as profiles: all goroutines at one moment, with what they wait for."""

from __future__ import annotations

import pandas as pd

from schedlab.model.profile import Profile
from schedlab.profiles import from_tables


def profile(goroutines: pd.DataFrame, frames: pd.DataFrame) -> Profile:
    """A goroutine profile of the tables GOROUTINES and FRAMES, one row per stack, state and reason.

    It filters, merges and draws like any other: `tagfocus="reason=chan receive"` takes those waiting there.
    """
    groups = goroutines.groupby(["sample", "state", "reason"], sort=False).size().reset_index(name="count")
    return from_tables.profile(
        groups["sample"].to_numpy(),
        groups[["count"]].to_numpy(),
        (("goroutine", "count"),),
        frames.rename(columns={"sample": "stack"}),
        groups[["state", "reason"]],
    )
