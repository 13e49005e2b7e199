"""Go execution traces, of Go 1.11 to 1.27, without Go: every goroutine's life as tables.

The compiled parts are loaded when a trace is read and not before. A cut or damaged trace of Go 1.22 or later
gives every complete generation and says what is missing.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import source
from schedlab.ingest.damage import Damage
from schedlab.model.extend import Reader, Reading
from schedlab.model.trace_tables import TRACE_GENERATIONS, TRACE_TABLES

_HEADER = re.compile(rb"go 1\.(\d{1,2}) trace\0+")
_V1 = (11, 19, 21)
_V2 = (22, 23, 25, 26)


def _sniff(head: bytes, name: str) -> bool:
    return _HEADER.match(head[:16]) is not None


def _read(path: str, data: bytes) -> Reading:
    """All tables of a trace."""
    return read(path, data)


def read(
    path: str, data: bytes | np.ndarray, window_ns: tuple[int, int] | None = None, strict: bool = False
) -> Reading:
    """All tables of a trace, or of the generations that touch a window of the trace's clock.

    A window reads no other part of the file; rows at its ends are cut at generations, not at the window.
    `strict` rewrites times as Go's own reader does, for comparison with it.
    """
    version = _version(path, data)
    if version in _V1:
        return _read_v1(path, data, version)
    from schedlab.ingest import go_trace_index, go_trace_v2

    raw = np.frombuffer(data, np.uint8)
    generations = go_trace_index.index(raw, version, lambda pos: _forget(data, pos))
    chosen = within(generations, window_ns) if window_ns else generations
    reached = go_trace_v2.merge(raw, chosen, strict, lambda pos: _forget(data, pos))
    if not reached.generations:
        why = chosen[0].problem if chosen else "no generation in it"
        raise FormatError(path, f"no complete generation: {why}; capture it again, and let the trace stop")
    return _read_v2(version, generations, reached)


def open_trace(path: str | Path, window_s: tuple[float, float] | None = None) -> Reading:
    """All tables of a trace file, or those of a window in seconds from its start.

    An unpacked file is not loaded: pages come in as they are read, and a window leaves the rest on disk.
    """
    data = _bytes(path)
    if window_s is None:
        return read(str(path), data)
    zero = start_ns(str(path), data)
    begin, end = (zero + round(second * 1e9) for second in window_s)
    return read(str(path), data, (begin, end))


def start_ns(path: str, data: bytes | np.ndarray) -> int:
    """Where the trace's clock stands when it begins; Go 1.21 and earlier count from there."""
    version = _version(path, data)
    if version in _V1:
        return 0
    from schedlab.ingest import go_trace_index

    generations = go_trace_index.index(np.frombuffer(data, np.uint8), version, lambda pos: _forget(data, pos))
    return generations[0].start_ns if generations else 0


def _bytes(path: str | Path) -> bytes | np.ndarray:
    """The mapped pages of a trace as it stands, or the content of a packed one."""
    if Path(path).is_file():
        with open(path, "rb") as file:
            plain = _sniff(file.read(16), "")
        if plain:
            return np.memmap(path, np.uint8, "r")
    return source.content(path).data


def each_generation(path: str | Path) -> Iterator[Reading]:
    """The tables of a trace of any size, one generation (about a second) at a time, in order.

    What is open when a generation ends comes with a later one. Of an unpacked file, memory holds one
    generation and the distinct strings and stacks so far. A trace of Go 1.21 or earlier is one generation.
    """
    data = _bytes(path)
    version = _version(str(path), data)
    if version in _V1:
        yield _read_v1(str(path), data, version)
        return
    from schedlab.ingest import go_trace_index, go_trace_v2

    raw = np.frombuffer(data, np.uint8)
    generations = go_trace_index.index(raw, version, lambda pos: _forget(data, pos))
    for generation, reached in zip(generations, go_trace_v2.merge_each(raw, generations), strict=True):
        yield _read_v2(version, [generation], reached)
        _forget(data, generation.end)


def _forget(data: bytes | np.ndarray, end: int) -> None:
    """Give the mapped pages before `end` back."""
    if isinstance(data, np.memmap):
        data._mmap.madvise(mmap.MADV_DONTNEED, 0, end - end % mmap.PAGESIZE)


