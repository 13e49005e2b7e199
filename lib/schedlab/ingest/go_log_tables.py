"""From the records of a Go runtime log to tables: snapshots numbered, processes told apart, doubts kept."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import pandas as pd

from schedlab.ingest import go_log_processes as processes
from schedlab.ingest.damage import Damage
from schedlab.ingest.go_log_records import COLUMNS, LINES, Records
from schedlab.model.tables import (
    GC_CYCLES,
    SCHED_GOROUTINES,
    SCHED_PROCS,
    SCHED_SNAPSHOTS,
    SCHED_THREADS,
    Table,
)

_TEXT = {"reason", "preemptoff"}
_FLAGS = {"scan", "doubtful", "spinning", "blocked", "forced"}
_SECONDS = {name for name in COLUMNS["gc"] if name.endswith(("_s", "_share"))}

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Parsed:
    """Columns per kind of record (see COLUMNS), in the order of their keys; keys of lost records."""

    columns: dict[str, Columns]
    broken: np.ndarray


def parsed(records: Records, exact: dict[str, Columns] | None = None) -> Parsed:
    """The records in columns, put among those that the compiled path has found."""
    exact = exact or {}
    columns = {kind: _columns(kind, rows, exact.get(kind)) for kind, rows in records.rows.items()}
    return Parsed(columns, np.array(records.broken, dtype=np.int64))


def _columns(kind: str, rows: list[tuple], exact: Columns | None = None) -> Columns:
    """Columns from rows in the order of COLUMNS, among those that are columns already."""
    rows = sorted(rows, key=itemgetter(0))
    names = COLUMNS[kind]
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    found = {name: _array(name, v) for name, v in zip(names, values, strict=True)}
    if exact is None or not rows:
        return exact or found
    place = np.searchsorted(exact["key"], found["key"], side="right")
    return {name: _inserted(exact[name], place, found[name]) for name in names}


def _array(name: str, values: tuple) -> np.ndarray | pd.Categorical:
    if name in _TEXT:
        return pd.Categorical(values, categories=pd.Index(sorted(set(values)), dtype="str"))
    if name in _FLAGS:
        return np.array(values, dtype=bool)
    return np.array(values, dtype=np.float64 if name in _SECONDS else np.int64)


def _inserted(into, place: np.ndarray, values):
    if not isinstance(into, pd.Categorical):
        return np.insert(into, place, values)
    names = pd.Index(sorted({*into.categories, *values.categories}), dtype="str")
    codes = [text.set_categories(names).codes for text in (into, values)]
    return pd.Categorical.from_codes(np.insert(codes[0], place, codes[1]), names)


def tables(parsed: Parsed, damage: Damage) -> tuple[dict[str, pd.DataFrame], dict, tuple[str, ...]]:
    """(tables, facts, warnings) of one log."""
    header = parsed.columns["header"]
    rows = {
        kind: _attributed(kind, parsed.columns[kind], header, damage)
        for kind in ("proc", "thread", "goroutine")
    }
    process, overlapping = _processes(header, _ticks(header, rows["proc"]))
    doubtful = _doubtful(header, rows, parsed, process, damage)
    found = {
        SCHED_SNAPSHOTS.name: _snapshots(header, process, rows["proc"], doubtful),
        SCHED_PROCS.name: _frame(SCHED_PROCS, rows["proc"]),
        SCHED_THREADS.name: _frame(SCHED_THREADS, rows["thread"]),
        SCHED_GOROUTINES.name: _frame(SCHED_GOROUTINES, rows["goroutine"]),
        GC_CYCLES.name: _collections(parsed.columns["gc"], header, process, overlapping),
    }
    n = (
        max(
            int(process.max(initial=-1)),
            int(found[GC_CYCLES.name]["process"].max() if len(found[GC_CYCLES.name]) else -1),
        )
        + 1
    )
    facts = {
        "processes": n,
        "snapshots": len(process),
        "damaged_snapshots": int(doubtful.sum()),
        "collections": len(found[GC_CYCLES.name]),
    }
    return found, facts, _warnings(n, bool(overlapping))


def _ticks(header: Columns, proc: Columns) -> np.ndarray:
    """The sum of each snapshot's schedticks; -1 where not every proc's was printed."""
    n = len(header["key"])
    sums, known = np.zeros(n, np.int64), np.zeros(n, np.int64)
    np.add.at(sums, proc["snapshot"], proc["schedtick"])
    np.add.at(known, proc["snapshot"], proc["schedtick"] >= 0)
    return np.where((known == header["gomaxprocs"]) & (known > 0), sums, -1)


def _processes(header: Columns, ticks: np.ndarray) -> tuple[np.ndarray, set[int]]:
    """Process numbers over all streams of the file, and the streams in which processes overlap."""
    found, overlapping, first = np.zeros(len(header["key"]), np.int64), set(), 0
    evidence = {name: header[name] for name in ("ms", "gomaxprocs", "threads", "wall_ns")} | {"ticks": ticks}
    sources = header["key"] // LINES
    for source in np.unique(sources):
        here = np.flatnonzero(sources == source)
        certain = here[header["ms"][here] >= 0]
        said = processes.Evidence(**{name: values[certain] for name, values in evidence.items()})
        numbers, beside = processes.split(said)
        nearest = np.searchsorted(certain, here, side="right") - 1
        found[here] = first + (numbers[np.clip(nearest, 0, None)] if len(certain) else 0)
        overlapping |= {int(source)} if beside else set()
        first = int(found[here].max()) + 1
    return found, overlapping


def _attributed(kind: str, columns: Columns, header: Columns, damage: Damage) -> Columns:
    """The rows with the `snapshot` they belong to; rows before the first SCHED line belong to none."""
    key, n = columns["key"], len(header["key"])
    begins = np.searchsorted(key, header["key"])
    snapshot = np.repeat(np.arange(-1, n), np.diff(begins, prepend=0, append=len(key)))
    owned = _owned(key, snapshot, header["key"])
    others = {name: values for name, values in columns.items() if name != "key"}
    if owned is None:
        return others | {"snapshot": snapshot}
    lost = np.flatnonzero(~owned)
    damage.add(f"{kind} line without its SCHED line", int(key[lost[0]] % LINES), "", len(lost))
    return {name: values[owned] for name, values in others.items()} | {"snapshot": snapshot[owned]}


def _owned(key: np.ndarray, snapshot: np.ndarray, header_key: np.ndarray) -> np.ndarray | None:
    """Which rows follow a SCHED line of their own stream; None where all do."""
    if not len(key) or (snapshot[0] >= 0 and key[-1] < LINES):
        return None
    owned = snapshot >= 0
    if len(header_key):
        owned &= header_key[snapshot] // LINES == key // LINES
    return None if owned.all() else owned


def _doubtful(header: Columns, rows: dict[str, Columns], parsed: Parsed, process: np.ndarray, damage: Damage):
    """Snapshots that are impossible, that lost a record, or whose dump is not whole."""
    n = len(process)
    doubtful = header["doubtful"].copy()
    owner = np.searchsorted(header["key"], parsed.broken, side="right") - 1
    doubtful[owner[owner >= 0]] = True
    counts = {kind: _counts(columns["snapshot"], n) for kind, columns in rows.items()}
    short = (header["detail"] > 0) & ~doubtful & _short(header, counts, process)
    for place in np.flatnonzero(short):
        damage.add(
            "dump that is not whole", int(header["key"][place] % LINES), f"SCHED {header['ms'][place]}ms"
        )
    return doubtful | short


def _counts(snapshot: np.ndarray, n: int) -> np.ndarray:
    """How many rows each snapshot has; they stand in the order of the snapshots."""
    return np.diff(np.searchsorted(snapshot, np.arange(n + 1)))


def _short(header: Columns, counts: Columns, process: np.ndarray) -> np.ndarray:
    """Dumps with too few lines: one per proc, one per thread (one may just be leaving), and never fewer
    goroutines than the process showed before, because dead ones stay."""
    short = (counts["proc"] != header["gomaxprocs"]) | (counts["thread"] < header["threads"] - 1)
    for number in np.unique(process):
        mine = np.flatnonzero((process == number) & (header["detail"] > 0))
        seen = counts["goroutine"][mine]
        short[mine] |= (seen < np.maximum.accumulate(seen)) | (seen == 0)
    return short


def _snapshots(header: Columns, process: np.ndarray, proc: Columns, doubtful: np.ndarray) -> pd.DataFrame:
    n = len(process)
    local = np.zeros(n, np.int64)
    np.add.at(local, proc["snapshot"], proc["runqsize"])
    printed = _counts(proc["snapshot"], n) > 0
    kept = {name: header[name] for name, _, _ in SCHED_SNAPSHOTS.columns if name in header}
    made = {
        "snapshot": np.arange(n),
        "process": process,
        "line": header["key"] % LINES,
        "since_first_s": header["ms"] / 1e3,
        "local_runqueue": np.where(printed, local, -1),
        "detail": header["detail"] > 0,
        "damaged": doubtful,
    }
    return SCHED_SNAPSHOTS.frame(kept | made)


def _collections(gc: Columns, header: Columns, process: np.ndarray, overlapping: set[int]) -> pd.DataFrame:
    numbers = np.zeros(len(gc["key"]), np.int64)
    sources, header_sources = gc["key"] // LINES, header["key"] // LINES
    for source in np.unique(sources):
        mine, theirs = sources == source, header_sources == source
        widths = zip(process[theirs].tolist(), header["gomaxprocs"][theirs].tolist(), strict=True)
        procs = dict(widths) if source in overlapping else {}
        numbers[mine] = processes.of_collections(
            {name: values[mine] for name, values in gc.items()}, header["key"][theirs], process[theirs], procs
        )
    return _frame(GC_CYCLES, gc | {"process": numbers, "line": gc["key"] % LINES})


def _frame(table: Table, columns: Columns) -> pd.DataFrame:
    return table.frame({name: columns[name] for name, _, _ in table.columns})


def _warnings(n: int, overlap: bool) -> tuple[str, ...]:
    if overlap:
        return (f"{n} processes write into one stream; they were told apart by their clocks and ticks",)
    return (f"{n} processes follow each other in this log",) if n > 1 else ()
