"""Where the application's goroutines spent their time: symbols and events of a trace on one axis.

A stack says in which function of the runtime a goroutine left off, an event says what became of it and for
how long. Where the two do not settle the cause, the row says so: the trace cannot decide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.metrics import trace_lanes

#: cause -> Go's reasons for waiting
WAITS = {
    "network wait": ("network",),
    "channel wait": ("chan send", "chan receive"),
    "lock wait": ("sync",),
    "condition wait": ("sync.(*Cond).Wait",),
    "sleep": ("sleep",),
    "GC wait": ("GC mark assist wait for work", "wait until GC ends", "GC weak to strong wait"),
}
#: cause -> why neither symbol nor event settles it
OPEN = {
    "select": "the trace does not say which case woke it: a channel, a timer or a cancelled context",
    "lock wait": "a mutex, a wait group or a semaphore: the symbol tells only where a stack was taken",
    "running": "on a proc, but the trace does not see whether the system had taken the core away",
    "unknown": "it waited before the trace began",
}
#: functions of locks, from which the kind of lock is known
LOCKS = ("sync.(*Mutex)", "sync.(*RWMutex)", "sync.(*WaitGroup)", "internal/sync.(*Mutex)")
_MACHINERY = ("runtime.", "sync.", "internal/", "syscall.")


def attribution(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per cause, runtime symbol and owner (the first frame of the application): the time it took.

    Columns: cause, symbol, owner, count, total_s, share (of all time of those goroutines), decided, because.
    Goroutines of the runtime itself are left out. Mark assists and stop-the-world happen while running or
    waiting, so they are rows of `collector_overlap`, not of this table.
    """
    spans = application(tables)
    entry = symbols(tables["TRACE_STACKS"])
    frame = pd.DataFrame(
        {
            "cause": _cause(spans),
            "symbol": spans["stack"].map(entry["symbol"]).fillna(""),
            "owner": spans["stack"].map(entry["owner"]).fillna(""),
            "total_s": spans["duration_s"],
        }
    )
    groups = frame.groupby(["cause", "symbol", "owner"], sort=False)["total_s"].agg(["size", "sum"])
    found = groups.reset_index().rename(columns={"size": "count", "sum": "total_s"})
    found["share"] = found["total_s"] / max(found["total_s"].sum(), 1e-300)
    found["because"] = [_because(row.cause, row.symbol) for row in found.itertuples()]
    found.insert(6, "decided", found["because"] == "")
    return found.sort_values("total_s", ascending=False, ignore_index=True)


def application(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The spans of goroutines that did not begin in the runtime."""
    lives = tables["TRACE_GOROUTINES"]
    own = lives.loc[lives["function"].astype("str").str.startswith(("runtime.", "runtime/")), "goroutine"]
    return tables["GOROUTINE_SPANS"][~tables["GOROUTINE_SPANS"]["goroutine"].isin(own)]


def symbols(stacks: pd.DataFrame) -> pd.DataFrame:
    """Per stack, `symbol`: the outermost frame of the runtime and its machinery, `owner`: the next one."""
    rows = stacks.sort_values(["stack", "depth"])
    names = rows["function"].astype("str")
    outside = ~names.str.startswith(_MACHINERY)
    above = outside.groupby(rows["stack"]).cummax()
    inner, outer = rows[~above], rows[above]
    symbol = inner.groupby("stack")["function"].last().astype("str")
    owner = outer.groupby("stack")["function"].first().astype("str")
    return pd.DataFrame({"symbol": symbol, "owner": owner}).fillna("")


def holders(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Lock waits by the place that let go: symbol, owner, waits, waited_s, longest_wait_s.

    How long the lock was held cannot be decided: taking a free lock leaves no event. It was held at least as
    long as its longest waiter waited, less the hand-over.
    """
    spans = tables["GOROUTINE_SPANS"].sort_values(["goroutine", "start_ns"], kind="stable")
    before = spans.groupby("goroutine")[["duration_s", "state", "reason"]].shift()
    freed = (spans["state"] == "runnable") & (spans["reason"] == "unblock")
    freed &= (before["state"] == "waiting") & (before["reason"] == "sync")
    entry = symbols(tables["TRACE_STACKS"])
    frame = pd.DataFrame(
        {
            "symbol": spans["stack"].map(entry["symbol"]).fillna(""),
            "owner": spans["stack"].map(entry["owner"]).fillna(""),
            "waited_s": before["duration_s"],
        }
    )[freed]
    groups = frame.groupby(["symbol", "owner"], sort=False)["waited_s"].agg(["size", "sum", "max"])
    found = groups.reset_index().set_axis(["symbol", "owner", "waits", "waited_s", "longest_wait_s"], axis=1)
    return found.sort_values("waited_s", ascending=False, ignore_index=True)


def collector_overlap(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How much of the time of application goroutines in each state fell into ranges of the collector.

    One row per kind of range and state: kind, state, total_s (of the state), overlap_s, share. Inside a
    stop-the-world a goroutine that counts as running makes no progress.
    """
    spans = application(tables)
    rows = []
    for kind in ("gc cycle", "stop-the-world"):
        ranges = tables["TRACE_RANGES"][tables["TRACE_RANGES"]["kind"] == kind].sort_values("start_ns")
        for state in ("running", "runnable", "waiting", "syscall"):
            mine = spans[spans["state"] == state]
            total, inside = float(mine["duration_s"].sum()), _overlap_s(mine, ranges)
            rows.append((kind, state, total, inside, inside / total if total else np.nan))
    return pd.DataFrame(rows, columns=["kind", "state", "total_s", "overlap_s", "share"])


def _overlap_s(spans: pd.DataFrame, ranges: pd.DataFrame) -> float:
    """Seconds of spans inside any of the ranges, which do not overlap each other."""
    starts, stops = ranges["start_ns"].to_numpy(), trace_lanes.ends(ranges).to_numpy()
    covered = np.append(0, np.cumsum(stops - starts))

    def before(at: np.ndarray) -> np.ndarray:
        k = np.searchsorted(starts, at, side="right")
        late = np.where(k > 0, np.clip(at - np.append(0, stops)[k], None, 0), 0)
        return covered[k] + late

    return float(
        (before(trace_lanes.ends(spans).to_numpy()) - before(spans["start_ns"].to_numpy())).sum() / 1e9
    )


def _cause(spans: pd.DataFrame) -> np.ndarray:
    state, reason = (
        spans["state"].astype("str").to_numpy(object),
        spans["reason"].astype("str").to_numpy(object),
    )
    names = {word: cause for cause, words in WAITS.items() for word in words} | {"": "unknown"}
    waiting = np.array([names.get(word, word) for word in reason], object)
    found = np.where(state == "waiting", waiting, state)
    return np.where(
        found == "runnable", "scheduling delay", np.where(found == "syscall", "system call", found)
    )


def _because(cause: str, symbol: str) -> str:
    if cause == "lock wait" and symbol.startswith(LOCKS):
        return ""
    return OPEN.get(cause, "")
