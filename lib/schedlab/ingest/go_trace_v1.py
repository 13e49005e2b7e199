"""Execution traces as Go 1.11 to 1.21 write them.

The clock's frequency, the stacks and most strings stand at the end of the file, so a file that was cut has
lost them: its events cannot be placed in time, and that is said. Stacks come last: where only they are cut,
the events are kept.
"""

from __future__ import annotations

import numpy as np

from schedlab.errors import FormatError
from schedlab.ingest.go_trace_index import HEADER
from schedlab.ingest.go_trace_merge import Reached, finish, fresh, intern_text, placed, run
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v1, trace_v1_scan
from schedlab.kernels.trace_rooms import room_for_batch, rows
from schedlab.kernels.trace_v1_events import FIRST_STW

FORMATS = {11: "1.11 to 1.18", 19: "1.19 to 1.20", 21: "1.21"}
NAMES_OF_EVENTS = (
    "None", "Batch", "Frequency", "Stack", "Gomaxprocs", "ProcStart", "ProcStop", "GCStart", "GCDone",
    "STWStart", "STWDone", "GCSweepStart", "GCSweepDone", "GoCreate", "GoStart", "GoEnd", "GoStop",
    "GoSched", "GoPreempt", "GoSleep", "GoBlock", "GoUnblock", "GoBlockSend", "GoBlockRecv",
    "GoBlockSelect", "GoBlockSync", "GoBlockCond", "GoBlockNet", "GoSysCall", "GoSysExit", "GoSysBlock",
    "GoWaiting", "GoInSyscall", "HeapAlloc", "HeapGoal", "TimerGoroutine", "FutileWakeup", "String",
    "GoStartLocal", "GoUnblockLocal", "GoSysExitLocal", "GoStartLabel", "GoBlockGC", "GCMarkAssistStart",
    "GCMarkAssistDone", "UserTaskCreate", "UserTaskEnd", "UserRegion", "UserLog", "CPUSample",
)  # fmt: skip
EVENT_NAMES = dict(enumerate(NAMES_OF_EVENTS))
#: what a goroutine waits for, in the order of trace_v1_events.REASON_OF, in the words of the later format
WAITS = (
    *("forever", "sleep", "unspecified", "chan send", "chan receive", "select", "sync", "sync.(*Cond).Wait"),
    *("network", "GC mark assist wait for work"),
)
#: why the world was stopped (runtime/proc.go, stwReasonStrings of Go 1.21)
STW_121 = (
    *("unknown", "GC mark termination", "GC sweep termination", "write heap dump", "goroutine profile"),
    *("goroutine profile cleanup", "all goroutines stack trace", "read mem stats", "AllThreadsSyscall"),
    *("GOMAXPROCS", "start trace", "stop trace", "CountPagesInUse (test)", "ReadMetricsSlow (test)"),
    *("ReadMemStatsSlow (test)", "PageCachePagesLeaked (test)", "ResetDebugLog (test)"),
)
STW_BEFORE = ("GC mark termination", "GC sweep termination")


def merge(path: str, data: np.ndarray, version: int) -> Reached:
    """All events of the file in order, as rows; FormatError where the end of the file is missing."""
    reached = fresh(data, len(data), WAITS)
    for code, text in enumerate(STW_121 if version >= 21 else STW_BEFORE):
        reached.state.string_of[FIRST_STW + code] = intern_text(reached, text)
    batches, logs, samples, found, how, pos = _scan(data, reached)
    _check(path, found, how, pos)
    s = reached.state
    s = s._replace(scale=1e9 / float(found[trace_v1_scan.TICKS_PER_SECOND]), samples=logs)
    more = np.full(len(reached.names.texts), -1, np.int64)
    reached.state = _with_cursors(s, batches)._replace(reason_of=np.concatenate([s.reason_of, more]))
    problem = _run(reached)
    if problem:
        reached.problems.append(("trace ended early", pos, problem))
    instants = (samples[:, 0] - s.now[t.ZERO]) * s.scale
    reached.samples.append(placed(reached, samples, instants, HEADER, "trace"))
    finish(reached)
    if how == trace_v1_scan.CUT or _nameless(reached):
        text = "the file was cut among its stacks: functions known from those behind are missing"
        reached.problems.append(("trace cut", pos, text))
    return reached


