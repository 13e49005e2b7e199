"""oha: JSON report and CSV of requests. Closed loop, connects included; only requests that were answered.

The report's histogram has eleven bins that begin at its keys. Requests still under way at the deadline are
dropped. With `--latency-correction` a duration counts from the intended start while `request-start` is the
actual one: the CSV does not say whether it was on.
"""

from __future__ import annotations

import math

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, QUANTILES, RAW, Carries
from schedlab.model.extend import Reader, Reading

CSV = Carries(RAW, CLOSED, "included", "start", "excluded", 1e-9)
REPORT = Carries(QUANTILES, CLOSED, "included", "none", "excluded", 1e-9)
_COLUMNS = "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status"
_DOUBTS = (
    "oha's CSV does not say whether --latency-correction was on",
    "oha drops the requests under way at the end: the slowest may be missing",
)
_STAMP = "start, from process start"
_CUT = "aborted due to deadline"


def _sniff_csv(head: bytes, name: str) -> bool:
    return head.startswith(_COLUMNS.encode())


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    if not _sniff_csv(data, path):
        raise damage.refuse(path, "does not begin with oha's columns")
    lines = load_rows.whole_lines(text_of(data, damage), damage)[1:]
    frame = load_rows.requests(load_rows.csv_rows(lines, damage, first=2), _row, damage)
    return load_rows.reading(path, "oha-csv", CSV, frame, damage, {"stamp": _STAMP}, _DOUBTS)


def _row(row: list[str]) -> tuple:
    if len(row) != 7:
        raise ValueError("columns")
    sent, latency = (round(load_rows.positive(row[i]) * 1e9) for i in (0, 4))
    status = int(row[6])
    return sent, latency, status, 200 <= status < 400, ""


def _sniff_json(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"{") and b'"summary"' in head and b'"responseTimeHistogram"' in head


def _read_json(path: str, data: bytes) -> Reading:
    report = json_input.load(path, data)
    shown = json_input.member(path, report, "latencyPercentiles", dict)
    rows = [row for key, value in shown.items() if value is not None and (row := _quantile(path, key, value))]
    summary = json_input.member(path, report, "summary", dict)
    answers = json_input.optional(path, report, "statusCodeDistribution", dict)
    errors = json_input.optional(path, report, "errorDistribution", dict)
    counts = {text: json_input.whole(path, n, "a count") for text, n in (answers | errors).items()}
    cut = counts.get(_CUT, 0)
    facts = REPORT.facts() | {
        "requests": sum(counts.values()),
        "failed": sum(n for text, n in counts.items() if text in errors),
        "in_flight_at_end": cut,
        "duration_s": _known(path, summary, "total"),
        "mean_s": _known(path, summary, "average"),
        "max_s": _known(path, summary, "slowest"),
        "requests_per_s": _known(path, summary, "requestsPerSec"),
        "histogram": _histogram(path, report),
    }
    doubts = (f"{cut} requests under way at the end are missing; they may be the slowest",) if cut else ()
    return Reading(
        "oha-json", {"LATENCY_QUANTILES": load_rows.quantiles(sorted(rows))}, facts, warnings=doubts
    )


def _quantile(path: str, key: str, value: object) -> tuple | None:
    digits = key.removeprefix("p")
    if digits == key or not digits.replace(".", "", 1).isdecimal() or float(digits) > 100:
        raise FormatError(path, f"latencyPercentiles has no percentile {key[:40]!r}")
    return "", float(digits) / 100, json_input.number(path, value, key, 0), 1e-9


def _known(path: str, holder: dict, name: str) -> float | None:
    return None if holder.get(name) is None else json_input.number(path, holder[name], name, 0)


def _histogram(path: str, report: dict) -> dict[str, int]:
    """What oha counted per mark; eleven marks bound nothing, so it stays a fact."""
    marks = json_input.member(path, report, "responseTimeHistogram", dict)
    held = {k: n for k, n in marks.items() if k != "NaN"}
    for mark in held:
        if not math.isfinite(json_input.number(path, mark, "a mark", 0)):
            raise FormatError(path, "a mark of the histogram is not finite")
    return {mark: json_input.whole(path, n, "a count") for mark, n in held.items()}


READERS = (
    Reader("oha-csv", _sniff_csv, _read_csv, ("REQUESTS",), "oha --output-format csv", CSV, "oha 1.16"),
    Reader(
        "oha-json",
        _sniff_json,
        _read_json,
        ("LATENCY_QUANTILES",),
        "oha --output-format json",
        REPORT,
        "oha 1.16",
    ),
)
