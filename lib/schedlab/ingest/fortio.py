"""fortio's JSON results, and Nighthawk's in fortio's shape and in its own.

fortio's buckets are (start, end] of a width that `-r` chose (1 ms unless said): quantiles between their edges
are interpolated, so only the buckets are taken. Nighthawk writes 64-bit numbers as strings and, in early
versions, percentiles as shares; its own shape holds a spectrum a statistic.
"""

from __future__ import annotations

import math
import re
from typing import Any

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.model.carries import CLOSED, EITHER, HISTOGRAM, MEANS, SPECTRUM, Carries
from schedlab.model.extend import Reader, Reading

FORTIO = Carries(HISTOGRAM, CLOSED, "excluded", failures="included")
NIGHTHAWK = Carries(SPECTRUM, EITHER, "excluded", failures="included", resolution_s=1e-9)
_TIMED = "benchmark_http_client.request_to_response"
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)s")


def _sniff(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"{") and b'"DurationHistogram"' in head


def _read(path: str, data: bytes) -> Reading:
    report = json_input.load(path, data)
    held = json_input.member(path, report, "DurationHistogram", dict)
    bins = [_bucket(path, b) for b in json_input.optional(path, held, "Data", list)]
    bins = [b for b in bins if b[4] > 0]
    count = json_input.whole(path, held.get("Count"), "Count")
    counted = sum(b[4] for b in bins)
    codes = json_input.optional(path, report, "RetCodes", dict)
    facts = (FORTIO if bins else Carries(MEANS, CLOSED, "excluded")).facts() | {
        "requests": count,
        "mean_s": json_input.number(path, held.get("Avg", 0), "Avg", 0),
        "min_s": json_input.number(path, held.get("Min", 0), "Min", 0),
        "max_s": json_input.number(path, held.get("Max", 0), "Max", 0),
        "requested_per_s": _rate(report.get("RequestedQPS")),
        "requests_per_s": json_input.number(path, report.get("ActualQPS", 0), "ActualQPS", 0),
        "duration_s": json_input.number(path, report.get("ActualDuration", 0), "ActualDuration", 0) / 1e9,
        "connections": json_input.whole(path, report.get("NumThreads", 0), "NumThreads"),
        "codes": {code: json_input.whole(path, n, "a count") for code, n in codes.items()},
    }
    doubts = () if counted == count else (f"the buckets hold {counted:.0f} of {count} requests",)
    rows = [] if report.get("Labels") == "Nighthawk" else _quantiles(path, held)
    tables = {"LATENCY_BINS": load_rows.bins(bins), "LATENCY_QUANTILES": load_rows.quantiles(rows)}
    return Reading("fortio", tables, facts, warnings=doubts)


def _bucket(path: str, bucket: Any) -> tuple:
    if not isinstance(bucket, dict):
        raise FormatError(path, "DurationHistogram.Data must hold objects")
    lo, hi = (json_input.number(path, bucket.get(k, 0), f"{k} of a bucket", 0) for k in ("Start", "End"))
    if hi < lo:
        raise FormatError(path, f"a bucket ends before it begins: {lo:g} to {hi:g}")
    return "", "as measured", lo, hi, float(json_input.whole(path, bucket.get("Count"), "Count of a bucket"))


def _quantiles(path: str, held: dict) -> list[tuple]:
    """fortio's percentiles; they are interpolated within buckets, so the bucket's width is their step."""
    rows = []
    for slot in json_input.optional(path, held, "Percentiles", list):
        if not isinstance(slot, dict):
            raise FormatError(path, "Percentiles must hold objects")
        q = json_input.number(path, slot.get("Percentile"), "a percentile", 0) / 100
        if q > 1:
            raise FormatError(path, f"percentile {q * 100:g} is over 100")
        rows.append(("", q, json_input.number(path, slot.get("Value"), "a value", 0), math.nan))
    return rows


def _rate(shown: Any) -> float | None:
    """The requested rate; fortio writes `max` for as fast as possible."""
    text = str(shown)
    return float(text) if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text) else None


def _sniff_nighthawk(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"{") and b'"termination_predicates"' in head and b'"options"' in head


def _read_nighthawk(path: str, data: bytes) -> Reading:
    report = json_input.load(path, data)
    results = json_input.member(path, report, "results", list)
    whole = [r for r in results if isinstance(r, dict) and r.get("name") == "global"] or results[:1]
    if not whole:
        raise FormatError(path, "holds no result")
    statistics = json_input.member(path, whole[0], "statistics", list)
    bins, means = [], {}
    for statistic in statistics:
        name = json_input.member(path, statistic, "id", str)
        found, mean = _spectrum(path, name, statistic)
        bins += found
        means |= {name: mean} if name else {}
    timed = any(b[0] == "" for b in bins)
    facts = (NIGHTHAWK if timed else Carries(MEANS, EITHER, "excluded")).facts() | {
        "means_s": means,
        "duration_s": _seconds(path, whole[0].get("execution_duration", "0s")),
    }
    return Reading("nighthawk", {"LATENCY_BINS": load_rows.bins(bins)}, facts)


def _spectrum(path: str, name: str, statistic: dict) -> tuple[list[tuple], float | None]:
    """(bins between the printed durations, mean in s) of one statistic; response times have no name."""
    bins, below, counted = [], 0.0, 0
    for slot in json_input.optional(path, statistic, "percentiles", list):
        value = _seconds(path, slot.get("duration") if isinstance(slot, dict) else None)
        count = json_input.whole(path, slot.get("count"), "count of a percentile")
        if value < below or count < counted:
            raise FormatError(path, f"the percentiles of {name!r} fall")
        if value > below and count > counted:
            shown = "" if name == _TIMED else name
            bins.append((shown, "as measured", below, value, float(count - counted)))
            below, counted = value, count
    mean = statistic.get("mean")
    return bins, None if mean is None else _seconds(path, mean)


def _seconds(path: str, text: Any) -> float:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise FormatError(path, f"no duration: {str(text)[:40]!r}")
    return float(found[1])


READERS = (
    Reader(
        "fortio",
        _sniff,
        _read,
        ("LATENCY_BINS", "LATENCY_QUANTILES"),
        "fortio -json, Nighthawk in fortio's shape",
        FORTIO,
        "fortio 1.60; Nighthawk 0.x",
    ),
    Reader(
        "nighthawk",
        _sniff_nighthawk,
        _read_nighthawk,
        ("LATENCY_BINS",),
        "Nighthawk --output-format json",
        NIGHTHAWK,
        "Nighthawk 0.x",
        shown_by="its own test files",
    ),
)
