"""ab's report, its `-e` percentiles and its `-g` table. Closed loop, connects included.

`-g` is sorted by total time and its start is known to the second: the order in time is lost, so it gives bins
of 1 ms and not requests. The report prints whole milliseconds; its `Failed requests` leave out other statuses
than 2xx, which have a line of their own.
"""

from __future__ import annotations

import re
from collections import Counter

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, HISTOGRAM, MEANS, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

_PERCENTILES = b"Percentage served,Time in ms\n"
_TABLE = b"starttime\tseconds\tctime\tdtime\tttime\twait\n"
TABLE = Carries(HISTOGRAM, CLOSED, "included", failures="included", resolution_s=1e-3)
PERCENTILES = Carries(QUANTILES, CLOSED, "included", failures="included", resolution_s=1e-6)
REPORT = Carries(QUANTILES, CLOSED, "included", failures="included", resolution_s=1e-3)
_SHOWN = re.compile(r"^ +(\d{1,3})% +(\d{1,12})(?: \(longest request\))?$", re.M)
_NUMBERS = {
    "connections": r"Concurrency Level: +(\d{1,9})",
    "duration_s": r"Time taken for tests: +(\d{1,12}\.\d{1,6}) seconds",
    "requests": r"Complete requests: +(\d{1,15})",
    "failed": r"Failed requests: +(\d{1,15})",
    "status_errors": r"Non-2xx responses: +(\d{1,15})",
    "requests_per_s": r"Requests per second: +(\d{1,12}\.\d{1,6}) ",
    "mean_s": r"Time per request: +(\d{1,12}\.\d{1,6}) \[ms\] \(mean\)",
}
_NEEDED = ("connections", "duration_s", "requests", "requests_per_s")


def _sniff_percentiles(head: bytes, name: str) -> bool:
    return head.startswith(_PERCENTILES)


def _sniff_table(head: bytes, name: str) -> bool:
    return head.startswith(_TABLE)


def _read_percentiles(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)[1:]
    rows = []
    for line, row in load_rows.csv_rows(lines, damage, first=2):
        try:
            percent, value = map(load_rows.positive, row)
            if percent > 100:
                raise ValueError("percent")
            rows.append(("", percent / 100, value / 1e3, 1e-6))
        except ValueError:
            damage.add("broken row", line, str(row))
    if not rows or not _sniff_percentiles(data, path):
        raise damage.refuse(path, "holds no percentile of ab -e")
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(rows)}
    return Reading("ab-percentiles", tables, PERCENTILES.facts(), damage.frame())


def _read_table(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)[1:]
    counts: Counter[int] = Counter()
    for line, row in load_rows.csv_rows(lines, damage, "\t", first=2):
        if len(row) == 6 and row[4].isdecimal() and len(row[4]) < 12:
            counts[int(row[4])] += 1
        else:
            damage.add("broken row", line, str(row))
    if not counts or not _sniff_table(data, path):
        raise damage.refuse(path, "holds no row of ab -g")
    bins = [("", "as measured", max(0, t - 0.5) / 1e3, (t + 0.5) / 1e3, n) for t, n in sorted(counts.items())]
    facts = TABLE.facts() | {"requests": counts.total()}
    return Reading("ab-table", {"LATENCY_BINS": load_rows.bins(bins)}, facts, damage.frame())


def _sniff_report(head: bytes, name: str) -> bool:
    return b"This is ApacheBench" in head or (b"Time per request:" in head and b"Concurrency Level:" in head)


def _read_report(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    if text.count("Concurrency Level:") > 1:
        raise damage.refuse(path, "holds several ab reports: one file each")
    shown = {name: m for name, pattern in _NUMBERS.items() if (m := re.search("^" + pattern, text, re.M))}
    missing = [name for name in _NEEDED if name not in shown]
    if missing:
        raise damage.refuse(path, f"is no whole ab report: {', '.join(missing)} missing")
    facts = {name: float(m[1]) for name, m in shown.items()}
    facts["mean_s"] = facts["mean_s"] / 1e3 if "mean_s" in facts else None
    rows = [("", float(p) / 100, float(ms) / 1e3, 1e-3) for p, ms in _SHOWN.findall(text) if float(p) <= 100]
    carries = REPORT if rows else Carries(MEANS, CLOSED, "included", failures="included")
    bad = facts.get("failed", 0.0) + facts.get("status_errors", 0.0)
    series = [(0, facts["duration_s"], "", facts["requests"], bad, facts["connections"])]
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(rows), "LOAD_SERIES": load_rows.series(series)}
    return Reading("ab", tables, carries.facts() | facts, damage.frame())


READERS = (
    Reader(
        "ab",
        _sniff_report,
        _read_report,
        ("LATENCY_QUANTILES", "LOAD_SERIES"),
        "ab's text report",
        REPORT,
        "ApacheBench 2.3",
    ),
    Reader(
        "ab-percentiles",
        _sniff_percentiles,
        _read_percentiles,
        ("LATENCY_QUANTILES",),
        "ab -e",
        PERCENTILES,
        "ApacheBench 2.3",
    ),
    Reader("ab-table", _sniff_table, _read_table, ("LATENCY_BINS",), "ab -g", TABLE, "ApacheBench 2.3"),
)
