"""The three levels on which the article reads a pair of profiles, each with its evidence and its interval.

1 width: how much CPU each mechanism takes. 2 depth and repetition: how deep stacks are, how many goroutines
stand on the same one, how many queue for locks. 3 symbols against events: what a trace says of the same
mechanisms. CPU burned in a mechanism (1, 2) and time waited for it (3) are never added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab import units
from schedlab.errors import TooFewValues
from schedlab.model.profile import Profile
from schedlab.profiles import noise
from schedlab.profiles.classes import waiting_mechanism
from schedlab.profiles.depth import HANDLERS, depths
from schedlab.profiles.diff import Arm, class_differences
from schedlab.profiles.pileups import Snapshot

LEVELS = {1: "width", 2: "depth and repetition", 3: "symbols against events"}
COLUMNS = [
    "level",
    "what",
    "unit",
    "evidence",
    "baseline",
    "treated",
    "difference",
    "lo",
    "hi",
    "runs",
    "method",
]
#: mechanisms whose waits a trace names
_EVENTS = ("netpoll", "channel", "sync lock", "timer", "GC")


@dataclass(frozen=True)
class Capture:
    """What one run captured: CPU profile, goroutine dump, the trace's tables, requests per second."""

    cpu: Profile | None = None
    dump: Snapshot | None = None
    trace: dict[str, pd.DataFrame] | None = None
    requests_per_s: float = 0.0


