"""Stops of the world one by one, beside a mechanism: what the runtime sums up to a cycle's stopped time.

`PauseNs` and `debug.GCStats.Pause` are sums over a cycle (Go source, runtime/mstats.go). A line of gctrace
has its stops apart: the first clock is the stop before marking, the third the one after it, each from the
wish to stop until all go on, printed with two significant digits, or whole milliseconds from 10 ms on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.window import rows_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: fewer values do not bound a 99th percentile at 95 % confidence
ENOUGH = 368


def stops(tables: dict[str, pd.DataFrame], run: Run) -> np.ndarray:
    """Seconds of every single stop of the window; TooFewValues where no GC cycle ended in it."""
    cycles = rows_in_window(tables["GC_CYCLES"], run)
    if cycles.empty:
        raise TooFewValues("no GC cycle in the window")
    return cycles[["sweep_term_s", "mark_term_s"]].to_numpy().ravel()


def _mean(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(stops(tables, run).mean())


def _p99(tables: dict[str, pd.DataFrame], run: Run) -> float:
    found = stops(tables, run)
    if len(found) < ENOUGH:
        raise TooFewValues(f"quantile 0.99 needs {ENOUGH} stops, the run has fewer")
    return float(np.quantile(found, 0.99))


def _longest(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(stops(tables, run).max())


def _metric(statistic: str, compute, words: str) -> Metric:
    about = f"one stop of the world for the GC, from the wish to stop, {words}"
    return Metric(f"gc_one_stop_{statistic}", "s", "lower", ("GC_CYCLES",), compute, about)


METRICS = (
    _metric("mean", _mean, "mean"),
    _metric("p99", _p99, "quantile 0.99"),
    _metric("max", _longest, "longest"),
)
