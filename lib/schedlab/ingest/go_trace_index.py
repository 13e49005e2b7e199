"""The generations of a v2 trace: where each lies in the file and what its clock says.

Only the headers of batches are read: a file of any size is indexed without loading it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schedlab.kernels import trace_batches as b
from schedlab.kernels.trace_rooms import rows

HEADER = 16
#: an instant beyond this is no instant: the year 2116 in Unix time
NEVER_NS = 2.0**62


@dataclass(frozen=True)
class Generation:
    """Where one generation lies in the file and what its clock says; `problem` says why it is left out.

    `start_ns` is the instant of its first batch on the trace's clock. `wall_ns` minus `clock_ns` turns such
    instants into Unix time (0 where the format has no clock).
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


def index(
    data: np.ndarray, version: int, passed: Callable[[int], None] = lambda pos: None
) -> list[Generation]:
    """Every generation of a file, found by the headers of its batches; damage ends the list.

    `passed` is told now and then how far the headers, and then the clocks, have been read.
    """
    parts, pos, how = [], HEADER, b.ROOM
    while how == b.ROOM:
        found = rows(1 << 10, 7)
        how, n, pos = b.scan(data, pos, found)
        parts.append(found[:n])
        passed(pos)
    batches = np.concatenate(parts)
    marks = batches[:, b.KIND] == b.END_OF_GENERATION
    numbers = np.where(marks, 0, batches[:, b.GENERATION])
    ends = np.flatnonzero(np.diff(numbers) != 0) + 1
    pieces = [p for p in np.split(batches, ends) if len(p) and p[0, b.KIND] != b.END_OF_GENERATION]
    ended = {int(batches[e - 1, b.GENERATION]) for e in ends if marks[e]}
    what = {b.CUT: "the file ends inside a batch", b.NO_BATCH: "no batch where one should begin"}.get(how, "")
    generations = []
    for piece in pieces:
        generations.append(_generation(data, piece, version, ended, what if piece is pieces[-1] else ""))
        passed(generations[-1].end)
    return generations


def _generation(data, batches, version, ended, broken) -> Generation:
    number = int(batches[0, b.GENERATION])
    clock = _clock(data, batches)
    problem = broken and f"{broken}, at byte {int(batches[-1, b.END])}"
    if not problem and version >= 26 and number not in ended:
        problem = "the file ends before the generation does"
    if not problem and not clock.get("ns_per_tick"):
        problem = "its clock is missing or impossible; the file probably ends before the generation does"
    scale = clock.setdefault("ns_per_tick", 0.0)
    first = int(batches[:, b.TIME].min())
    if clock.get("ticks"):
        clock["clock_ns"] = int(clock["ticks"] * scale)
    clock.pop("ticks", None)
    return Generation(number, int(batches[0, b.OFFSET]), int(batches[-1, b.END]), batches, int(first * scale),
                      problem=problem, **clock)  # fmt: skip


def _clock(data, batches) -> dict:
    """Frequency, and from 1.25 on wall and monotonic time, of a generation; nothing where they cannot be."""
    clock, times = {}, batches[:, b.TIME]
    for row in batches[np.isin(batches[:, b.KIND], (b.FREQUENCY, b.SYNC))]:
        values = _numbers(data[row[b.START] : row[b.END]].tobytes(), skip=int(row[b.KIND] == b.SYNC))
        for kind, args in values:
            if kind == b.FREQUENCY and args[0] > 0:
                clock["ns_per_tick"] = 1.0 / (args[0] / 1e9)
            elif kind == 51:
                clock["ticks"] = int(row[b.TIME]) + args[0]
                clock |= {"monotonic_ns": args[1], "wall_ns": args[2] * 10**9 + args[3]}
    latest = max(int(times.max()), clock.get("ticks", 0)) * clock.get("ns_per_tick", 0.0)
    largest = max(latest, clock.get("monotonic_ns", 0), clock.get("wall_ns", 0))
    return clock if times.min() >= 0 and largest < NEVER_NS else {}


def _numbers(raw: bytes, skip: int) -> list[tuple[int, list[int]]]:
    """The (type, numbers) records of a clock batch: one number for a frequency, four for a snapshot."""
    records, pos = [], skip
    while pos < len(raw):
        kind, args, pos = raw[pos], [], pos + 1
        for _ in range({b.FREQUENCY: 1, 51: 4}.get(kind, 0)):
            value = shift = 0
            while pos < len(raw) and shift < 64:
                value |= (raw[pos] & 127) << shift
                shift, pos = shift + 7, pos + 1
                if raw[pos - 1] < 128:
                    break
            args.append(value)
        records.append((kind, args))
    return records
