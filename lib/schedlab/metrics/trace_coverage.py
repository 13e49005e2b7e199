"""Which events of a goroutine's life does each source see? Counted from the sources of one run.

A trace counts events. A scheduler log and a goroutine profile are snapshots: they count goroutines found in a
state, not events, and what happens between two of them is lost; the scheduler log's ticks are counters.
runtime/metrics counts some events between two readings. NaN means that the source does not show the event.
"""

from __future__ import annotations

import math

import pandas as pd

from schedlab import ingest
from schedlab.errors import FormatError, MissingTable
from schedlab.metrics.window import snapshots_in_window
from schedlab.model.run import Run

#: what the scheduler log's words for a wait are in a trace
REASONS = {
    "network": ("IO wait",),
    "sleep": ("sleep",),
    "select": ("select", "select (no cases)"),
    "chan receive": ("chan receive", "chan receive (nil chan)"),
    "chan send": ("chan send", "chan send (nil chan)"),
    "sync": (
        "semacquire",
        "sync.Mutex.Lock",
        "sync.RWMutex.Lock",
        "sync.RWMutex.RLock",
        "sync.WaitGroup.Wait",
    ),
    "sync.(*Cond).Wait": ("sync.Cond.Wait",),
}
#: runtime/metrics samples one in eight of the transitions to running (runtime2.go, gTrackingPeriod)
SAMPLED = 8
SOURCES = ("trace", "schedtrace", "goroutine_profile", "runtime_metrics")
_NOWHERE = "no source tells: a recovered panic ends like any other, an unrecovered one ends the process"


def coverage(run: Run) -> pd.DataFrame:
    """One row per kind of event: what each source counted of it, over its own time, and what that means."""
    counted = {source: _COUNTS[source](run) for source in SOURCES}
    blocks = sorted({event for found in counted.values() for event in found if event.startswith("block: ")})
    rows = [(event, *(counted[s].get(event, math.nan) for s in SOURCES)) for event in _order(blocks)]
    table = pd.DataFrame(rows, columns=["event", *SOURCES])
    return table.assign(says=[_NOTES.get(event.partition(":")[0], "") for event in table["event"]])


def _order(blocks: list[str]) -> list[str]:
    return ["create", "runnable", "start", *blocks, "unblock", "preempt", "syscall", "end", "end by panic"]


_NOTES = {
    "create": "snapshots: goroutines not there in the one before, while most live and die in between",
    "runnable": "snapshots: goroutines found in a run queue; runtime/metrics: one in eight, times eight",
    "start": "scheduler log: time slices begun (schedtick), runnext hand-offs not among them",
    "block": "snapshots: goroutines found waiting, however long they have",
    "unblock": "only the trace says who made whom runnable",
    "preempt": "only the trace: to a snapshot a preempted goroutine is a runnable one",
    "syscall": "scheduler log: its counter syscalltick; a trace of Go 1.21 has no end of quick calls",
    "end": "snapshots: nothing, descriptors of the dead are kept for reuse",
    "end by panic": _NOWHERE,
}


def _trace(run: Run) -> dict[str, float]:
    tables = _tables(run, "trace", "GOROUTINE_SPANS", "TRACE_GOROUTINES", "TRACE_EVENTS")
    if not tables:
        return {}
    spans, lives = tables["GOROUTINE_SPANS"], tables["TRACE_GOROUTINES"]
    events = tables["TRACE_EVENTS"].set_index("event")["count"]
    seen = spans[begun(spans)]
    states = seen["state"].value_counts()
    causes, waits = (
        seen.loc[seen["state"] == state, "reason"].astype("str").value_counts()
        for state in ("runnable", "waiting")
    )
    return {
        "create": float(lives["created"].sum()),
        "runnable": float(states.get("runnable", 0)),
        "start": float(events.reindex(["GoStart", "GoStartLocal", "GoStartLabel", "GoSwitch"]).sum()),
        **{f"block: {reason}": float(n) for reason, n in waits.items() if reason},
        "unblock": float(causes.get("unblock", 0)),
        "preempt": float(causes.get("preempted", 0)),
        "syscall": float(events.reindex(["GoSysCall", "GoSyscallBegin"]).sum()),
        "end": float(lives["ended"].sum()),
    }


