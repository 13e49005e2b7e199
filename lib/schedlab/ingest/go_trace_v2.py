"""Execution traces as Go 1.22 and later write them, generation by generation.

A generation (about a second) is complete in itself: its own strings, stacks, clock and the state of every
goroutine it mentions. So a damaged or cut file gives every generation before the damage, and a window of time
is read without the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from schedlab.kernels import trace_batches as b
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v2
from schedlab.kernels.trace_names import OK, Names, read_samples, read_stacks, read_strings
from schedlab.kernels.trace_rooms import close, fresh_names, fresh_state, make_room, room_for_batch, rows

#: format in the header -> the Go releases that write it
FORMATS = {22: "1.22", 23: "1.23 to 1.24", 25: "1.25", 26: "1.26 to 1.27"}
HEADER = 16
NAMES_OF_EVENTS = [
    "ProcsChange",
    "ProcStart",
    "ProcStop",
    "ProcSteal",
    "ProcStatus",
    "GoCreate",
    "GoCreateSyscall",
    "GoStart",
    "GoDestroy",
    "GoDestroySyscall",
    "GoStop",
    "GoBlock",
    "GoUnblock",
    "GoSyscallBegin",
    "GoSyscallEnd",
    "GoSyscallEndBlocked",
    "GoStatus",
    "STWBegin",
    "STWEnd",
    "GCActive",
    "GCBegin",
    "GCEnd",
    "GCSweepActive",
    "GCSweepBegin",
    "GCSweepEnd",
    "GCMarkAssistActive",
    "GCMarkAssistBegin",
    "GCMarkAssistEnd",
    "HeapAlloc",
    "HeapGoal",
    "GoLabel",
    "UserTaskBegin",
    "UserTaskEnd",
    "UserRegionBegin",
    "UserRegionEnd",
    "UserLog",
    "GoSwitch",
    "GoSwitchDestroy",
    "GoCreateBlocked",
    "GoStatusStack",
]
EVENT_NAMES = dict(enumerate(NAMES_OF_EVENTS, start=9))
#: reasons with a number of their own; further ones are numbered as they come
KNOWN_REASONS = ("", "preempted")


@dataclass(frozen=True)
class Generation:
    """Where one generation lies in the file and what its clock says; `problem` says why it is left out.

    `start_ns` and `end_ns` are instants of the trace's clock: of its first batch and of the next generation's
    first batch. `wall_ns` minus `clock_ns` turns them into Unix time (0 where the format has no clock).
    """

    number: int
    offset: int
    end: int
    batches: np.ndarray
    start_ns: int
    ns_per_tick: float
    clock_ns: int = 0
    wall_ns: int = 0
    monotonic_ns: int = 0
    problem: str = ""


@dataclass
class Reached:
    """What a merge over several generations has come to: state, names, and what was left out and why."""

    state: t.State
    names: Names
    generations: list[Generation] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)


def index(data: np.ndarray, version: int) -> list[Generation]:
    """Every generation of a file, found by the headers of its batches; damage ends the list."""
    parts, pos, how = [], HEADER, b.ROOM
    while how == b.ROOM:
        found = rows(1 << 14, 7)
        how, n, pos = b.scan(data, pos, found)
        parts.append(found[:n])
    batches = np.concatenate(parts)
    marks = batches[:, b.KIND] == b.END_OF_GENERATION
    numbers = np.where(marks, 0, batches[:, b.GENERATION])
    ends = np.flatnonzero(np.diff(numbers) != 0) + 1
    pieces = [p for p in np.split(batches, ends) if len(p) and p[0, b.KIND] != b.END_OF_GENERATION]
    ended = {int(batches[e - 1, b.GENERATION]) for e in ends if marks[e]}
    what = {b.CUT: "the file ends inside a batch", b.NO_BATCH: "no batch where one should begin"}.get(how, "")
    return [_generation(data, p, version, ended, what if p is pieces[-1] else "") for p in pieces]


def _generation(data, batches, version, ended, broken) -> Generation:
    number = int(batches[0, b.GENERATION])
    clock = _clock(data, batches)
    problem = broken and f"{broken}, at byte {int(batches[-1, b.END])}"
    if not problem and version >= 26 and number not in ended:
        problem = "the file ends before the generation does"
    if not problem and not clock.get("ns_per_tick"):
        problem = "its clock is missing; the file probably ends before the generation does"
    scale = clock.setdefault("ns_per_tick", 0.0)
    first = int(batches[:, b.TIME].min())
    if clock.get("ticks"):
        clock["clock_ns"] = int(clock["ticks"] * scale)
    clock.pop("ticks", None)
    return Generation(number, int(batches[0, b.OFFSET]), int(batches[-1, b.END]), batches, int(first * scale),
                      problem=problem, **clock)  # fmt: skip


def _clock(data, batches) -> dict:
    """Frequency, and from 1.25 on wall and monotonic time, of a generation."""
    clock = {}
    for row in batches[np.isin(batches[:, b.KIND], (b.FREQUENCY, b.SYNC))]:
        values = _numbers(data[row[b.START] : row[b.END]].tobytes(), skip=int(row[b.KIND] == b.SYNC))
        for kind, args in values:
            if kind == b.FREQUENCY and args[0] > 0:
                clock["ns_per_tick"] = 1.0 / (args[0] / 1e9)
            elif kind == 51:
                clock["ticks"] = int(row[b.TIME]) + args[0]
                clock |= {"monotonic_ns": args[1], "wall_ns": args[2] * 10**9 + args[3]}
    return clock


def _numbers(raw: bytes, skip: int) -> list[tuple[int, list[int]]]:
    """The (type, numbers) records of a clock batch: one number for a frequency, four for a snapshot."""
    records, pos = [], skip
    while pos < len(raw):
        kind, args, pos = raw[pos], [], pos + 1
        for _ in range({b.FREQUENCY: 1, 51: 4}.get(kind, 0)):
            value = shift = 0
            while pos < len(raw):
                value |= (raw[pos] & 127) << shift
                shift, pos = shift + 7, pos + 1
                if raw[pos - 1] < 128:
                    break
            args.append(value)
        records.append((kind, args))
    return records


def merge(data: np.ndarray, generations: list[Generation], strict: bool = False) -> Reached:
    """All events of these generations in order, as rows. `strict` rewrites times as Go's own reader does."""
    size = sum(g.end - g.offset for g in generations)
    reached = Reached(fresh_state(data, size // 3 + 4096, 1.0), fresh_names())
    _know_reasons(reached)
    reached.state.now[t.STRICT] = strict
    for generation in generations:
        if generation.problem:
            reached.problems.append(("generation left out", generation.offset, _about(generation)))
            continue
        _merge_one(data, generation, reached)
    finish(reached)
    return reached


def _about(generation: Generation) -> str:
    return f"generation {generation.number}: {generation.problem}"


def _know_reasons(reached: Reached) -> None:
    """Number the known reasons first, so that the kernel can ask for `preempted`."""
    for code, text in enumerate(KNOWN_REASONS):
        row = intern_text(reached, text)
        reached.state.string_of[code], reached.state.reason_of[row] = row, code
    reached.state.now[t.REASONS] = len(KNOWN_REASONS)
    reached.state.now[t.PREEMPTED_REASON] = KNOWN_REASONS.index("preempted")


def intern_text(reached: Reached, text: str) -> int:
    """The row of a string of our own among those of the trace."""
    raw = np.frombuffer(b"\x04\x05\x01" + bytes([len(text)]) + text.encode(), np.uint8)
    local = np.full(2, -1, np.int64)
    read_strings(raw, 0, len(raw), reached.names, local)
    return int(local[1])


def _merge_one(data: np.ndarray, g: Generation, reached: Reached) -> None:
    s = reached.state._replace(scale=g.ns_per_tick)
    first = g.start_ns
    if s.now[t.STRICT]:
        s.now[t.GO_CLOCK] = max(first, s.now[t.GO_CLOCK] + 1)
    if not reached.generations:
        s.now[t.FIRST_GENERATION] = g.number
    s.now[t.GENERATION] = g.number
    problem, s = _take_names(data, g, reached, s)
    if not problem:
        s = _with_cursors(s, g)
        problem, s = _run(s)
    reached.state = s
    reached.generations.append(g)
    if problem:
        reached.problems.append(("generation ended early", g.offset, f"generation {g.number}: {problem}"))
        finish(reached)


def _take_names(data, g, reached, s) -> tuple[str, t.State]:
    """Strings, stacks and CPU samples of a generation; every event may refer to them."""
    bulk = g.batches[:, b.END] - g.batches[:, b.START]
    local = [
        np.full(int(bulk[g.batches[:, b.KIND] == k].sum()) // 3 + 1024, -1) for k in (b.STRINGS, b.STACKS)
    ]
    for row in g.batches[g.batches[:, b.KIND] == b.STRINGS]:
        reached.names = room_for_batch(reached.names)
        if read_strings(data, row[b.START], row[b.END], reached.names, local[0]) != OK:
            return f"malformed strings at byte {row[b.OFFSET]}", s
    for row in g.batches[g.batches[:, b.KIND] == b.STACKS]:
        reached.names = room_for_batch(reached.names)
        if read_stacks(data, row[b.START], row[b.END], reached.names, *local) != OK:
            return f"malformed stacks at byte {row[b.OFFSET]}", s
    samples, n = rows(int(bulk[g.batches[:, b.KIND] == b.SAMPLES].sum()) // 6 + 1, 5), 0
    for row in g.batches[g.batches[:, b.KIND] == b.SAMPLES]:
        n = read_samples(data, row[b.START], row[b.END], local[1], samples, n)
    samples = samples[:n]
    samples[:, 0] = (samples[:, 0].astype(np.float64) * g.ns_per_tick).astype(np.int64)
    samples = samples[np.argsort(samples[:, 0], kind="stable")]
    reached.samples.append(samples)
    s.now[t.SAMPLE], s.now[t.SAMPLES] = 0, n
    more = np.full(len(reached.names.texts), -1, np.int64)
    more[: min(len(s.reason_of), len(more))] = s.reason_of[: len(more)]
    return "", s._replace(strings=local[0], stacks=local[1], samples=samples, reason_of=more)


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
    s.now[t.THREADS_USED] += 1
    return used


def _run(s: t.State) -> tuple[str, t.State]:
    """Merge until done; the problem that stopped it, if any."""
    s.now[t.HEAP] = 0
    how = trace_v2.start_generation(s)
    if how == t.DONE:
        how = t.ROOM
        while how == t.ROOM:
            how = trace_v2.merge(s)
            s = make_room(s) if how == t.ROOM else s
    return ("" if how == t.DONE else _why(s)), s


def _why(s: t.State) -> str:
    c = s.cursors[s.now[t.BAD_AT]]
    kind = int(c[t.C_TYPE])
    where = f"at byte {c[t.C_AT]} of thread {s.threads[c[t.C_SLOT], t.M_ID]}"
    if kind not in EVENT_NAMES and kind < 128:
        return f"unknown event {kind} {where}"
    return f"{EVENT_NAMES.get(kind, kind)} {where} does not fit what came before it"


def finish(reached: Reached) -> None:
    """Write what is still open as incomplete."""
    while close(reached.state) == t.ROOM:
        reached.state = make_room(reached.state)
