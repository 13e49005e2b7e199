"""The report of our own load client (`client.json`): what it achieved, what it cost, what it could not do."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import json_input
from schedlab.model.carries import EITHER, HISTOGRAM, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import GAUGES, LATENCY_BINS, LOAD_SERIES

CARRIES = Carries(HISTOGRAM, EITHER, failures="excluded")


def _sniff(head: bytes, name: str) -> bool:
    return bool(re.match(rb'\s*\{\s*"tool":\s*"schedlab-load', head))


def _read(path: str, data: bytes) -> Reading:
    """Every number of the report is a gauge named by its place; its histogram becomes bins."""
    report = json_input.load(path, data)
    if not isinstance(report, dict):
        raise FormatError(path, "must hold one JSON object", 1)
    json_input.number(path, report.get("requests"), "requests", 0.0)
    numbers = list(_numbers(report))
    gauges = {
        "wall_ns": [0] * len(numbers),
        "name": [name for name, _ in numbers],
        "value": [value for _, value in numbers],
        "unit": [_unit(name) for name, _ in numbers],
    }
    found = {
        "GAUGES": GAUGES.frame(gauges),
        "LATENCY_BINS": _bins(path, report),
        "LOAD_SERIES": _series(path, report),
    }
    facts = {k: v for k, v in report.items() if isinstance(v, str | int | float)}
    return Reading(READER.name, found, CARRIES.facts() | facts)


def _numbers(value: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """(dotted name, value) of every number that a float can hold in nested objects; lists are passed over."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _numbers(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
        yield place, float(value)


def _unit(name: str) -> str:
    """The unit that the name ends in, as the whole project writes them."""
    ending = name.rpartition("_")[2]
    return {"s": "s", "ns": "ns", "bytes": "bytes", "share": "share"}.get(ending, "1")


def _bins(path: str, report: dict) -> pd.DataFrame:
    bins = json_input.optional(path, report, "latency_bins_ns", list)
    if not all(isinstance(b, list) and len(b) == 3 for b in bins):
        raise FormatError(path, "field 'latency_bins_ns' must be a list of [lo_ns, hi_ns, count]")
    rows = [[json_input.number(path, v, "a value of latency_bins_ns", 0.0) for v in b] for b in bins]
    if any(lo > hi for lo, hi, _ in rows):
        raise FormatError(path, "field 'latency_bins_ns' has a bin that ends before it begins")
    return LATENCY_BINS.frame(
        {
            "endpoint": [""] * len(rows),
            "kind": ["as measured"] * len(rows),
            "lo_s": [lo / 1e9 for lo, _, _ in rows],
            "hi_s": [hi / 1e9 for _, hi, _ in rows],
            "count": [count for _, _, count in rows],
        }
    )


def _series(path: str, report: dict) -> pd.DataFrame:
    """Good answers in each second of the window; errors are not told apart by second."""
    seconds = json_input.optional(path, report, "ok_per_second", list)
    window = json_input.optional(path, report, "window", dict)
    start = json_input.whole(path, window.get("start_ns", 0), "window.start_ns", highest=2**62)
    n = len(seconds)
    return LOAD_SERIES.frame(
        {
            "start_ns": [start + i * 10**9 for i in range(n)],
            "duration_s": [1.0] * n,
            "endpoint": [""] * n,
            "requests": [json_input.number(path, v, "a value of ok_per_second", 0.0) for v in seconds],
            "errors": [math.nan] * n,
            "users": [json_input.number(path, report.get("connections", 0), "connections", 0.0)] * n,
        }
    )


READER = Reader(
    "schedlab-client",
    _sniff,
    _read,
    ("GAUGES", "LATENCY_BINS", "LOAD_SERIES"),
    "report of schedlab's load client",
    CARRIES,
    "version 1",
)