def begun(spans: pd.DataFrame) -> pd.Series:
    """Spans whose beginning was seen: each goroutine's first one may have begun before the trace."""
    first = ~spans.sort_values("start_ns", kind="stable").duplicated("goroutine").reindex(spans.index)
    return ~first | spans["whole"]


def _schedtrace(run: Run) -> dict[str, float]:
    tables = _tables(run, "server_stderr", "SCHED_SNAPSHOTS", "SCHED_PROCS", "SCHED_GOROUTINES")
    if not tables:
        return {}
    seen = snapshots_in_window(tables, run)["snapshot"]
    inside = tables["SCHED_GOROUTINES"]["snapshot"].isin(seen)
    goroutines = tables["SCHED_GOROUTINES"][inside & (tables["SCHED_GOROUTINES"]["status"] != 6)]
    procs = tables["SCHED_PROCS"][tables["SCHED_PROCS"]["snapshot"].isin(seen)]
    waiting = goroutines.loc[goroutines["status"] == 4, "reason"]
    return {
        "create": float(goroutines["goroutine"].nunique() - _in_first(goroutines)),
        "runnable": float((goroutines["status"] == 1).sum()),
        "start": _ticks(procs, "schedtick"),
        **{f"block: {name}": float(waiting.isin(words).sum()) for name, words in REASONS.items()},
        "syscall": _ticks(procs, "syscalltick"),
    }


def _in_first(goroutines: pd.DataFrame) -> int:
    return int((goroutines["snapshot"] == goroutines["snapshot"].min()).sum())


def _ticks(procs: pd.DataFrame, name: str) -> float:
    """What a counter of the procs, which wraps at 2^32, advanced by between the first and last snapshot."""
    printed = procs[procs[name] >= 0].sort_values("snapshot")
    ends = printed.groupby("proc")[name].agg(["first", "last"])
    return float(((ends["last"] - ends["first"]) % 2**32).sum()) if len(ends) else math.nan


def _goroutine_profile(run: Run) -> dict[str, float]:
    tables = _tables(run, "goroutine_profile", "STACK_SAMPLES")
    return {"block: any": float(tables["STACK_SAMPLES"]["value"].sum())} if tables else {}


def _runtime_metrics(run: Run) -> dict[str, float]:
    before, after = (
        _tables(run, kind, "GAUGES", "GAUGE_BINS") for kind in ("metrics_before", "metrics_after")
    )
    if not (before and after):
        return {}
    runnable = [_latencies(reading["GAUGE_BINS"]) for reading in (before, after)]
    found = {"runnable": SAMPLED * (runnable[1] - runnable[0])}
    created = "/sched/goroutines-created:goroutines"
    gauges = [reading["GAUGES"].set_index("name")["value"] for reading in (before, after)]
    if all(created in values for values in gauges):
        found["create"] = float(gauges[1][created] - gauges[0][created])
    return found


def _latencies(bins: pd.DataFrame) -> float:
    return float(bins.loc[bins["name"] == "/sched/latencies:seconds", "count"].sum())


def _tables(run: Run, kind: str, *names: str) -> dict[str, pd.DataFrame]:
    """Tables of one artifact; none where the run has not got it."""
    if not run.has(kind):
        return {}
    try:
        return {name: ingest.tables(run, name, kind) for name in names}
    except (MissingTable, FormatError):
        return {}


_COUNTS = {
    "trace": _trace,
    "schedtrace": _schedtrace,
    "goroutine_profile": _goroutine_profile,
    "runtime_metrics": _runtime_metrics,
}
