"""Runnable latency: how long a goroutine that could run waited for a proc; from an execution trace."""

from __future__ import annotations

import math

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.blocked_time import durations
from schedlab.model.extend import Metric
from schedlab.model.run import Run
from schedlab.model.sample import Sample

#: what made a goroutine runnable -> in words
CAUSES = {
    "create": "its creation",
    "unblock": "the end of a wait",
    "preempted": "its preemption",
    "yield": "giving way",
    "syscall_exit": "a system call that lost its proc",
}


def by_cause(spans: pd.DataFrame) -> pd.DataFrame:
    """Waits for a proc by what made the goroutine runnable; `p50_s` and `p99_s` are over whole waits."""
    return durations(spans[spans["state"] == "runnable"], "reason").rename(columns={"reason": "cause"})


def waits(spans: pd.DataFrame, cause: str = "") -> Sample:
    """Every wait for a proc that was seen whole, after one cause or any, in seconds."""
    chosen = spans[(spans["state"] == "runnable") & spans["whole"]]
    if cause:
        chosen = chosen[chosen["reason"] == cause]
    return Sample.of(chosen["duration_s"], "s")


def _quantile(q: float, cause: str):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        found = waits(tables["GOROUTINE_SPANS"], cause)
        needed = math.ceil(math.log(0.025) / math.log(q))
        if found.n < needed:
            raise TooFewValues(f"quantile {q:g} needs {needed} waits, the trace has {found.n:.0f}")
        return float(pd.Series(found.values).quantile(q))

    return compute


def _metric(name: str, q: float, cause: str = "") -> Metric:
    what = f"runnable latency, quantile {q:g}, after {CAUSES.get(cause, 'any cause')}"
    title = "_".join(part for part in ("runnable_latency", cause, name) if part)
    return Metric(title, "s", "lower", ("GOROUTINE_SPANS",), _quantile(q, cause), what)


METRICS = tuple(
    _metric(name, q, cause) for cause in ("", *CAUSES) for name, q in (("p50", 0.5), ("p99", 0.99))
)
