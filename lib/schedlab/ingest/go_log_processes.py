"""Which process printed a record, where several share one stream: told by clocks that run on, or start anew.

A new `SCHED 0ms` is a new process. Time that runs backwards without one, or prints that come far closer than
the period, show processes side by side; then each print goes to the process that was next due.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class _Process:
    number: int
    gomaxprocs: int
    ms: int
    wall_ns: int
    seen: int
    period: float


def split(ms: np.ndarray, gomaxprocs: np.ndarray, wall_ns: np.ndarray) -> tuple[np.ndarray, bool]:
    """(process number of each header of one stream, from 0; whether processes overlap)."""
    numbers = np.cumsum(_starts(ms)) - 1 if len(ms) else np.zeros(0, np.int64)
    if not _overlap(ms, numbers):
        return numbers, False
    return _by_due_time(ms.tolist(), gomaxprocs.tolist(), wall_ns.tolist()), True


def of_collections(gc: np.ndarray, line: np.ndarray, header_line: np.ndarray, header_process: np.ndarray):
    """Process number of each GC cycle: the one whose snapshots stand around it; cycle numbers start anew."""
    restarts = np.cumsum(np.r_[False, np.diff(gc) <= 0]) if len(gc) else np.zeros(0, np.int64)
    if not len(header_line):
        return restarts
    around = np.searchsorted(header_line, line, side="right") - 1
    found = header_process[np.clip(around, 0, None)]
    return np.minimum(np.maximum(found, restarts), header_process.max())


def _starts(ms: np.ndarray) -> np.ndarray:
    starts = (ms == 0) | (np.r_[0, ms[:-1]] > ms)
    starts[:1] = True
    return starts


def _overlap(ms: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether time runs backwards to other than 0, or prints crowd, within what looks like one process."""
    if len(ms) < 2:
        return False
    gaps = np.diff(ms)
    backwards = (gaps < 0) & (ms[1:] > 0)
    same = numbers[1:] == numbers[:-1]
    period = np.median(gaps[same]) if same.any() else 0
    crowded = same & (gaps < period / 2) & (ms[:-1] > 0)
    return bool(backwards.any() or crowded.sum() >= 2)


def _by_due_time(ms: list[int], gomaxprocs: list[int], wall_ns: list[int]) -> np.ndarray:
    processes: list[_Process] = []
    numbers = []
    for place, (now, procs, wall) in enumerate(zip(ms, gomaxprocs, wall_ns, strict=True)):
        process = None if now == 0 else _due(processes, now, procs, wall, place)
        if process is None:
            process = _Process(len(processes), procs, now, wall, place, 0.0)
            processes.append(process)
        else:
            process.period = now - process.ms or process.period
            process.ms, process.gomaxprocs, process.wall_ns, process.seen = now, procs, wall, place
        numbers.append(process.number)
    return np.array(numbers, dtype=np.int64)


def _due(processes: list[_Process], now: int, procs: int, wall: int, place: int) -> _Process | None:
    """The process whose print was due next; one that missed several turns is taken for ended."""
    recent = [p for p in processes[-64:] if p.ms <= now]
    alive = [p for p in recent if place - p.seen <= 2 * len(recent) + 1]
    alive = [p for p in alive if p.gomaxprocs == procs] or (alive if len(alive) == 1 else [])
    if not alive:
        return None
    if wall:
        return min(alive, key=lambda p: abs((wall - p.wall_ns) / 1e6 - (now - p.ms)))
    period = max((p.period for p in alive), default=0.0)
    return min(alive, key=lambda p: (abs(now - p.ms - (p.period or period)), p.seen))
