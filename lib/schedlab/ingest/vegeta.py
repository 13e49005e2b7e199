"""vegeta 12: results as CSV and JSON lines, and its JSON report. Open loop; a time stamp is the start.

Rows stand in the order of completion; they are sorted by start. Code 0 means no answer. The report's
quantiles are estimates of a t-digest; its buckets are counts.
"""

from __future__ import annotations

import json
import re

from schedlab.ingest import json_input, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS

_FACTS = {
    "carries": "raw requests",
    "loop": "open",
    "clock": "connect included",
    "resolution_s": 1e-9,
    "stamp": "start",
}
_CSV = re.compile(rb"\d{16,19},\d{1,3},\d+,\d+,\d+,")
_QUANTILES = {"50th": 0.5, "90th": 0.9, "95th": 0.95, "99th": 0.99}


def _sniff_csv(head: bytes, name: str) -> bool:
    return bool(_CSV.match(head))


def _sniff_json(head: bytes, name: str) -> bool:
    return head.startswith(b'{"attack":') and b'"latency":' in head


def _sniff_report(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b'{"latencies":') and b'"bytes_in"' in head


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows = load_rows.csv_rows(load_rows.whole_lines(text_of(data, damage), damage), damage)
    return _results(path, "vegeta-csv", load_rows.requests(rows, _csv_row, damage), damage)


def _csv_row(row: list[str]) -> tuple:
    if len(row) not in (7, 8, 9, 11, 12):
        raise ValueError("columns")
    code = int(row[1])
    return int(row[0]), int(row[2]), code, 200 <= code < 400 and not row[5], ""


def _read_json(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)
    rows = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    return _results(path, "vegeta-json", load_rows.requests(rows, _json_row, damage), damage)


def _json_row(line: str) -> tuple:
    row = json.loads(line)
    code = int(row["code"])
    sent = load_rows.instant(row["timestamp"])
    return sent, int(row["latency"]), code, 200 <= code < 400 and not row.get("error"), ""


def _results(path: str, name: str, frame, damage: Damage) -> Reading:
    if frame.empty:
        raise damage.refuse(path, "holds no vegeta result")
    frame = frame.sort_values("sent_ns", kind="stable", ignore_index=True)
    return Reading(name, {"REQUESTS": frame}, _FACTS | {"requests": len(frame)}, damage.frame())


def _read_report(path: str, data: bytes) -> Reading:
    report = json_input.load(path, data)
    latencies = json_input.member(path, report, "latencies", dict)
    rows = [("", q, _ns(path, latencies[k], k), 1e-9) for k, q in _QUANTILES.items() if k in latencies]
    edges = json_input.optional(path, report, "buckets", dict)
    counts = {
        json_input.whole(path, k, "a bucket"): json_input.number(path, v, "a count", 0)
        for k, v in edges.items()
    }
    ends = [*sorted(counts), None][1:]
    bins = [
        ("", "as measured", lo / 1e9, float("inf") if hi is None else hi / 1e9, counts[lo])
        for lo, hi in zip(sorted(counts), ends, strict=True)
    ]
    facts = {
        "carries": "histogram" if bins else "quantiles only",
        "loop": "open",
        "clock": "connect included",
        "requests": json_input.number(path, report.get("requests"), "requests", 0),
        "rate": json_input.number(path, report.get("rate"), "rate", 0),
        "mean_s": _ns(path, latencies.get("mean"), "mean"),
    }
    tables = {
        "LATENCY_QUANTILES": load_rows.quantiles(rows),
        "LATENCY_BINS": load_rows.frame(LATENCY_BINS, bins),
    }
    return Reading(
        "vegeta-report", tables, facts, warnings=("vegeta's quantiles are estimates of a t-digest",)
    )


def _ns(path: str, value: object, what: str) -> float:
    return json_input.number(path, value, what, 0.0) / 1e9


READERS = (
    Reader("vegeta-csv", _sniff_csv, _read_csv, ("REQUESTS",), "vegeta encode -to csv"),
    Reader("vegeta-json", _sniff_json, _read_json, ("REQUESTS",), "vegeta encode -to json"),
    Reader(
        "vegeta-report",
        _sniff_report,
        _read_report,
        ("LATENCY_QUANTILES", "LATENCY_BINS"),
        "vegeta report -type json",
    ),
)
