"""The garbage collector beside the load: cycles a second, pauses, and who pays for marking.

From gctrace: the first and third clock of a line are the two stop-the-world phases, printed with two
significant digits (Go source, runtime/mgc.go).
"""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.window import rows_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _cycles_per_second(tables: dict[str, pd.DataFrame], run: Run) -> float:
    cycles = rows_in_window(tables["GC_CYCLES"], run)
    return len(cycles) / ((run.window_ns[1] - run.window_ns[0]) / 1e9)


def pauses(tables: dict[str, pd.DataFrame], run: Run) -> pd.Series:
    """Stop-the-world seconds of each cycle of the window: sweep termination plus mark termination."""
    cycles = rows_in_window(tables["GC_CYCLES"], run)
    return cycles["sweep_term_s"] + cycles["mark_term_s"]


def _longest_pause(tables: dict[str, pd.DataFrame], run: Run) -> float:
    found = pauses(tables, run)
    if found.empty:
        raise TooFewValues("no GC cycle in the window")
    return float(found.max())


def _mean_pause(tables: dict[str, pd.DataFrame], run: Run) -> float:
    found = pauses(tables, run)
    if found.empty:
        raise TooFewValues("no GC cycle in the window")
    return float(found.mean())


def _assist_share(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Marking done by goroutines that wanted to allocate, as a share of all marking CPU."""
    cycles = rows_in_window(tables["GC_CYCLES"], run)
    marking = cycles[["assist_cpu_s", "background_cpu_s", "idle_cpu_s"]].sum()
    total = marking.sum()
    return float(marking["assist_cpu_s"] / total) if total else float("nan")


NEEDS = ("GC_CYCLES",)
CYCLES = Metric("gc_cycles", "1/s", "lower", NEEDS, _cycles_per_second, "GC cycles a second in the window")
PAUSE = Metric("gc_pause_mean", "s", "lower", NEEDS, _mean_pause, "stop-the-world time of a cycle, mean")
LONGEST = Metric(
    "gc_pause_max", "s", "lower", NEEDS, _longest_pause, "longest stop-the-world time of a cycle"
)
ASSIST = Metric("gc_assist_share", "share", "lower", NEEDS, _assist_share, "mark assists / marking CPU")
METRICS = (CYCLES, PAUSE, LONGEST, ASSIST)
