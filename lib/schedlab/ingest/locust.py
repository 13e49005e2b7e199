"""Locust's `--json` and `--json-file`: per endpoint a histogram of rounded times and counts a second.

Locust keeps two significant digits (`bucket_response_time` in locust/stats.py): milliseconds below 100, tens
below 1000, hundreds below 10000, thousands above; mean, minimum and maximum are exact. Connects are included,
failures too. A user waits for its answer: a closed loop, whatever the wait time is called.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import json_input
from schedlab.model.carries import CLOSED, HISTOGRAM, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS, LOAD_SERIES

CARRIES = Carries(HISTOGRAM, CLOSED, "included", failures="included", resolution_s=1e-3)


def _sniff(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"[") and b'"response_times"' in head and b'"num_none_requests"' in head


def _read(path: str, data: bytes) -> Reading:
    entries = json_input.load(path, data)
    if not isinstance(entries, list) or not entries:
        raise FormatError(path, "must hold a list with one object per endpoint", 1)
    bins = [row for entry in entries for row in _bins(path, entry)]
    series = [row for entry in entries for row in _series(path, entry)]
    summaries = [_summary(path, entry) for entry in entries]
    facts = CARRIES.facts() | {"endpoints": summaries}
    return Reading(
        READER.name,
        {"LATENCY_BINS": _frame(LATENCY_BINS, bins), "LOAD_SERIES": _frame(LOAD_SERIES, series)},
        facts,
        warnings=_warnings(summaries),
    )


def bin_of(milliseconds: float) -> tuple[float, float]:
    """(lower, upper) bound in ms of what Locust rounded to this value."""
    half = (
        0.5 if milliseconds < 100 else 5.0 if milliseconds < 1000 else 50.0 if milliseconds < 10000 else 500.0
    )
    return max(0.0, milliseconds - half), milliseconds + half


def _name(path: str, entry: Any) -> str:
    method = entry.get("method") if isinstance(entry, dict) else None
    return f"{method or ''} {json_input.member(path, entry, 'name', str)}".strip()


def _bins(path: str, entry: Any) -> list[tuple]:
    name, rows = _name(path, entry), []
    for shown, n in json_input.member(path, entry, "response_times", dict, f"{name} ").items():
        lo, hi = bin_of(json_input.number(path, shown, f"{name}: a response time", 0.0))
        count = json_input.number(path, n, f"{name}: a count", 0.0)
        rows.append((name, "as measured", lo / 1e3, hi / 1e3, count))
    return sorted(rows)


def _series(path: str, entry: Any) -> list[tuple]:
    """One row a second of this endpoint, by the second in which the answer came."""
    name = _name(path, entry)
    requests = json_input.optional(path, entry, "num_reqs_per_sec", dict, f"{name} ")
    failures = json_input.optional(path, entry, "num_fail_per_sec", dict, f"{name} ")
    seconds = sorted({int(json_input.number(path, s, f"{name}: a second", 0.0)) for s in requests | failures})
    count = {
        s: [json_input.number(path, d.get(str(s), 0), f"{name}: a count", 0.0) for d in (requests, failures)]
        for s in seconds
    }
    return [(s * 10**9, 1.0, name, *count[s], float("nan")) for s in seconds if s < 2**33]


def _summary(path: str, entry: dict) -> dict:
    name = _name(path, entry)
    n = json_input.number(path, entry.get("num_requests"), f"{name}: num_requests", 0.0)
    total_ms = json_input.number(path, entry.get("total_response_time"), f"{name}: total_response_time", 0.0)
    known = (entry.get("start_time"), entry.get("last_request_timestamp"))
    start, end = (json_input.number(path, v or 0, f"{name}: a time", 0.0) for v in known)
    return {
        "name": name,
        "requests": n,
        "failures": json_input.number(path, entry.get("num_failures"), f"{name}: num_failures", 0.0),
        "binned": sum(count for *_, count in _bins(path, entry)),
        "mean_s": total_ms / n / 1e3 if n else None,
        "duration_s": end - start if all(known) and end > start else None,
    }


def _frame(table, rows: list[tuple]) -> pd.DataFrame:
    names = [name for name, _, _ in table.columns]
    return table.frame({n: [row[i] for row in rows] for i, n in enumerate(names)})


def _warnings(summaries: list[dict]) -> tuple[str, ...]:
    warnings = ["Locust rounds response times to 2 digits: below 100 ms a value is known to 1 ms"]
    short = [s["name"] for s in summaries if s["binned"] != s["requests"]]
    if short:
        warnings.append(f"histogram and request count differ for {', '.join(short)}")
    return tuple(warnings)


READER = Reader(
    "locust-json",
    _sniff,
    _read,
    (LATENCY_BINS.name, LOAD_SERIES.name),
    "Locust --json and --json-file",
    CARRIES,
    "Locust 2.47",
)
