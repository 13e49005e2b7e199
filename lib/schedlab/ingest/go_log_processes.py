"""Which process printed a record, where several share one stream: told by what must go on in one process.

Time and scheduler ticks never run backwards in a process, its number of procs seldom changes, its threads
move slowly. A new `SCHED 0ms` is a new process. Time or ticks that run backwards without one, or prints that
come far closer than the period, show processes side by side; then each print goes where it fits best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: ticks are 32 bits; a larger fall than this is one that wrapped
_WRAPPED = 1 << 31
#: prints this much of a period off are equally due
_SLACK = 0.25


@dataclass(frozen=True)
class Evidence:
    """What each SCHED line of one stream says about its process, in order; -1 where it does not say."""

    ms: np.ndarray
    gomaxprocs: np.ndarray
    threads: np.ndarray
    ticks: np.ndarray
    wall_ns: np.ndarray


@dataclass
class _Process:
    number: int
    gomaxprocs: int
    ms: int
    threads: int
    ticks: int
    wall_ns: int
    seen: int
    period: float = 0.0

    def may_print(self, ms: int, ticks: int) -> bool:
        """Whether a print of this time and these ticks can follow."""
        return self.ms <= ms and not _fell(self.ticks, ticks)


def split(said: Evidence) -> tuple[np.ndarray, bool]:
    """(process number of each header of one stream, from 0; whether processes overlap)."""
    ms = said.ms
    numbers = np.cumsum(_starts(ms)) - 1 if len(ms) else np.zeros(0, np.int64)
    if not _overlap(said, numbers):
        return numbers, False
    columns = (said.ms, said.gomaxprocs, said.threads, said.ticks, said.wall_ns)
    return _by_fit(list(zip(*(column.tolist() for column in columns), strict=True))), True


def of_collections(
    gc: dict[str, np.ndarray], header_key: np.ndarray, header_process: np.ndarray, procs: dict
):
    """Process number of each GC cycle: the one whose snapshots stand around it; cycle numbers start anew.

    `procs` maps processes that overlap to their number of procs: there, a cycle goes on the count of its own.
    """
    if procs:
        return _by_count(gc, procs)
    number = gc["gc"]
    restarts = np.cumsum(np.r_[False, np.diff(number) <= 0]) if len(number) else np.zeros(0, np.int64)
    if not len(header_key):
        return restarts
    around = np.searchsorted(header_key, gc["key"], side="right") - 1
    found = header_process[np.clip(around, 0, None)]
    return np.minimum(np.maximum(found, restarts), header_process.max())


def _starts(ms: np.ndarray) -> np.ndarray:
    starts = (ms == 0) | (np.r_[0, ms[:-1]] > ms)
    starts[:1] = True
    return starts


def _overlap(said: Evidence, numbers: np.ndarray) -> bool:
    """Whether time or ticks run backwards, or prints crowd, within what looks like one process."""
    ms = said.ms
    if len(ms) < 2:
        return False
    gaps = np.diff(ms)
    backwards = (gaps < 0) & (ms[1:] > 0)
    same = numbers[1:] == numbers[:-1]
    fell = same & (np.diff(said.gomaxprocs) == 0) & _fell(said.ticks[:-1], said.ticks[1:])
    period = np.median(gaps[same]) if same.any() else 0
    crowded = same & (gaps < period / 2) & (ms[:-1] > 0)
    return bool(backwards.any() or fell.any() or crowded.sum() >= 2)


def _fell(before, after):
    """Whether ticks fell, where both are known and the fall is no wrap."""
    fall = before - after
    return (after >= 0) & (fall > 0) & (fall < _WRAPPED)


def _by_fit(prints: list[tuple]) -> np.ndarray:
    processes: list[_Process] = []
    numbers = []
    for place, (ms, procs, threads, ticks, wall) in enumerate(prints):
        process = None if ms == 0 else _best(processes, prints[place], place)
        if process is None:
            process = _Process(len(processes), procs, ms, threads, ticks, wall, place)
            processes.append(process)
        process.period = ms - process.ms or process.period
        process.ms, process.wall_ns, process.seen = ms, wall, place
        if procs >= 0:
            process.gomaxprocs, process.threads, process.ticks = procs, threads, ticks
        numbers.append(process.number)
    return np.array(numbers, dtype=np.int64)


def _best(processes: list[_Process], print_: tuple, place: int) -> _Process | None:
    """The process that a print fits best; one that missed several turns is taken for ended."""
    ms, procs, threads, ticks, wall = print_
    recent = [p for p in processes[-64:] if p.may_print(ms, ticks)]
    alive = [p for p in recent if place - p.seen <= 2 * len(processes[-64:]) + 1]
    if procs >= 0:
        alive = [p for p in alive if p.gomaxprocs == procs] or (alive if len(alive) == 1 else [])
    if not alive:
        return None
    if wall:
        return min(alive, key=lambda p: abs((wall - p.wall_ns) / 1e6 - (ms - p.ms)))
    period = max((p.period for p in alive), default=0.0)

    def misfit(p: _Process) -> tuple:
        late = abs(ms - p.ms - (p.period or period))
        return late // (_SLACK * period + 1), abs(ticks - p.ticks), abs(threads - p.threads), p.seen

    return min(alive, key=misfit)


def _by_count(gc: dict[str, np.ndarray], procs: dict[int, int]) -> np.ndarray:
    """Each cycle to the process with as many procs whose own count it goes on with the smallest step."""
    last = dict.fromkeys(procs, (0, 0.0))
    found = []
    for n, since, width in zip(
        gc["gc"].tolist(), gc["since_start_s"].tolist(), gc["procs"].tolist(), strict=True
    ):
        fits = [p for p, (count, then) in last.items() if procs[p] == width and count < n and then <= since]
        chosen = min(fits, key=lambda p: (_step(last[p][0], n), p), default=max(procs) + 1)
        procs, last = {chosen: width, **procs}, last | {chosen: (n, since)}
        found.append(chosen)
    return np.array(found, dtype=np.int64)


def _step(count: int, n: int) -> int:
    """How far a count must jump to go on at n; one that has shown none yet comes after the one due."""
    return n - count if count else 2
