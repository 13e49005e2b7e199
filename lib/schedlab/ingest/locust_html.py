"""Locust's HTML report: the object that its page is drawn from, where nothing else was kept."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.ingest.locust import bin_of
from schedlab.ingest.locust_csv import STATS, endpoint
from schedlab.model.extend import Reader, Reading

_START = re.compile(r"window\.templateArgs\s*=\s*(?=\{)")
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_Q = re.compile(r"(0\.\d{1,6}|1\.0)")


def _sniff(head: bytes, name: str) -> bool:
    page = head.lstrip()[:200].lower()
    return page.startswith((b"<!doctype html", b"<html")) and b"<title>Locust" in head


def _read(path: str, data: bytes) -> Reading:
    shown = _arguments(path, data.decode("utf-8", "replace"))
    times = [_instant(path, shown.get(key), key) for key in ("start_time", "end_time")]
    duration_s = (times[1] - times[0]) / 1e9 if times[1] > times[0] else math.nan
    series = [
        (times[0], duration_s, *_counts(path, row))
        for row in json_input.member(path, shown, "requests_statistics", list)
    ]
    rows = json_input.member(path, shown, "response_time_statistics", list)
    quantiles = [row for entry in rows for row in _quantiles(path, entry)]
    total = sum(n for _, _, name, n, _, _ in series if name == "")
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(quantiles), "LOAD_SERIES": load_rows.series(series)}
    return Reading(READER.name, tables, STATS.facts() | {"requests": total})


def _arguments(path: str, text: str) -> dict:
    start = _START.search(text)
    if not start:
        raise FormatError(path, "is no Locust report: window.templateArgs is missing")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start.end())
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        line = text.count("\n", 0, start.start()) + 1
        raise FormatError(path, f"window.templateArgs is no JSON: {error}", line) from error
    if not isinstance(found, dict):
        raise FormatError(path, "window.templateArgs is no object")
    return found


def _instant(path: str, text: Any, what: str) -> int:
    """Unix ns; the first pages of this form print UTC without saying so."""
    said = str(text).replace("Z", "+00:00")
    try:
        found = load_rows.instant(f"{said}+00:00" if _NO_ZONE.fullmatch(said) else said)
    except (ValueError, OverflowError) as error:
        raise FormatError(path, f"{what} is no instant: {str(text)[:40]!r}") from error
    return json_input.whole(path, found, what)


def _counts(path: str, row: Any) -> tuple:
    name = _name(path, row)
    requests = json_input.number(path, row.get("num_requests"), "num_requests", 0)
    return name, requests, json_input.number(path, row.get("num_failures"), "num_failures", 0), math.nan


def _quantiles(path: str, row: Any) -> list[tuple]:
    name, found = _name(path, row), []
    for key, value in row.items():
        if _Q.fullmatch(key) and value is not None:
            shown = json_input.number(path, value, f"percentile {key}", 0)
            lo, hi = bin_of(shown)
            found.append((name, float(key), shown / 1e3, (hi - lo) / 1e3))
    return sorted(found)


def _name(path: str, row: Any) -> str:
    return endpoint(
        str(row.get("method") or "") if isinstance(row, dict) else "",
        json_input.member(path, row, "name", str),
    )


READER = Reader(
    "locust-html",
    _sniff,
    _read,
    ("LATENCY_QUANTILES", "LOAD_SERIES"),
    "Locust --html report",
    STATS,
    "Locust 2.47",
)
