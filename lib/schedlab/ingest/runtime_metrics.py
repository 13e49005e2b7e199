"""One reading of Go's runtime/metrics and of getrusage, as the testbed's `/dump` gives it."""

from __future__ import annotations

import math
from typing import Any

from schedlab.ingest import json_input
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import GAUGE_BINS, GAUGES

#: ending of a rusage field -> (its unit in base units, its size)
_RUSAGE = {"_us": ("s", 1e-6), "_kib": ("bytes", 1024.0)}


def _sniff(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"{") and b'"metrics"' in head and b'"/sched/' in head


def _read(path: str, data: bytes) -> Reading:
    """Single values become GAUGES under the names of runtime/metrics, histograms GAUGE_BINS."""
    dump = json_input.load(path, data)
    wall_ns = json_input.whole(path, json_input.member(path, dump, "wall_ns", int), "wall_ns")
    metrics = json_input.member(path, dump, "metrics", dict)
    single = {name: value for name, value in metrics.items() if not isinstance(value, dict)}
    gauges = [(name, json_input.number(path, v, name), _unit(name)) for name, v in single.items()]
    gauges += [_rusage(path, name, value) for name, value in _optional(path, dump, "rusage")]
    gauges += [
        (f"counter/{n}", json_input.number(path, v, n), "1") for n, v in _optional(path, dump, "counters")
    ]
    bins = [(name, *b) for name, v in metrics.items() if isinstance(v, dict) for b in _bins(path, name, v)]
    facts = {"go": str(dump.get("go", "")), "wall_ns": wall_ns}
    return Reading(
        READER.name, {"GAUGES": _gauges(wall_ns, gauges), "GAUGE_BINS": _gauge_bins(wall_ns, bins)}, facts
    )


def _optional(path: str, dump: dict, name: str) -> list[tuple[str, Any]]:
    return list(json_input.optional(path, dump, name, dict).items())


def _unit(name: str) -> str:
    """`/gc/heap/live:bytes` is in bytes; `:seconds` and `:cpu-seconds` are s; counts of things are 1."""
    unit = name.rpartition(":")[2]
    return {"bytes": "bytes", "seconds": "s", "cpu-seconds": "s", "percent": "percent"}.get(unit, "1")


def _rusage(path: str, name: str, value: Any) -> tuple[str, float, str]:
    found = json_input.number(path, value, f"rusage {name!r}")
    for ending, (unit, size) in _RUSAGE.items():
        if name.endswith(ending):
            return f"rusage/{name.removesuffix(ending)}", found * size, unit
    return f"rusage/{name}", found, "1"


def _bins(path: str, name: str, histogram: dict) -> list[tuple[float, float, float]]:
    rows = json_input.member(path, histogram, "bins", list, f"{name} ")
    return [_bin(path, name, row) for row in rows]


def _bin(path: str, name: str, row: Any) -> tuple[float, float, float]:
    what = f"a bin [lo, hi, count] of {name}"
    lo, hi, count = row if isinstance(row, list) and len(row) == 3 else (math.nan,) * 3
    return (
        -math.inf if lo is None else json_input.number(path, lo, what),
        math.inf if hi is None else json_input.number(path, hi, what),
        json_input.number(path, count, what, 0.0),
    )


def _gauges(wall_ns: int, rows: list[tuple]):
    names, values, units = zip(*rows, strict=True) if rows else ((), (), ())
    return GAUGES.frame({"wall_ns": [wall_ns] * len(rows), "name": names, "value": values, "unit": units})


def _gauge_bins(wall_ns: int, rows: list[tuple]):
    names, lo, hi, count = zip(*rows, strict=True) if rows else ((), (), (), ())
    units = [_unit(name) for name in names]
    columns = {"name": names, "lo": lo, "hi": hi, "count": count, "unit": units}
    return GAUGE_BINS.frame({"wall_ns": [wall_ns] * len(rows), **columns})


READER = Reader(
    "runtime-metrics", _sniff, _read, ("GAUGES", "GAUGE_BINS"), "runtime/metrics and rusage, one reading"
)
