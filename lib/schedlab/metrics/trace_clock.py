"""The clock of an execution trace beside the clock of the requests, and how sure we are of it.

From Go 1.25 on a trace holds the wall clock. From 1.22 on its clock is the system's monotonic clock, which
the capture reads together with the wall clock at both ends of the run. Before, the trace counts ticks from
its own first event: all we know is that it was taken between asking for it and having it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.run import Run

#: tables an alignment is made from
NEEDS = ("GOROUTINE_SPANS", "TRACE_GENERATIONS")


@dataclass(frozen=True)
class Alignment:
    """Unix time is the trace's clock plus `offset_ns`, within `uncertainty_ns`; `how` names the source."""

    offset_ns: int
    uncertainty_ns: int
    how: str


def align(tables: dict[str, pd.DataFrame], run: Run) -> Alignment:
    """The best alignment the trace and the run allow; TooFewValues where neither holds a clock."""
    known = tables["TRACE_GENERATIONS"]
    known = known[known["wall_ns"] != 0]
    if len(known):
        offsets = known["wall_ns"] - known["clock_ns"]
        spread = int(offsets.max() - offsets.min())
        return Alignment(int(offsets.iloc[0]), spread, "the wall clock in the trace")
    if _minor(run.go_version) >= 22 and {"start", "end"} <= set(run.clock):
        first, last = (run.clock[k]["wall_ns"] - run.clock[k]["monotonic_ns"] for k in ("start", "end"))
        return Alignment((first + last) // 2, abs(first - last), "the run's wall and monotonic clocks")
    return _bracketed(tables["GOROUTINE_SPANS"], run)


def observed(spans: pd.DataFrame) -> tuple[int, int]:
    """The first and the last instant that a trace tells of, on its own clock."""
    if spans.empty:
        raise TooFewValues("the trace is empty")
    return int(spans["start_ns"].min()), int((spans["start_ns"] + spans["duration_s"] * 1e9).max())


def seconds(spans: pd.DataFrame) -> float:
    """How long a trace lasts."""
    start, end = observed(spans)
    if end <= start:
        raise TooFewValues("the trace has no duration")
    return (end - start) / 1e9


def _bracketed(spans: pd.DataFrame, run: Run) -> Alignment:
    """Anywhere between the request for the trace and its answer: the middle, give or take the slack."""
    asked = run.clock.get("profiles", {}).get("trace")
    if not asked:
        raise TooFewValues("neither the trace nor the run says when the trace was taken")
    start, end = observed(spans)
    earliest, latest = asked["start_ns"] - start, asked["end_ns"] - end
    how = "between asking for the trace and having it"
    return Alignment((earliest + latest) // 2, abs(latest - earliest) // 2, how)


def _minor(go_version: str) -> int:
    """21 for go1.21.13."""
    return int(go_version.removeprefix("go1.").split(".")[0].split("-")[0].split("rc")[0])
