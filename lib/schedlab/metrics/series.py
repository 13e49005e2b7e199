"""What runs hold inside: snapshots over time, goroutines by state, latencies of several runs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.metrics import goroutines
from schedlab.metrics.latency import latencies as _latencies
from schedlab.metrics.window import requests_in_window, snapshots_in_window
from schedlab.model.run import Run
from schedlab.model.sample import Sample


def snapshots(runs: Iterable[Run]) -> pd.DataFrame:
    """SCHED_SNAPSHOTS of the windows of several runs, with columns arm, run, and queued (global + local)."""
    return pd.concat([_snapshots(run) for run in runs], ignore_index=True)


def states(runs: Iterable[Run]) -> pd.DataFrame:
    """Mean goroutine descriptors of each state in each run, in the form of `collect`: metric is the state."""
    return pd.concat([_states(run) for run in runs], ignore_index=True)


def latencies(runs: Iterable[Run]) -> dict[tuple[str, str], np.ndarray]:
    """(arm, run) to the latencies of its successful requests, seconds from the intended start.

    Runs without a log of requests, or whose client did not keep its schedule, are left out.
    """
    usable = [run for run in runs if run.has("requests") and not run.left_out]
    return {
        (run.arm, run.id): _latencies({"REQUESTS": ingest.tables(run, "REQUESTS")}, run) for run in usable
    }


def by_load(runs: Iterable[Run]) -> dict[tuple[str, str, str], np.ndarray]:
    """(load, arm, run) to latencies as above; a load is scenario and capture, for instruments cost time."""
    loads: dict[str, list[Run]] = {}
    for run in runs:
        loads.setdefault(f"{run.scenario}, {run.capture}", []).append(run)
    return {
        (load, arm, name): values
        for load, own in loads.items()
        for (arm, name), values in latencies(own).items()
    }


def samples(runs: Iterable[Run]) -> dict[str, Sample]:
    """Run id to the sample of its latencies."""
    return {run: Sample.of(values, "s") for (_, run), values in latencies(runs).items()}


def block_medians(runs: Iterable[Run], blocks: int = 40) -> pd.DataFrame:
    """Median latency of the requests due in each block of the window: run, arm, block, value (seconds)."""
    usable = [run for run in runs if run.has("requests") and not run.left_out]
    parts = [_block_medians(run, blocks) for run in usable]
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["run", "arm", "block", "value"])
    )


def backlog_and_latency(runs: Iterable[Run]) -> pd.DataFrame:
    """Mean backlog of the scheduler (queued goroutines) and median latency of the same seconds of the window.

    One row per run and block: arm, run, block, queued, latency; from runs with a scheduler log and requests.
    """
    both = [run for run in runs if run.has("server_stderr") and run.has("requests") and not run.left_out]
    lengths = [max(round((run.window_ns[1] - run.window_ns[0]) / 1e9), 1) for run in both]
    parts = [
        _backlog(run, seconds).merge(_block_medians(run, seconds), on=["arm", "run", "block"])
        for run, seconds in zip(both, lengths, strict=True)
    ]
    named = [part.rename(columns={"value": "latency"}) for part in parts]
    columns = ["arm", "run", "block", "queued", "latency"]
    return pd.concat(named, ignore_index=True)[columns] if named else pd.DataFrame(columns=columns)


def _backlog(run: Run, blocks: int) -> pd.DataFrame:
    seen = _snapshots(run)
    start, end = run.window_ns
    block = ((seen["wall_ns"] - start) * blocks // (end - start)).rename("block")
    return seen.groupby(block)["queued"].mean().reset_index().assign(run=run.id, arm=run.arm)


def _block_medians(run: Run, blocks: int) -> pd.DataFrame:
    requests = requests_in_window(ingest.tables(run, "REQUESTS"), run)
    ok = requests[requests["ok"]]
    start, end = run.window_ns
    block = ((ok["intended_ns"] - start) * blocks // (end - start)).rename("block")
    found = ok["latency_s"].groupby(block).median().reindex(range(blocks)).dropna().rename("value")
    return found.reset_index().assign(run=run.id, arm=run.arm)


def _states(run: Run) -> pd.DataFrame:
    tables = {name: ingest.tables(run, name) for name in goroutines.NEEDS}
    counts = goroutines.by_state(tables, run).set_index("state")["count"]
    shown = [state for state, _ in goroutines.SHOWN]
    rows = counts.reindex(shown, fill_value=0.0).rename_axis("metric").reset_index(name="value")
    return rows.assign(run=run.id, arm=run.arm, unit="1", better="neither", missing_because="")


def _snapshots(run: Run) -> pd.DataFrame:
    tables = {name: ingest.tables(run, name) for name in ("SCHED_SNAPSHOTS", "SCHED_PROCS")}
    inside = snapshots_in_window(tables, run)
    local = tables["SCHED_PROCS"].groupby("snapshot")["runqsize"].sum()
    queued = inside["runqueue"] + inside["snapshot"].map(local).fillna(0)
    return inside.assign(queued=queued, arm=run.arm, run=run.id)
