"""The honesty audit over the runs of an experiment: every load tool's file, with the run's own plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pandas as pd

from schedlab import units
from schedlab.errors import TooFewValues
from schedlab.ingest.audit import COLUMNS, Plan, audit
from schedlab.ingest.repair import COLUMNS as REPAIRED
from schedlab.ingest.repair import repaired
from schedlab.model.extend import Reader, Reading
from schedlab.model.run import Run

_WHERE = ("scenario", "arm", "run", "instrument")
_LATENCIES = {"REQUESTS", "LATENCY_BINS", "LATENCY_QUANTILES"}


def findings(runs: Iterable[Run], readers: tuple[Reader, ...], reading: Callable) -> pd.DataFrame:
    """One row per run, load tool and check: value, doubt, says."""
    rows = [
        (*where, *row)
        for where, found, plan in _loads(runs, readers, reading)
        for row in audit(found, plan).itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=[*_WHERE, *COLUMNS])


def repairs(runs: Iterable[Run], readers: tuple[Reader, ...], reading: Callable) -> pd.DataFrame:
    """One row per run, load tool and kind of latency: as measured, and beside it what the repair gives."""
    rows = []
    for where, found, plan in _loads(runs, readers, reading):
        try:
            table = repaired(found, plan)
        except TooFewValues:  # quantiles alone: nothing to repair
            continue
        rows += [(*where, *row) for row in table.itertuples(index=False)]
    return pd.DataFrame(rows, columns=[*_WHERE, *REPAIRED])


def loads(runs: Iterable[Run], readers: tuple[Reader, ...], reading: Callable) -> Iterator[tuple]:
    """(scenario, arm, run, kind of artifact, reading) of every file of a load tool."""
    return ((*where, found) for where, found, _ in _loads(runs, readers, reading))


def medians(found: pd.DataFrame) -> pd.DataFrame:
    """Repairs by scenario, load tool, arm and kind: runs, and the median over runs of every number."""
    keys = ["scenario", "instrument", "arm", "kind"]
    numbers = {name: (name, "median") for name in REPAIRED if name.endswith("_s")}
    said = {"runs": ("run", "nunique"), **numbers, "says": ("says", "first")}
    return found.groupby(keys, sort=False, as_index=False).agg(**said)


def grouped(found: pd.DataFrame) -> pd.DataFrame:
    """One row per load and check: how many of its files give a doubt, the values, what it means."""
    load = found["instrument"] + ", " + found["scenario"]
    rows = [_group(*key, part) for key, part in found.groupby([load, "check"], sort=False)]
    return pd.DataFrame(rows, columns=["load", "found", "doubts", "says"])


def _group(load: str, check: str, part: pd.DataFrame) -> tuple:
    low, high = part["value"].min(), part["value"].max()
    ends = " to ".join(
        dict.fromkeys(units.number(float(v), 1 if float(v).is_integer() else 2) for v in (low, high))
    )
    values = "not known" if pd.isna(low) else ends
    worst = part[part["doubt"]] if part["doubt"].any() else part
    return load, f"{check}: {values}", f"{part['doubt'].sum()} of {len(part)}", worst["says"].mode().iloc[0]


def _loads(runs: Iterable[Run], readers: tuple[Reader, ...], reading: Callable) -> Iterator[tuple]:
    """(where, reading, plan) of every file of a load tool; a log of requests stands for its own report."""
    formats = {r.name for r in readers if r.carries is not None and _LATENCIES & set(r.yields)}
    for run in runs:
        held = {a.kind: a.format for a in run.artifacts if a.path is not None and a.format in formats}
        if "schedlab-requests" in held.values():
            held = {kind: format for kind, format in held.items() if format != "schedlab-client"}
        for kind in held:
            found = _told(reading(run, kind), run)
            yield (run.scenario, run.arm, run.id, kind), found, _plan(found, run)


def _told(found: Reading, run: Run) -> Reading:
    """The reading with the loop that the run's plan names, where the file cannot say it."""
    loop = run.factors.get("loop")
    if not loop or found.facts.get("loop") in ("open", "closed"):
        return found
    return replace(found, facts=dict(found.facts) | {"loop": loop})


def _plan(found: Reading, run: Run) -> Plan:
    """Connections and rate as the file says them, else as planned; our own log has its schedule."""
    connections, rate = run.factors.get("connections"), run.factors.get("rate_per_s")
    paced = rate if run.factors.get("instrument") == "locust" else None
    return Plan.of(found.facts, connections, paced)
