"""By which way CPU samples under `runtime.mcall` got there: parking, preemption or the end of a goroutine.

`mcall` is how a goroutine steps onto the scheduler's stack; what follows says why.
"""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.function_share import cpu_samples
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: metric name -> the functions that only this way calls, what the way is
WAYS = {
    "mcall_park_share": (("runtime.park_m",), "to park"),
    "mcall_preempt_share": (("runtime.gopreempt_m", "runtime.gosched_m", "runtime.preemptPark"), "preempted"),
    "mcall_exit_share": (("runtime.goexit0",), "to end"),
}


def _share(functions: tuple[str, ...]):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        counts, frames = cpu_samples(tables, run), tables["FRAMES"]
        under = counts[counts.index.isin(_holding(frames, ("runtime.mcall",)))]
        if not under.sum():
            raise TooFewValues(f"run {run.id} has no CPU sample under runtime.mcall")
        return float(under[under.index.isin(_holding(frames, functions))].sum() / under.sum())

    return compute


def _holding(frames: pd.DataFrame, functions: tuple[str, ...]) -> pd.Series:
    return frames.loc[frames["function"].isin(functions), "sample"]


METRICS = tuple(
    Metric(
        name, "share", "neither", ("STACK_SAMPLES", "FRAMES"), _share(functions),
        f"CPU samples under runtime.mcall that went there {way}", "cpu_profile",
    )
    for name, (functions, way) in WAYS.items()
)  # fmt: skip
