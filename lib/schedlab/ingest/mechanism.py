"""The report of a mechanism program: the numbers, histograms and series that it measured about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import GAUGE_BINS, GAUGES

SCHEMA = 1


def _sniff(head: bytes, name: str) -> bool:
    return bool(re.match(rb'\s*\{\s*"schema":\s*\d+,\s*"program":', head))


def _read(path: str, data: bytes) -> Reading:
    """Measures and points of series become GAUGES (a measure has no instant), histograms GAUGE_BINS."""
    report = json_input.load(path, data)
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise FormatError(path, f"must be one JSON object of schema {SCHEMA}", 1)
    gauges = [*_measures(path, report), *_points(path, report)]
    found = {
        "GAUGES": load_rows.frame(GAUGES, gauges),
        "GAUGE_BINS": load_rows.frame(GAUGE_BINS, list(_bins(path, report))),
    }
    about = {name: str(report.get(name, "")) for name in ("program", "go", "gomaxprocs", "seed")}
    facts = json_input.optional(path, report, "facts", dict)
    return Reading(READER.name, found, {**facts, **about})


def _measures(path: str, report: dict) -> Iterator[tuple]:
    for measure in _named(path, report, "measures"):
        name, unit = _who(path, measure)
        yield 0, name, json_input.number(path, measure.get("value"), f"measure {name}"), unit


def _points(path: str, report: dict) -> Iterator[tuple]:
    for series in _named(path, report, "series"):
        name, unit = _who(path, series)
        for point in json_input.optional(path, series, "points", list):
            at, value = _numbers(path, point, 2, f"point of {name}")
            yield json_input.whole(path, at, f"instant of {name}"), name, float(value), unit


def _bins(path: str, report: dict) -> Iterator[tuple]:
    for histogram in _named(path, report, "histograms"):
        name, unit = _who(path, histogram)
        for one in json_input.optional(path, histogram, "bins", list):
            lo, hi, count = _numbers(path, one, 3, f"bin of {name}")
            yield 0, name, float(lo), float(hi), float(count), unit


def _named(path: str, report: dict, kind: str) -> list[Any]:
    return json_input.optional(path, report, kind, list)


def _who(path: str, holder: Any) -> tuple[str, str]:
    return json_input.member(path, holder, "name", str), json_input.member(path, holder, "unit", str)


def _numbers(path: str, values: Any, n: int, what: str) -> list:
    if not isinstance(values, list) or len(values) != n:
        raise FormatError(path, f"a {what} must be {n} numbers")
    for value in values:
        json_input.number(path, value, f"a number of a {what}")
    return values


READER = Reader(
    "schedlab-mechanism",
    _sniff,
    _read,
    ("GAUGES", "GAUGE_BINS"),
    "report of a mechanism program of the testbed",
)
