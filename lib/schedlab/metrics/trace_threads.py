"""The thread that each goroutine ran on, from the procs that threads held; from an execution trace."""

from __future__ import annotations

import numpy as np
import pandas as pd


def threads(tables: dict[str, pd.DataFrame]) -> np.ndarray:
    """One thread per row of GOROUTINE_SPANS: that of its proc when it began; -1 where it had no proc."""
    spans, procs = tables["GOROUTINE_SPANS"], tables["PROC_SPANS"]
    found = np.full(len(spans), -1, np.int64)
    for proc, held in procs[procs["state"] == "running"].groupby("proc"):
        mine = np.flatnonzero(spans["proc"] == proc)
        held = held.sort_values("start_ns", kind="stable")
        k = np.searchsorted(held["start_ns"], spans["start_ns"].to_numpy()[mine], side="right") - 1
        found[mine] = np.where(k >= 0, held["thread"].to_numpy()[k], -1)
    return found
