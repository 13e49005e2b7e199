"""The measured part of a run: what lies inside its window, warm-up and cool-down left out."""

from __future__ import annotations

import pandas as pd

from schedlab.model.run import Run


def requests_in_window(requests: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Requests whose schedule put them inside the window; by intent, so that slow ones are not lost."""
    return requests[_inside(requests["intended_ns"], run)]


def rows_in_window(table: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Rows whose `wall_ns` lies inside the window; all rows where the source has no wall clock at all."""
    if not table["wall_ns"].any():
        return table
    return table[_inside(table["wall_ns"], run)]


def snapshots_in_window(tables: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    """Undamaged scheduler snapshots of the window; the first print (0 ms) is start-up and never counts."""
    snapshots = tables["SCHED_SNAPSHOTS"]
    usable = snapshots[~snapshots["damaged"] & (snapshots["since_first_s"] > 0)]
    return rows_in_window(usable, run)


def _inside(instants: pd.Series, run: Run) -> pd.Series:
    start, end = run.window_ns
    return (instants >= start) & (instants < end)