def within(generations: list, window_ns: tuple[int, int]) -> list:
    """The generations that touch a window of the trace's clock; each lasts until the next begins."""
    ends = [g.start_ns for g in generations[1:]] + [np.iinfo(np.int64).max]
    pairs = zip(generations, ends, strict=True)
    return [g for g, end in pairs if g.start_ns < window_ns[1] and end > window_ns[0]]


def _version(path: str, data: bytes | np.ndarray) -> int:
    match = _HEADER.match(bytes(data[:16]))
    if not match:
        raise FormatError(path, "is no Go execution trace: its header is not 'go 1.NN trace'")
    version = int(match[1])
    if version not in (*_V1, *_V2):
        known = ", ".join(f"1.{v}" for v in (*_V1, *_V2))
        raise FormatError(path, f"execution trace format 1.{version} is not known; known are {known}")
    return version


def _read_v2(version: int, generations: list, reached) -> Reading:
    from schedlab.ingest import go_trace_columns, go_trace_v2

    made = go_trace_columns.tables(reached, go_trace_v2.EVENT_NAMES)
    made[TRACE_GENERATIONS.name] = _generations(generations, reached)
    return _reading(version, made, reached, _offset(reached.generations))


def _read_v1(path: str, data: bytes | np.ndarray, version: int) -> Reading:
    from schedlab.ingest import go_trace_columns, go_trace_v1

    reached = go_trace_v1.merge(path, np.frombuffer(data, np.uint8), version)
    made = go_trace_columns.tables(reached, go_trace_v1.EVENT_NAMES)
    problem = "; ".join(text for _, _, text in reached.problems)
    row = {"generation": [1], "offset_bytes": [16], "size_bytes": [len(data) - 16], "start_ns": [0]}
    row |= {"clock_ns": [0], "wall_ns": [0], "problem": [problem]}
    made[TRACE_GENERATIONS.name] = TRACE_GENERATIONS.frame(row)
    return _reading(version, made, reached, None)


def _generations(generations: list, reached) -> pd.DataFrame:
    """Every generation of the file; those of another window have no problem and no rows."""
    said = {offset: text for _, offset, text in reached.problems}
    columns = {
        "generation": [g.number for g in generations],
        "offset_bytes": [g.offset for g in generations],
        "size_bytes": [g.end - g.offset for g in generations],
        "start_ns": [g.start_ns for g in generations],
        "clock_ns": [g.clock_ns for g in generations],
        "wall_ns": [g.wall_ns for g in generations],
        "problem": [g.problem or said.get(g.offset, "") for g in generations],
    }
    return TRACE_GENERATIONS.frame(columns)


def _offset(generations: list) -> int | None:
    """Unix time minus the trace's clock, from the first clock snapshot; None before Go 1.25."""
    known = [g.wall_ns - g.clock_ns for g in generations if g.wall_ns]
    return known[0] if known else None


def _reading(version: int, made: dict[str, pd.DataFrame], reached, offset: int | None) -> Reading:
    spans = made["GOROUTINE_SPANS"]
    start = reached.rows.first_ns if len(spans) else 0
    end = reached.last_ns if len(spans) else 0
    damage = Damage()
    for kind, offset_bytes, text in reached.problems:
        damage.add(kind, 0, f"byte {offset_bytes}: {text}")
    warnings = [f"{text}; what came before it is kept" for _, _, text in reached.problems]
    if offset is None:
        warnings.append("this format has no wall clock: align it with the clocks recorded for the run")
    if reached.rows.shortest_s < 0:
        warnings.append(
            "time stamps are out of order: the processors' counters disagree; durations are doubtful"
        )
    facts = {
        "format": f"go 1.{version}",
        "start_ns": start,
        "end_ns": end,
        "duration_s": (end - start) / 1e9,
        "unix_offset_ns": offset,
        "generations": len(made["TRACE_GENERATIONS"]),
        "events": int(made["TRACE_EVENTS"]["count"].sum()),
        "goroutines": len(made["TRACE_GOROUTINES"]),
    }
    return Reading("go-trace", made, facts, damage.frame(), tuple(warnings))


READER = Reader(
    "go-trace",
    _sniff,
    _read,
    tuple(table.name for table in TRACE_TABLES),
    "Go execution trace (runtime/trace, go test -trace, /debug/pprof/trace), formats 1.11 to 1.26",
    text=False,
)
