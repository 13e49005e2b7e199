"""What happens between two scheduler snapshots, and how uneven the run queues of one snapshot are.

Rates use the printed milliseconds, never the nominal period. `schedtick` counts time slices begun, not
switches (runnext hand-offs share a slice); both ticks wrap at 2^32. Damaged snapshots are left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_WRAP = 2**32


def tick_rates(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Per proc and interval between good snapshots: duration_s, schedticks and syscallticks a second."""
    snapshots = _good(tables)
    wanted = ["snapshot", "process", "since_first_s", "idleprocs", "gomaxprocs"]
    rows = tables["SCHED_PROCS"].merge(snapshots[wanted], on="snapshot")
    rows = rows.sort_values(["process", "proc", "snapshot"], ignore_index=True)
    groups = rows.groupby(["process", "proc"])
    rows["duration_s"] = groups["since_first_s"].diff()
    for name in ("schedtick", "syscalltick"):
        printed = (rows[name] >= 0) & (groups[name].shift() >= 0)
        rows[f"{name}_per_s"] = (groups[name].diff() % _WRAP).where(printed) / rows["duration_s"]
    kept = rows[rows["duration_s"] > 0]
    names = ["process", "snapshot", "proc", "duration_s", "schedtick_per_s", "syscalltick_per_s", "idleprocs"]
    return kept[names].reset_index(drop=True)


def starved(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Intervals in which no proc began a time slice although none was idle: process, snapshot, duration_s."""
    rates = tick_rates(tables).dropna(subset="schedtick_per_s")
    intervals = rates.groupby(["process", "snapshot"], as_index=False)
    found = intervals.agg({"schedtick_per_s": "max", "idleprocs": "max", "duration_s": "max"})
    frozen = (found["schedtick_per_s"] == 0) & (found["idleprocs"] == 0)
    return found.loc[frozen, ["process", "snapshot", "duration_s"]].reset_index(drop=True)


def work_balance(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How unevenly the procs began time slices in each interval: process, snapshot, duration_s, gini."""
    rates = tick_rates(tables).dropna(subset="schedtick_per_s")
    intervals = rates.groupby(["process", "snapshot"])
    unevenness = intervals["schedtick_per_s"].agg(lambda rate: gini(rate.to_numpy()))
    return intervals["duration_s"].max().to_frame().assign(gini=unevenness).reset_index()


def queues(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Per good snapshot: gini, cov and max_over_mean of the local queues, flags, spinning threads per proc.

    `threads_beyond_procs` are neither idle nor needed to run every proc: in system calls, or locked.

    `missed_steal`: a queue is empty while another holds two or more; `idle_with_work`: a proc is idle while
    something is runnable; `saturated`: none is idle and something is.
    """
    snapshots = _good(tables).set_index("snapshot")
    sizes = tables["SCHED_PROCS"].groupby("snapshot")["runqsize"].apply(lambda s: s.to_numpy(np.float64))
    sizes = sizes.reindex(snapshots.index).dropna()
    snapshots = snapshots.loc[sizes.index]
    backlog = snapshots["runqueue"] + sizes.map(np.sum)
    return pd.DataFrame(
        {
            "gini": sizes.map(gini),
            "cov": sizes.map(lambda s: s.std() / s.mean() if s.sum() else np.nan),
            "max_over_mean": sizes.map(lambda s: s.max() / s.mean() if s.sum() else np.nan),
            "missed_steal": sizes.map(lambda s: bool(s.min() == 0 and s.max() >= 2)),
            "idle_with_work": (snapshots["idleprocs"] > 0) & (backlog > 0),
            "saturated": (snapshots["idleprocs"] == 0) & (backlog > 0),
            "spinning": snapshots["spinningthreads"].where(lambda n: n >= 0) / snapshots["gomaxprocs"],
            "threads_beyond_procs": snapshots["threads"] - snapshots["idlethreads"] - snapshots["gomaxprocs"],
        }
    )


def wait_reasons(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Share of waiting goroutines (status 4, the only one whose reason counts) by wait reason."""
    goroutines = tables["SCHED_GOROUTINES"]
    good = goroutines["snapshot"].isin(_good(tables)["snapshot"])
    waiting = goroutines.loc[good & (goroutines["status"] == 4), "reason"]
    return waiting.cat.remove_unused_categories().value_counts(normalize=True)


def gini(sizes: np.ndarray) -> float:
    """0 where all are equal, near 1 where one holds everything; NaN where there is nothing to share."""
    total, n = sizes.sum(), len(sizes)
    if not total:
        return float("nan")
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ np.sort(sizes) / (n * total))


def _good(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    snapshots = tables["SCHED_SNAPSHOTS"]
    return snapshots[~snapshots["damaged"]]
