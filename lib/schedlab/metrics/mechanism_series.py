"""Inside the runs of mechanism programs: single durations, quantities over time, requests beside the GC."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.errors import TooFewValues
from schedlab.metrics.mechanism import ARTIFACT
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def durations(runs: Iterable[Run], name: str) -> dict[tuple[str, str], np.ndarray]:
    """(arm, run) to every duration of that histogram, at the upper edge of its bin: up to 4.4 % too long."""
    return {(run.arm, run.id): _durations(run, name) for run in runs}


def points(runs: Iterable[Run], name: str) -> pd.DataFrame:
    """A quantity over time: run, arm, at_s since the run's window began, value."""
    frames = [pd.DataFrame(columns=["run", "arm", "at_s", "value"])]
    frames += [_points(run, name) for run in runs]
    return pd.concat([f for f in frames if len(f)] or frames, ignore_index=True)


def _durations(run: Run, name: str) -> np.ndarray:
    bins = ingest.tables(run, "GAUGE_BINS", ARTIFACT)
    mine = bins[bins["name"] == name]
    return np.repeat(mine["hi"].to_numpy(), mine["count"].to_numpy(np.int64))


def _points(run: Run, name: str) -> pd.DataFrame:
    gauges = ingest.tables(run, "GAUGES", ARTIFACT)
    mine = gauges[(gauges["name"] == name) & (gauges["wall_ns"] > 0)]
    at_s = (mine["wall_ns"] - run.window_ns[0]) / 1e9
    return pd.DataFrame({"run": run.id, "arm": run.arm, "at_s": at_s, "value": mine["value"]})


def beside(tables: dict[str, pd.DataFrame]) -> tuple[np.ndarray, np.ndarray]:
    """Latencies of the requests and whether each was under way during a GC cycle.

    A gctrace line is stamped when the harness reads it, within a millisecond or so of the cycle's end.
    """
    gauges, cycles = tables["GAUGES"], tables["GC_CYCLES"].sort_values("wall_ns")
    mine = gauges[(gauges["name"] == "request_latency") & (gauges["wall_ns"] > 0)]
    begun, latency_s = mine["wall_ns"].to_numpy(), mine["value"].to_numpy()
    took_s = cycles[["sweep_term_s", "mark_s", "mark_term_s"]].sum(axis=1).to_numpy()
    ends = cycles["wall_ns"].to_numpy()
    next_cycle = np.searchsorted(ends, begun)
    starts = np.append(ends - took_s * 1e9, math.inf)[next_cycle]
    return latency_s, starts <= begun + latency_s * 1e9


def _quantile(q: float, met: bool):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        latency_s, during = beside(tables)
        chosen, needed = latency_s[during == met], math.ceil(math.log(0.025) / math.log(q))
        if len(chosen) < needed:
            raise TooFewValues(f"quantile {q:g} needs {needed} such requests, the run has fewer")
        return float(np.quantile(chosen, q))

    return compute


def _metric(place: str, words: str, met: bool, q: float) -> Metric:
    return Metric(
        f"request_latency_{place}_p{100 * q:g}", "s", "lower", ("GAUGES", "GC_CYCLES"), _quantile(q, met),
        f"latency of requests under way {words} a GC cycle, quantile {q:g}",
    )  # fmt: skip


METRICS = tuple(
    _metric(place, words, met, q)
    for place, words, met in (("beside_gc", "during", True), ("without_gc", "outside", False))
    for q in (0.9, 0.99)
)
