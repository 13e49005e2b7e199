"""Locust's `_stats.csv` and `_stats_history.csv`, by version.

Columns go by their names, which changed: `# requests` before 1.0, `Request Count` since; percentiles are
`50%` or, in 0.12 to 0.14, `99.999` without its sign. Times are milliseconds rounded to two digits (`locust`).
The writer is stopped before its last write, so these files lack the last seconds that `--json-file` has.
"""

from __future__ import annotations

import math
import re

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.locust import CARRIES as _JSON
from schedlab.ingest.locust import bin_of
from schedlab.model.carries import COUNTS, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

STATS = Carries(QUANTILES, _JSON.loop, _JSON.connect, "none", _JSON.failures, _JSON.resolution_s)
HISTORY = Carries(COUNTS, _JSON.loop)
LAST_SECONDS = (
    "Locust's CSV files lack the last seconds of the run (some 4 to 8 % of the requests): use --json-file"
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,5})?)%?")
_COUNT = ("Request Count", "# requests", "Total Request Count", "# Requests")
_FAILED = ("Failure Count", "# failures", "Total Failure Count")
_TOTALS = ("Aggregated", "Total")


class Rows:
    """The rows of a CSV as dictionaries by column; `line` of each for damage."""

    def __init__(self, path: str, data: bytes, damage: Damage, needed: tuple[str, ...]):
        lines = load_rows.whole_lines(text_of(data, damage), damage)
        rows = list(load_rows.csv_rows(lines, damage))
        self.names = [name.strip() for name in rows[0][1]] if rows else []
        if not set(needed) <= set(self.names):
            raise damage.refuse(path, f"does not begin with the columns {', '.join(needed)}")
        self.rows = []
        for line, fields in rows[1:]:
            if len(fields) == len(self.names):
                self.rows.append((line, dict(zip(self.names, fields, strict=True))))
            else:
                damage.add("broken row", line, str(fields))

    def __iter__(self):
        return iter(self.rows)

    def first(self, names: tuple[str, ...]) -> str | None:
        """The one of these columns that the file has."""
        return next((name for name in names if name in self.names), None)

    @property
    def percentiles(self) -> dict[str, float]:
        """Column -> q of each percentile column."""
        found = {name: _PERCENT.fullmatch(name) for name in self.names}
        return {name: q for name, m in found.items() if m and 0 < (q := float(m[1]) / 100) <= 1}


def header(head: bytes) -> str:
    """The beginning of a CSV file without quotes."""
    return head[:400].decode("utf-8", "replace").lstrip("\ufeff").replace('"', "")


def _sniff_stats(head: bytes, name: str) -> bool:
    first = header(head)
    return first.startswith(("Type,Name,Request Count,", "Type,Name,# requests,", "Method,Name,# requests,"))


def _sniff_history(head: bytes, name: str) -> bool:
    return header(head).startswith(("Timestamp,User Count,Type,Name,", "Type,Name,Timestamp,# requests"))


def endpoint(kind: str, name: str) -> str:
    """The name of a row: method and name, empty for the total."""
    return "" if name in _TOTALS and kind in ("", "None") else f"{kind} {name}".strip()


def _read_stats(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows = Rows(path, data, damage, ("Name",))
    count, failed = rows.first(_COUNT), rows.first(_FAILED)
    if count is None:
        raise damage.refuse(path, "has no column with the number of requests")
    quantiles, series = [], []
    for line, row in rows:
        name = endpoint(row.get("Type", row.get("Method", "")), row["Name"])
        try:
            n = load_rows.positive(row[count])
            bad = load_rows.positive(row[failed]) if failed else math.nan
        except ValueError:
            damage.add("broken row", line, str(row))
            continue
        series.append((0, math.nan, name, n, bad, math.nan))
        quantiles += _quantiles(rows, row, name, line, damage)
    if not series:
        raise damage.refuse(path, "holds no row of statistics")
    tables = {
        "LATENCY_QUANTILES": load_rows.quantiles(quantiles),
        "LOAD_SERIES": load_rows.series(series),
    }
    total = next((s for s in series if s[2] == ""), series[-1])
    facts = STATS.facts() | {"requests": total[3], "failed": None if math.isnan(total[4]) else total[4]}
    return Reading("locust-stats", tables, facts, damage.frame(), (LAST_SECONDS,))


def _quantiles(rows: Rows, row: dict, name: str, line: int, damage: Damage) -> list[tuple]:
    """(endpoint, q, value_s, resolution_s) of one row; `N/A` stands where there was no request."""
    found, below = [], 0.0
    median = rows.first(("Median Response Time", "Median response time"))
    shown = rows.percentiles or ({median: 0.5} if median else {})
    for column, q in sorted(shown.items(), key=lambda item: item[1]):
        if row[column] in ("N/A", ""):
            continue
        try:
            value = load_rows.positive(row[column])
        except ValueError:
            damage.add("broken percentile", line, row[column])
            continue
        if value < below:  # old versions print a 100 % below the 99 %
            damage.add("percentile that falls", line, f"{column} {row[column]}")
            continue
        below = value
        lo, hi = bin_of(value)
        found.append((name, q, value / 1e3, (hi - lo) / 1e3))
    return found


def _read_history(path: str, data: bytes) -> Reading:
    """Counts between two writes; the printed rates are means of the seconds before and lag every burst."""
    damage = Damage()
    rows = Rows(path, data, damage, ("Timestamp", "Name"))
    count, failed = (
        rows.first(("Total Request Count", "# requests")),
        rows.first(("Total Failure Count", "# failures")),
    )
    if count is None:
        raise damage.refuse(path, "has no column with the total number of requests")
    last: dict[str, tuple[float, float, float]] = {}
    series = []
    for line, row in rows:
        name = endpoint(row.get("Type", ""), row["Name"])
        try:
            now, n = load_rows.positive(row["Timestamp"]), load_rows.positive(row[count])
            bad = load_rows.positive(row[failed]) if failed else 0.0
            users = load_rows.positive(row["User Count"]) if "User Count" in row else math.nan
        except ValueError:
            damage.add("broken row", line, str(row))
            continue
        before = last.get(name)
        if before and now > before[0] and n >= before[1] and bad >= before[2] and now < 2**33:
            start = round(before[0] * 1e9)
            series.append((start, now - before[0], name, n - before[1], bad - before[2], users))
        elif before:
            damage.add("history that does not move on", line, str(row))
        last[name] = (now, n, bad)
    if not last:
        raise damage.refuse(path, "holds no row of history")
    says = "over the last 10 s" if any(name for name in last) else "of all requests so far"
    total = last.get("", next(iter(last.values())))
    facts = HISTORY.facts() | {"percentiles": says, "requests": total[1]}
    doubts = (LAST_SECONDS, f"the percentiles of the history are {says}: they are not those of an interval")
    return Reading("locust-history", {"LOAD_SERIES": load_rows.series(series)}, facts, damage.frame(), doubts)


READERS = (
    Reader(
        "locust-stats",
        _sniff_stats,
        _read_stats,
        ("LATENCY_QUANTILES", "LOAD_SERIES"),
        "Locust _stats.csv (_requests.csv before 0.12)",
        STATS,
        "Locust 1.1, 2.2, 2.47; columns of 0.11 and 0.13 after their source",
    ),
    Reader(
        "locust-history",
        _sniff_history,
        _read_history,
        ("LOAD_SERIES",),
        "Locust _stats_history.csv",
        HISTORY,
        "Locust 1.1, 2.2, 2.47",
    ),
)