def levels(baseline: Sequence[Capture], treated: Sequence[Capture], least: float = 0.005) -> pd.DataFrame:
    """One row per thing measured at each level, treated - baseline, with a 95 % interval over runs.

    Columns: level, what, unit, evidence (where it comes from), baseline, treated, difference, lo, hi, runs
    (of each arm that have it), method. Mechanisms below the share `least` in both arms are left out.
    """
    rows = [*_width(baseline, treated, least), *_measured(baseline, treated)]
    return pd.DataFrame(rows, columns=COLUMNS)


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table of `levels` for people: level, what, evidence, baseline to treated, difference, runs."""
    rows = [
        (f"{r.level} {LEVELS[r.level]}", r.what, r.evidence, *in_words(r), f"{r.runs[0]} + {r.runs[1]}")
        for r in table.itertuples()
    ]
    return pd.DataFrame(rows, columns=["level", "what", "evidence", "both arms", "difference", "runs"])


def in_words(row) -> tuple[str, str]:
    """What a row measured: `31.8 → 32.1 %` and `0.336 [-5.59, 6.26] %`, in one readable unit."""
    values = (row.baseline, row.treated, row.difference, row.lo, row.hi)
    size, name = units.scale(values, row.unit)
    one, other = (units.number(v / size) for v in values[:2])
    name = {"share": "%", "1": ""}.get(row.unit, name)
    change = [units.number(v / size) if np.isfinite(v) else "n/a" for v in values[2:]]
    return f"{one} → {other} {name}".rstrip(), f"{change[0]} [{change[1]}, {change[2]}] {name}".rstrip()


def _width(baseline: Sequence[Capture], treated: Sequence[Capture], least: float) -> Iterator[tuple]:
    arms = [Arm(name, tuple(c.cpu for c in captures if c.cpu))
            for name, captures in (("baseline", baseline), ("treated", treated))]  # fmt: skip
    if not all(arm.profiles for arm in arms):
        return
    found = class_differences(*arms)
    found = found[found[["baseline", "treated"]].max(axis=1) >= least].sort_values("treated", ascending=False)
    runs = tuple(len(arm.profiles) for arm in arms)
    for row in found.itertuples():
        values = (row.baseline, row.treated, row.difference, row.lo, row.hi)
        yield (1, f"CPU in {row.mechanism}", "share", "CPU profile", *values, runs, row.method)


def _measured(baseline: Sequence[Capture], treated: Sequence[Capture]) -> Iterator[tuple]:
    for level, what, unit, evidence, measure in MEASURES:
        base, other = ([v for c in arm if (v := measure(c)) is not None] for arm in (baseline, treated))
        if base and other:
            values = (float(np.mean(base)), float(np.mean(other)))
            lo, hi = _interval(base, other)
            runs = (len(base), len(other))
            about = (values[1] - values[0], lo, hi, runs, "Welch over runs")
            yield (level, what, unit, evidence, *values, *about)


def _interval(base: list[float], other: list[float]) -> tuple[float, float]:
    if min(len(base), len(other)) < 2:
        return np.nan, np.nan
    found = noise.between_runs(np.array([base]), np.array([other]))
    return float(found.lo[0]), float(found.hi[0])


def _depth(below: str | None) -> Callable[[Capture], float | None]:
    def measure(capture: Capture) -> float | None:
        try:
            return depths(capture.cpu, below).mean if capture.cpu else None
        except TooFewValues:
            return None

    return measure


def _at_cap(capture: Capture) -> float | None:
    return depths(capture.cpu, None).at_cap[64] if capture.cpu and capture.cpu.n else None


def _largest_group(capture: Capture) -> float | None:
    return float(capture.dump.groups["share"].max()) if capture.dump else None


def _waiting_for_locks(capture: Capture) -> float | None:
    if not capture.dump:
        return None
    groups = capture.dump.groups
    return float(groups.loc[groups["mechanism"] == "sync lock", "goroutines"].sum())


def _proc_wait(capture: Capture) -> float | None:
    """The mean time from runnable to running, over whole waits."""
    if not capture.trace:
        return None
    spans = capture.trace["GOROUTINE_SPANS"]
    waits = spans.loc[(spans["state"] == "runnable") & spans["whole"], "duration_s"]
    return float(waits.mean()) if len(waits) else None


def _waiting_in(mechanism: str) -> Callable[[Capture], float | None]:
    """How many goroutines wait in a mechanism on average: their time waited over the time traced."""

    def measure(capture: Capture) -> float | None:
        if not capture.trace:
            return None
        spans = capture.trace["GOROUTINE_SPANS"]
        waits = spans[spans["state"] == "waiting"]
        reasons = waits["reason"].astype("str").map(waiting_mechanism)
        return float(waits.loc[reasons == mechanism, "duration_s"].sum() / _traced_s(spans))

    return measure


def _parks(capture: Capture) -> float | None:
    """How often goroutines stop to wait, per request."""
    if not capture.trace or not capture.requests_per_s:
        return None
    spans = capture.trace["GOROUTINE_SPANS"]
    return float((spans["state"] == "waiting").sum() / _traced_s(spans) / capture.requests_per_s)


def _traced_s(spans: pd.DataFrame) -> float:
    end_ns = spans["start_ns"] + spans["duration_s"] * 1e9
    return float(end_ns.max() - spans["start_ns"].min()) / 1e9


#: what is measured of a run besides the widths: level, what, unit, evidence, measure
MEASURES: tuple[tuple[int, str, str, str, Callable[[Capture], float | None]], ...] = (
    (2, "depth below mcall", "frames", "CPU profile", _depth(r"runtime\.mcall")),
    (2, "depth below the handler", "frames", "CPU profile", _depth(HANDLERS)),
    (2, "depth of whole stacks", "frames", "CPU profile", _depth(None)),
    (2, "stacks cut at 64 frames", "share", "CPU profile", _at_cap),
    (2, "goroutines on the commonest stack", "share", "goroutine dump", _largest_group),
    (2, "goroutines that wait for a lock", "1", "goroutine dump", _waiting_for_locks),
    (3, "wait for a proc", "s", "trace", _proc_wait),
    *((3, f"goroutines waiting: {m}", "1", "trace", _waiting_in(m)) for m in _EVENTS),
    (3, "parks per request", "1", "trace", _parks),
)
