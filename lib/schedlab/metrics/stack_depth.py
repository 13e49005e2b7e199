"""Depth of the scheduler's stacks: logical frames from the leaf to `runtime.mcall` inclusive, per run.

Go unwinds no further than mcall, so this is the depth of the scheduler's own path (park_m -> schedule ->
findRunnable -> ...), not of the application. Quantiles are of samples, numpy's `linear` definition (type 7).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.function_share import cpu_samples
from schedlab.model.extend import Metric
from schedlab.model.run import Run

ROOT = "runtime.mcall"


def mcall_depths(tables: dict[str, pd.DataFrame], run: Run) -> np.ndarray:
    """The depth below mcall of every CPU sample that has it, int64, one value per sample, unordered."""
    counts = cpu_samples(tables, run)
    frames = tables["FRAMES"]
    depth = frames[frames["function"] == ROOT].groupby("sample")["depth"].max() + 1
    depths = np.repeat(depth.to_numpy(), counts.reindex(depth.index).fillna(0).to_numpy(np.int64))
    if not len(depths):
        raise TooFewValues(f"run {run.id} has no CPU sample below {ROOT}")
    return depths


def _mean(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(mcall_depths(tables, run).mean())


def _quantile(q: float):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        return float(np.quantile(mcall_depths(tables, run), q))

    return compute


def _metric(name: str, compute, about: str) -> Metric:
    return Metric(
        f"mcall_depth_{name}", "frames", "lower", ("STACK_SAMPLES", "FRAMES"), compute, about, "cpu_profile"
    )


METRICS = (
    _metric("mean", _mean, "mean logical frames from the leaf to runtime.mcall"),
    _metric("p50", _quantile(0.5), "median logical frames from the leaf to runtime.mcall"),
    _metric("p90", _quantile(0.9), "90 % quantile of logical frames from the leaf to runtime.mcall"),
)
