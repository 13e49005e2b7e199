"""Execution traces as Go 1.22 and later write them, generation by generation.

A generation (about a second) is complete in itself: its own strings, stacks, clock and the state of every
goroutine it mentions. So a damaged or cut file gives every generation before the damage, and a window of time
is read without the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from schedlab.ingest.go_trace_index import Generation
from schedlab.ingest.go_trace_merge import Reached, finish, fresh, placed, run
from schedlab.ingest.go_trace_rows import Rows
from schedlab.kernels import trace_batches as b
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2
from schedlab.kernels.trace_names import OK, read_samples, read_stacks, read_strings
from schedlab.kernels.trace_rooms import room_for_batch, rows

#: format in the header -> the Go releases that write it
FORMATS = {22: "1.22", 23: "1.23 to 1.24", 25: "1.25", 26: "1.26 to 1.27"}
NAMES_OF_EVENTS = (
    "ProcsChange", "ProcStart", "ProcStop", "ProcSteal", "ProcStatus", "GoCreate", "GoCreateSyscall",
    "GoStart", "GoDestroy", "GoDestroySyscall", "GoStop", "GoBlock", "GoUnblock", "GoSyscallBegin",
    "GoSyscallEnd", "GoSyscallEndBlocked", "GoStatus", "STWBegin", "STWEnd", "GCActive", "GCBegin",
    "GCEnd", "GCSweepActive", "GCSweepBegin", "GCSweepEnd", "GCMarkAssistActive", "GCMarkAssistBegin",
    "GCMarkAssistEnd", "HeapAlloc", "HeapGoal", "GoLabel", "UserTaskBegin", "UserTaskEnd",
    "UserRegionBegin", "UserRegionEnd", "UserLog", "GoSwitch", "GoSwitchDestroy", "GoCreateBlocked",
    "GoStatusStack",
)  # fmt: skip
EVENT_NAMES = dict(enumerate(NAMES_OF_EVENTS, start=9))


def merge(
    data: np.ndarray,
    generations: list[Generation],
    strict: bool = False,
    passed: Callable[[int], None] = lambda pos: None,
) -> Reached:
    """All events of these generations in order, as rows. `strict` rewrites times as Go's own reader does.

    `passed` is told after each generation how far the file has been read.
    """
    reached = fresh(data, sum(g.end - g.offset for g in generations))
    reached.state.now[t.STRICT] = strict
    for generation in generations:
        _merge_one(data, generation, reached)
        passed(generation.end)
    finish(reached)
    return reached


def merge_each(data: np.ndarray, generations: list[Generation]) -> Iterator[Reached]:
    """The same rows, those of one generation at a time; what is open at its end comes with a later one."""
    reached = fresh(data, 0)
    for generation in generations:
        reached.rows = Rows.expecting(generation.end - generation.offset)
        reached.samples, reached.problems = [], []
        reached.state.counts[:] = 0
        _merge_one(data, generation, reached)
        if generation is generations[-1]:
            finish(reached)
        yield reached


def _merge_one(data: np.ndarray, g: Generation, reached: Reached) -> None:
    if g.problem:
        reached.problems.append(("generation left out", g.offset, f"generation {g.number}: {g.problem}"))
        return
    if reached.generations and g.number != reached.generations[-1].number + 1:
        finish(reached)
    s = reached.state = reached.state._replace(scale=g.ns_per_tick)
    if s.now[t.STRICT]:
        s.now[t.GO_CLOCK] = max(g.start_ns, s.now[t.GO_CLOCK] + 1)
    s.now[t.GENERATION] = g.number
    problem = _take_names(data, g, reached)
    if not problem:
        reached.state = _with_cursors(reached.state, g)
        problem = _run(reached)
    reached.generations.append(g)
    if problem:
        reached.problems.append(("generation ended early", g.offset, f"generation {g.number}: {problem}"))
        finish(reached)


def _take_names(data: np.ndarray, g: Generation, reached: Reached) -> str:
    """Strings, stacks and CPU samples of a generation; every event may refer to them."""
    strings, stacks = (_numbers(g, kind) for kind in (b.STRINGS, b.STACKS))
    for row in g.batches[g.batches[:, b.KIND] == b.STRINGS]:
        reached.names = room_for_batch(reached.names)
        if read_strings(data, row[b.START], row[b.END], reached.names, strings) != OK:
            return f"malformed strings at byte {row[b.OFFSET]}"
    for row in g.batches[g.batches[:, b.KIND] == b.STACKS]:
        reached.names = room_for_batch(reached.names)
        if read_stacks(data, row[b.START], row[b.END], reached.names, strings, stacks) != OK:
            return f"malformed stacks at byte {row[b.OFFSET]}"
    s = reached.state
    more = np.full(len(reached.names.texts), -1, np.int64)
    more[: min(len(s.reason_of), len(more))] = s.reason_of[: len(more)]
    samples = _samples(data, g, stacks)
    instants = samples[:, 0] * g.ns_per_tick
    samples = placed(reached, samples, instants, g.offset, f"generation {g.number}")
    reached.samples.append(samples)
    s.now[t.SAMPLE], s.now[t.SAMPLES] = 0, len(samples)
    reached.state = s._replace(strings=strings, stacks=stacks, samples=samples, reason_of=more)
    return ""


def _numbers(g: Generation, kind: int) -> np.ndarray:
    """Room for what the numbers of a generation's strings or stacks stand for."""
    mine = g.batches[g.batches[:, b.KIND] == kind]
    return np.full(int((mine[:, b.END] - mine[:, b.START]).sum()) // 3 + 1024, -1)


def _samples(data: np.ndarray, g: Generation, stacks: np.ndarray) -> np.ndarray:
    """CPU samples (ticks, thread, proc, goroutine, stack) as they stand in the file."""
    batches = g.batches[g.batches[:, b.KIND] == b.SAMPLES]
    samples, n = rows(int((batches[:, b.END] - batches[:, b.START]).sum()) // 6 + 1, 5), 0
    for row in batches:
        n = read_samples(data, row[b.START], row[b.END], stacks, samples, n)
    return samples[:n]


def _with_cursors(s: t.State, g: Generation) -> t.State:
    """One cursor per thread, its batches linked in the order of the file."""
    kinds = g.batches[:, b.KIND]
    special = (b.STRINGS, b.STACKS, b.SAMPLES, b.FREQUENCY, b.SYNC, b.EXPERIMENT, b.END_OF_GENERATION)
    events = g.batches[~np.isin(kinds, special) & (g.batches[:, b.END] > g.batches[:, b.START])]
    while s.now[t.THREADS_USED] + len(events) + 16 > len(s.threads):
        s = s._replace(threads=np.concatenate([s.threads, rows(len(s.threads) + 16, 3)]))
    threads, first, which = np.unique(events[:, b.THREAD], return_index=True, return_inverse=True)
    order = np.argsort(first)
    batches = rows(len(events), 4)
    batches[:, :3] = events[:, [b.START, b.END, b.TIME]]
    cursors = np.full((len(threads), t.CURSOR_COLUMNS), -1, np.int64)
    cursors[:, [t.C_POS, t.C_END]] = 0
    for i, k in enumerate(order):
        mine = np.flatnonzero(which == k)
        batches[mine, 3] = np.append(mine[1:], -1)
        cursors[i, t.C_BATCH] = mine[0]
        cursors[i, t.C_SLOT] = _thread(s, int(threads[k]))
    return s._replace(batches=batches, cursors=cursors, heap=np.zeros(len(cursors), np.int64))


def _thread(s: t.State, thread: int) -> int:
    used = int(s.now[t.THREADS_USED])
    known = np.flatnonzero(s.threads[:used, t.M_ID] == thread)
    if len(known):
        return int(known[0])
    s.threads[used] = thread, -1, -1
    s.now[t.MOST_THREAD] = max(s.now[t.MOST_THREAD], abs(thread))
    s.now[t.THREADS_USED] += 1
    return used


def _run(reached: Reached) -> str:
    """Merge until done; the problem that stopped it, if any."""
    reached.state.now[t.HEAP] = 0
    how = trace_v2.start_generation(reached.state)
    if how == t.DONE:
        how = run(reached, trace_v2.merge)
    return "" if how == t.DONE else _why(reached.state)


def _why(s: t.State) -> str:
    c = s.cursors[s.now[t.BAD_AT]]
    kind = int(c[t.C_TYPE])
    where = f"at byte {c[t.C_AT]} of thread {s.threads[c[t.C_SLOT], t.M_ID]}"
    if kind not in EVENT_NAMES and kind < 128:
        return f"unknown event {kind} {where}"
    return f"{EVENT_NAMES.get(kind, kind)} {where} does not fit what came before it"
