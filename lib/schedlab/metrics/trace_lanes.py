"""What each proc did at each moment: the lanes of a timeline; from an execution trace."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: what a proc does; the collector's workers and the runtime's own goroutines are told from the application's
KINDS = ("application", "collector", "runtime", "system call")


def lanes(tables: dict[str, pd.DataFrame], window_ns: tuple[int, int]) -> pd.DataFrame:
    """One row per goroutine on a proc within the window, cut at its ends, in order of time.

    Columns: proc, kind, goroutine, function, start_ns, end_ns, wait_s (how long it was runnable just before;
    NaN where that was not seen) and cause (what made it runnable).
    """
    spans = touching(tables["GOROUTINE_SPANS"], window_ns)
    spans = spans.sort_values(["goroutine", "start_ns"], kind="stable")
    before = spans.groupby("goroutine")[["state", "duration_s", "reason"]].shift()
    waited = before["state"] == "runnable"
    found = pd.DataFrame(
        {
            "proc": spans["proc"],
            "goroutine": spans["goroutine"].astype("int64"),
            "start_ns": spans["start_ns"].clip(*window_ns),
            "end_ns": ends(spans).clip(*window_ns),
            "wait_s": before["duration_s"].where(waited),
            "cause": before["reason"].astype("str").where(waited, ""),
        }
    )
    functions = tables["TRACE_GOROUTINES"].drop_duplicates("goroutine").set_index("goroutine")["function"]
    found["function"] = found["goroutine"].map(functions.astype("str")).fillna("")
    found["kind"] = _kind(spans, found["function"])
    on_proc = spans["state"].isin(["running", "syscall"]) & (spans["proc"] >= 0)
    return found[on_proc].sort_values(["proc", "start_ns"], ignore_index=True)


def backlog(tables: dict[str, pd.DataFrame], window_ns: tuple[int, int]) -> pd.DataFrame:
    """How many goroutines are runnable, from one change to the next: at_ns, runnable."""
    spans = touching(tables["GOROUTINE_SPANS"], window_ns)
    waiting = spans[spans["state"] == "runnable"]
    at = np.concatenate([waiting["start_ns"].clip(*window_ns), ends(waiting).clip(*window_ns)])
    change = pd.Series(np.repeat([1, -1], len(waiting)), index=at).groupby(level=0).sum()
    return change.cumsum().rename_axis("at_ns").reset_index(name="runnable")


def touching(spans: pd.DataFrame, window_ns: tuple[int, int]) -> pd.DataFrame:
    """The rows of spans or ranges that overlap a window of the trace's clock."""
    return spans[(spans["start_ns"] < window_ns[1]) & (ends(spans) > window_ns[0])]


def ends(spans: pd.DataFrame) -> pd.Series:
    """The instants at which spans or ranges end, int64 nanoseconds."""
    return spans["start_ns"] + (spans["duration_s"] * 1e9).round().astype("int64")


def _kind(spans: pd.DataFrame, functions: pd.Series) -> np.ndarray:
    collector = functions.str.startswith("runtime.gcBgMarkWorker") | functions.str.startswith(
        "runtime.bgsweep"
    )
    labelled = spans["reason"].astype("str").str.startswith("GC (") & (spans["state"] == "running")
    kinds = np.where(functions.str.startswith("runtime."), "runtime", "application")
    kinds = np.where(collector | labelled, "collector", kinds)
    return np.where(spans["state"] == "syscall", "system call", kinds)
