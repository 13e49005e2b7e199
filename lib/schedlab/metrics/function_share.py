"""Share of CPU samples whose stack contains one of a set of functions, one number per run.

A sample counts once however often the function recurs in it. It is CPU time spent in or below the function,
never time blocked in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: metric name -> the functions, any of which makes a sample count
SETS: dict[str, tuple[str, ...]] = {
    "cpu_share_mcall": ("runtime.mcall",),
    "cpu_share_park_m": ("runtime.park_m",),
    "cpu_share_schedule": ("runtime.schedule",),
    "cpu_share_find_runnable": ("runtime.findRunnable", "runtime.findrunnable"),
    "cpu_share_steal": ("runtime.stealWork", "runtime.runqsteal", "runtime.runqgrab"),
    "cpu_share_futexsleep": ("runtime.futexsleep",),
    "cpu_share_futexwakeup": ("runtime.futexwakeup",),
    "cpu_share_usleep": ("runtime.usleep",),
    "cpu_share_netpoll": ("runtime.netpoll",),
    "cpu_share_new_stack": ("runtime.newstack", "runtime.copystack"),
    "cpu_share_gc_worker": ("runtime.gcBgMarkWorker",),
}


def cpu_samples(tables: dict[str, pd.DataFrame], run: Run) -> pd.Series:
    """CPU samples per distinct stack (index: sample); TooFewValues where the run has none."""
    samples = tables["STACK_SAMPLES"]
    counts = samples[samples["kind"] == "samples"].set_index("sample")["value"]
    if counts.sum() <= 0:
        raise TooFewValues(f"run {run.id} has no CPU samples; a CPU profile with at least one is needed")
    return counts


def share_of(functions: Iterable[str]):
    """A function that computes the share in [0, 1] of CPU samples with any of `functions` in the stack."""
    wanted = frozenset(functions)

    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        counts = cpu_samples(tables, run)
        frames = tables["FRAMES"]
        hit = frames.loc[frames["function"].isin(wanted), "sample"].unique()
        return float(counts[counts.index.isin(hit)].sum() / counts.sum())

    return compute


def _metric(name: str, functions: tuple[str, ...]) -> Metric:
    about = f"share of CPU samples with {' or '.join(functions)} in the stack"
    return Metric(
        name, "share", "lower", ("STACK_SAMPLES", "FRAMES"), share_of(functions), about, "cpu_profile"
    )


METRICS = tuple(_metric(name, functions) for name, functions in SETS.items())
