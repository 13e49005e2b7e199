"""What the execution traces of several runs hold inside, in the form of `collect`: a value each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from schedlab import ingest
from schedlab.errors import TooFewValues
from schedlab.metrics import blocked_time, goroutine_creation, trace_attribution, trace_clock, trace_coverage
from schedlab.metrics import trace_requests as beside
from schedlab.model.run import Run

COLUMNS = ("run", "arm", "metric", "unit", "better", "value", "missing_because")


def tables(run: Run) -> dict[str, pd.DataFrame]:
    """All tables of a run's trace, with its requests where they were logged one by one."""
    logged = {"REQUESTS": ingest.tables(run, "REQUESTS")} if run.has("requests") else {}
    return dict(ingest.reading(run, "trace").tables) | logged


def example(runs: Iterable[Run], arm: str) -> dict[str, pd.DataFrame]:
    """The tables of the first run of an arm that has a trace; none at all where no run has."""
    return next((tables(run) for run in runs if run.arm == arm and run.has("trace")), {})


def blocked(runs: Iterable[Run]) -> pd.DataFrame:
    """Seconds that goroutines waited per request, by what for."""
    return _collected(_answering(runs), "s", blocked_time.per_request, "reason", "blocked_s")


def causes(runs: Iterable[Run]) -> pd.DataFrame:
    """Seconds per request that the application's goroutines spent in each cause of `trace_attribution`."""
    return _collected(_answering(runs), "s", _causes, "cause", "per_request_s")


def created(runs: Iterable[Run], frames: int = 2) -> pd.DataFrame:
    """Goroutines created a second, by the functions that created them."""
    return _collected(_traced(runs), "1/s", lambda held, run: _creations(held, frames), "created_by", "per_s")


def met(runs: Iterable[Run]) -> pd.DataFrame:
    """Median latency of the requests that met the collector, and of the others."""
    return _collected(_answering(runs), "s", beside.latency_beside, "met", "p50_s")


def met_counts(runs: Iterable[Run]) -> pd.DataFrame:
    """How many requests of all traces of an arm met what: arm, met, requests, runs, largest_s."""
    parts = [beside.latency_beside(held, run).assign(arm=run.arm) for run, held in _answering(runs)]
    if not parts:
        return pd.DataFrame(columns=["arm", "met", "requests", "runs", "largest_s"])
    groups = pd.concat(parts).groupby(["arm", "met"], sort=False)
    return groups.agg(
        requests=("requests", "sum"), runs=("requests", "size"), largest_s=("largest_s", "max")
    ).reset_index()


def clocks(runs: Iterable[Run]) -> pd.DataFrame:
    """How each trace was aligned with the requests: run, arm, how, uncertainty_s."""
    rows = [(run.id, run.arm, found.how, found.uncertainty_ns / 1e9) for run, found in _aligned(runs)]
    return pd.DataFrame(rows, columns=["run", "arm", "how", "uncertainty_s"])


def coverage(runs: Iterable[Run]) -> pd.DataFrame:
    """The coverage of each source, counts added over the runs (see `trace_coverage`)."""
    parts = [trace_coverage.coverage(run) for run in runs if run.has("trace")]
    if not parts:
        return pd.DataFrame(columns=["event", *trace_coverage.SOURCES, "says"])
    groups = pd.concat(parts).groupby("event", sort=False)
    sums = groups[list(trace_coverage.SOURCES)].sum(min_count=1)
    return sums.join(groups["says"].first()).reindex(max(parts, key=len)["event"]).reset_index()


def attribution(runs: Iterable[Run], least: float = 0.001) -> pd.DataFrame:
    """Symbols and events of all runs together; rows below the share `least` are left out."""
    parts = [trace_attribution.attribution(held) for _, held in _traced(runs)]
    if not parts:
        return pd.DataFrame(columns=["cause", "symbol", "owner", "count", "total_s", "share", "says"])
    groups = pd.concat(parts).groupby(["cause", "symbol", "owner", "because"], sort=False)
    found = groups[["count", "total_s"]].sum().reset_index()
    found["share"] = found["total_s"] / found["total_s"].sum()
    found = found[found["share"] >= least].sort_values("total_s", ascending=False, ignore_index=True)
    found = found.rename(columns={"because": "says"})
    return found[["cause", "symbol", "owner", "count", "total_s", "share", "says"]]


def _causes(held: dict[str, pd.DataFrame], run: Run) -> pd.DataFrame:
    found = trace_attribution.attribution(held).groupby("cause")["total_s"].sum()
    return (found * beside.per_request(1.0, held, run)).rename("per_request_s").reset_index()


def _creations(held: dict[str, pd.DataFrame], frames: int) -> pd.DataFrame:
    duration = trace_clock.seconds(held["GOROUTINE_SPANS"])
    found = goroutine_creation.by_stack(held["TRACE_GOROUTINES"], held["TRACE_STACKS"], duration, frames)
    return found.groupby("created_by", as_index=False)["per_s"].sum()


def _collected(runs, unit: str, measure: Callable, metric: str, value: str) -> pd.DataFrame:
    """One row per run, given with its tables, and thing that it shows."""
    rows = [
        (run.id, run.arm, str(name), unit, "neither", number, "")
        for run, held in runs
        for name, number in measure(held, run)[[metric, value]].itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _traced(runs: Iterable[Run]):
    """Runs with a trace, and their tables; without those that give no number at all."""
    return ((run, tables(run)) for run in runs if run.has("trace") and not run.left_out)


def _answering(runs: Iterable[Run]):
    """Of the traced runs, those of whose requests it is known that they were answered while tracing."""
    for run, held in _traced(runs):
        try:
            if "REQUESTS" in held and beside.per_request(1.0, held, run):
                yield run, held
        except TooFewValues:
            continue


def _aligned(runs: Iterable[Run]):
    return ((run, trace_clock.align(held, run)) for run, held in _answering(runs))
