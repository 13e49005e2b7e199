"""Goroutines of whole runs: who stands where at the end, and whose number grew while the load ran."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab import ingest
from schedlab.errors import MissingTable
from schedlab.model.run import Run
from schedlab.profiles.arms import snapshot
from schedlab.profiles.classes import waiting_mechanism
from schedlab.profiles.growth import slope
from schedlab.profiles.queues import COLUMNS, lock_queues
from schedlab.profiles.sources import read

#: status of a goroutine that waits, as the scheduler log prints it
_WAITING = 4


def standing(runs: Iterable[Run]) -> pd.DataFrame:
    """Where the goroutines of each arm stand at the end of its runs, by their dumps, most crowded first.

    Columns: arm, site, mechanism, state, reason, goroutines (mean of the runs), share (of the arm's),
    waited_most_s, runs. MissingTable where no run has a dump.
    """
    found = [s.groups.assign(arm=r.arm, run=r.id) for r in runs if (s := snapshot(r))]
    if not found:
        raise MissingTable("no run here has a goroutine dump (goroutine_text)")
    rows = pd.concat(found)
    runs_of = rows.groupby("arm")["run"].nunique().rename("runs")
    keys = ["arm", "site", "mechanism", "state", "reason"]
    sums = rows.groupby(keys).agg(goroutines=("goroutines", "sum"), waited_most_s=("waited_most_s", "max"))
    table = sums.reset_index().merge(runs_of.reset_index(), on="arm")
    table["goroutines"] = table["goroutines"] / table["runs"]
    table["share"] = table["goroutines"] / table.groupby("arm")["goroutines"].transform("sum")
    order = [*keys, "goroutines", "share", "waited_most_s", "runs"]
    return table.sort_values(["arm", "goroutines"], ascending=[True, False], ignore_index=True)[order]


def waiting(runs: Iterable[Run]) -> pd.DataFrame:
    """Waiting goroutines in every scheduler snapshot of the measured window, by wait reason.

    Columns: arm, run, since_first_s, reason, goroutines (0 where a reason does not occur in a snapshot).
    """
    found = [_waiting(run) for run in runs if run.has("server_stderr")]
    found = [table for table in found if len(table)]
    if not found:
        raise MissingTable("no run here has scheduler snapshots with goroutines (scheddetail=1)")
    return pd.concat(found, ignore_index=True)


def growth(counts: pd.DataFrame) -> pd.DataFrame:
    """How fast each wait reason grows in each run of `waiting`: Theil and Sen's slope, a metric a reason.

    Columns as `metrics.collect` has them (arm, run, metric, unit, value, ...), for intervals over runs;
    lo and hi are those of the slope within the run.
    """
    rows = []
    for (arm, run, reason), part in counts.groupby(["arm", "run", "reason"], sort=True):
        found = slope(part["since_first_s"], part["goroutines"], unit="goroutines/s")
        rows.append((arm, run, reason, found.unit, found.value, found.lo, found.hi, found.n))
    table = pd.DataFrame(rows, columns=["arm", "run", "metric", "unit", "value", "lo", "hi", "snapshots"])
    about = "goroutines more that wait, per second"
    return table.assign(better="lower", about=about, mechanism=table["metric"].map(waiting_mechanism))


def grown(table: pd.DataFrame) -> pd.DataFrame:
    """By arm and reason the number of runs, and of those in which the slope's whole interval is above 0."""
    groups = table.assign(up=table["lo"] > 0).groupby(["arm", "metric"], sort=False)
    found = groups.agg(runs=("run", "nunique"), grew=("up", "sum"), steepest=("value", "max")).reset_index()
    found = found.rename(columns={"metric": "reason", "steepest": "steepest_per_s"})
    return found.sort_values(["grew", "steepest_per_s"], ascending=False, ignore_index=True)


def queues(runs: Iterable[Run]) -> pd.DataFrame:
    """Lock queues of each arm, summed over its runs: the columns of `lock_queues` after the arm."""
    found = [
        lock_queues(
            read(run.artifact("mutex_profile").path), read(run.artifact("block_profile").path), snapshot(run)
        ).assign(arm=run.arm, run=run.id)
        for run in runs
        if run.has("mutex_profile") and run.has("block_profile")
    ]
    if not found:
        raise MissingTable("no run here has both a mutex and a block profile")
    rows = pd.concat(found, ignore_index=True)
    keys = ["arm", "waiter", "holder", "match"]
    sums = rows.groupby(keys, sort=False)[["waiting_now", "waits", "waited_s", "caused_s"]].sum()
    table = sums.reset_index().merge(rows.groupby("arm")["run"].nunique().rename("runs").reset_index())
    order = ["arm", *[c for c in COLUMNS if c in table], "runs"]
    return table[order].sort_values(["arm", "waited_s"], ascending=[True, False], ignore_index=True)


def _waiting(run: Run) -> pd.DataFrame:
    snapshots = ingest.tables(run, "SCHED_SNAPSHOTS", "server_stderr")
    begin, end = run.window_ns
    inside = snapshots["detail"] & ~snapshots["damaged"] & snapshots["wall_ns"].between(begin, end)
    times = snapshots.loc[inside].set_index("snapshot")["since_first_s"]
    goroutines = ingest.tables(run, "SCHED_GOROUTINES", "server_stderr")
    waits = goroutines[(goroutines["status"] == _WAITING) & goroutines["snapshot"].isin(times.index)]
    counts = pd.crosstab(waits["snapshot"], waits["reason"]).reindex(times.index, fill_value=0)
    long = counts.rename_axis(index="snapshot", columns="reason").stack().rename("goroutines").reset_index()
    long["since_first_s"] = long["snapshot"].map(times)
    return long.assign(arm=run.arm, run=run.id)[["arm", "run", "since_first_s", "reason", "goroutines"]]