def _nameless(reached: Reached) -> bool:
    """Whether a goroutine was created in a function that is not told; a whole trace tells them all."""
    _, _, _, created, _, _, start, _ = reached.rows.split("lives")
    return bool(((created > 0) & (start < 0)).any())


def _scan(data: np.ndarray, reached: Reached):
    """Batches, log texts and CPU samples of the file; strings and stacks go into `reached`."""
    numbers = (np.full(1 << 12, -1, np.int64), np.full(1 << 12, -1, np.int64))
    parts = [rows(1 << 10, 4), rows(1 << 10, 2), rows(1 << 12, 5)]
    found, how, pos = np.zeros(8, np.int64), trace_v1_scan.ROOM, HEADER
    while how == trace_v1_scan.ROOM:
        reached.names = room_for_batch(reached.names)
        for k, used in enumerate((trace_v1_scan.BATCHES, trace_v1_scan.LOGS, trace_v1_scan.SAMPLES)):
            if found[used] + 4 > len(parts[k]):
                parts[k] = np.concatenate([parts[k], rows(*parts[k].shape)])
        largest = int(found[trace_v1_scan.LARGEST_NUMBER])
        if largest > max(len(data), len(numbers[0])):  # they are counted from 1
            return *parts, found, trace_v1_scan.MALFORMED, pos
        numbers = tuple(np.append(n, np.full(max(0, 2 * largest - len(n)), -1)) for n in numbers)
        how, pos = trace_v1_scan.scan(data, pos, *parts, reached.names, numbers, found)
    kept = [p[: found[k]] for p, k in zip(parts, (0, 2, 1), strict=True)]
    kept[2][:, 4] = numbers[1][np.clip(kept[2][:, 4], 0, len(numbers[1]) - 1)]
    reached.state = reached.state._replace(strings=numbers[0], stacks=numbers[1])
    return *kept, found, how, pos


def _check(path: str, found: np.ndarray, how: int, pos: int) -> None:
    if how == trace_v1_scan.MALFORMED:
        raise FormatError(path, f"no event of a Go execution trace at byte {pos}")
    if not found[trace_v1_scan.BATCHES]:
        raise FormatError(path, "the trace is empty")
    if found[trace_v1_scan.TICKS_PER_SECOND] <= 0:
        cut = f"the file ends inside an event at byte {pos}" if how == trace_v1_scan.CUT else "no clock in it"
        raise FormatError(
            path, f"{cut}: a trace of Go 1.21 or earlier has its clock at the end; capture it again"
        )


def _with_cursors(s: t.State, batches: np.ndarray) -> t.State:
    """One cursor per proc, its batches linked in the order of the file."""
    procs, which = np.unique(batches[:, trace_v1_scan.PROC], return_inverse=True)
    linked = batches.copy()
    cursors = np.full((len(procs), t.CURSOR_COLUMNS), -1, np.int64)
    cursors[:, [t.C_POS, t.C_END]] = 0
    threads = rows(len(procs) + 16, 3)
    for k, proc in enumerate(procs):
        mine = np.flatnonzero(which == k)
        linked[mine, t.B_NEXT] = np.append(mine[1:], -1)
        cursors[k, t.C_BATCH], cursors[k, t.C_SLOT] = mine[0], k
        threads[k] = -1, -1, proc if 0 <= proc < len(s.procs) else -1
    s.now[t.THREADS_USED] = len(procs)
    return s._replace(batches=linked, cursors=cursors, heap=np.zeros(len(procs), np.int64), threads=threads)


def _run(reached: Reached) -> str:
    """Merge until done; the problem that stopped it, if any."""
    how = trace_v1.start_trace(reached.state)
    if how == t.DONE:
        how = run(reached, trace_v1.merge)
    return "" if how == t.DONE else _why(reached.state)


def _why(s: t.State) -> str:
    c = s.cursors[s.now[t.BAD_AT]]
    kind = EVENT_NAMES.get(int(c[t.C_TYPE]), "event")
    proc = s.threads[c[t.C_SLOT], t.M_PROC]
    return f"{kind} at byte {c[t.C_AT]} of proc {proc} does not fit what came before it"
