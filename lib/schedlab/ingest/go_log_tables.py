"""From the records of a Go runtime log to tables: snapshots numbered, processes told apart, doubts kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.ingest import go_log_processes as processes
from schedlab.ingest.damage import Damage
from schedlab.ingest.go_log_records import COLUMNS
from schedlab.model.tables import (
    GC_CYCLES,
    SCHED_GOROUTINES,
    SCHED_PROCS,
    SCHED_SNAPSHOTS,
    SCHED_THREADS,
    Table,
)

SCAN_BIT = 0x1000
_TEXT = {"reason", "preemptoff"}
_FLAGS = {"detail", "doubtful", "spinning", "blocked", "forced"}
_SECONDS = {name for name in COLUMNS["gc"] if name.endswith(("_s", "_share"))}

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Parsed:
    """Columns per kind of record (see COLUMNS), in the order of their lines; (line, source) of lost ones."""

    columns: dict[str, Columns]
    broken: np.ndarray


def columns_of(kind: str, rows: list[tuple]) -> Columns:
    """Columns from rows in the order of COLUMNS."""
    names = COLUMNS[kind]
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return {name: _array(name, v) for name, v in zip(names, values, strict=True)}


def _array(name: str, values: tuple) -> np.ndarray:
    if name in _TEXT:
        return np.array(values, dtype=object)
    if name in _FLAGS and name != "detail":
        return np.array(values, dtype=bool)
    return np.array(values, dtype=np.float64 if name in _SECONDS else np.int64)


def tables(parsed: Parsed, damage: Damage) -> tuple[dict[str, pd.DataFrame], dict, tuple[str, ...]]:
    """(tables, facts, warnings) of one log."""
    header = parsed.columns["header"]
    place = np.lexsort((header["line"], header["source"]))
    header = {name: values[place] for name, values in header.items()}
    process, overlap = _processes(header)
    rows = {
        kind: _attributed(kind, parsed.columns[kind], header, damage)
        for kind in ("proc", "thread", "goroutine")
    }
    doubtful = _doubtful(header, rows, parsed, process, damage)
    found = {
        SCHED_SNAPSHOTS.name: _snapshots(header, process, rows["proc"], doubtful),
        SCHED_PROCS.name: _frame(SCHED_PROCS, rows["proc"]),
        SCHED_THREADS.name: _frame(SCHED_THREADS, rows["thread"]),
        SCHED_GOROUTINES.name: _frame(SCHED_GOROUTINES, _without_scan_bit(rows["goroutine"])),
        GC_CYCLES.name: _collections(parsed.columns["gc"], header, process),
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
    return found, facts, _warnings(n, overlap)


def _key(columns: Columns) -> np.ndarray:
    return (columns["source"] << 44) | columns["line"]


def _processes(header: Columns) -> tuple[np.ndarray, bool]:
    """Process numbers over all streams of the file, and whether processes overlap within one stream."""
    found, overlap, first = np.zeros(len(header["line"]), np.int64), False, 0
    for source in np.unique(header["source"]):
        here = np.flatnonzero(header["source"] == source)
        certain = here[header["ms"][here] >= 0]
        numbers, beside = processes.split(
            *(header[name][certain] for name in ("ms", "gomaxprocs", "wall_ns"))
        )
        nearest = np.searchsorted(certain, here, side="right") - 1
        found[here] = first + (numbers[np.clip(nearest, 0, None)] if len(certain) else 0)
        overlap |= beside
        first = int(found[here].max()) + 1
    return found, overlap


def _attributed(kind: str, columns: Columns, header: Columns, damage: Damage) -> Columns:
    """The rows with the `snapshot` they belong to; rows before the first SCHED line belong to none."""
    snapshot = np.searchsorted(_key(header), _key(columns), side="right") - 1
    owned = (snapshot >= 0) & (
        header["source"][snapshot] == columns["source"] if len(header["line"]) else False
    )
    if owned.all():
        return columns | {"snapshot": snapshot}
    lost = np.flatnonzero(~owned)
    damage.add(f"{kind} line without its SCHED line", int(columns["line"][lost[0]]), "", len(lost))
    return {name: values[owned] for name, values in columns.items()} | {"snapshot": snapshot[owned]}


def _doubtful(header: Columns, rows: dict[str, Columns], parsed: Parsed, process: np.ndarray, damage: Damage):
    """Snapshots that are impossible, that lost a record, or whose dump is not whole."""
    n = len(process)
    doubtful = header["doubtful"].copy()
    if len(parsed.broken) and n:
        owner = (
            np.searchsorted(_key(header), (parsed.broken[:, 1] << 44) | parsed.broken[:, 0], side="right") - 1
        )
        doubtful[owner[owner >= 0]] = True
    counts = {kind: np.bincount(columns["snapshot"], minlength=n) for kind, columns in rows.items()}
    short = (header["detail"] > 0) & ~doubtful & _short(header, counts, process)
    for place in np.flatnonzero(short):
        damage.add("dump that is not whole", int(header["line"][place]), f"SCHED {header['ms'][place]}ms")
    return doubtful | short


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
    local = np.bincount(proc["snapshot"], weights=proc["runqsize"], minlength=n).astype(np.int64)
    printed = np.bincount(proc["snapshot"], minlength=n) > 0
    kept = {name: header[name] for name, _, _ in SCHED_SNAPSHOTS.columns if name in header}
    made = {
        "snapshot": np.arange(n),
        "process": process,
        "since_first_s": header["ms"] / 1e3,
        "local_runqueue": np.where(printed, local, -1),
        "detail": header["detail"] > 0,
        "damaged": doubtful,
    }
    return SCHED_SNAPSHOTS.frame(kept | made)


def _without_scan_bit(columns: Columns) -> Columns:
    status = columns["status"]
    return columns | {"status": status & ~SCAN_BIT, "scan": (status & SCAN_BIT) > 0}


def _collections(gc: Columns, header: Columns, process: np.ndarray) -> pd.DataFrame:
    numbers = np.zeros(len(gc["line"]), np.int64)
    for source in np.unique(gc["source"]):
        mine, theirs = gc["source"] == source, header["source"] == source
        numbers[mine] = processes.of_collections(
            gc["gc"][mine], gc["line"][mine], header["line"][theirs], process[theirs]
        )
    return _frame(GC_CYCLES, gc | {"process": numbers})


def _frame(table: Table, columns: Columns) -> pd.DataFrame:
    return table.frame({name: columns[name] for name, _, _ in table.columns})


def _warnings(n: int, overlap: bool) -> tuple[str, ...]:
    if overlap:
        return (f"{n} processes write into one stream; they were told apart by their clocks",)
    return (f"{n} processes follow each other in this log",) if n > 1 else ()
