"""ab's `-e` percentiles and `-g` table. Closed loop, connects included.

`-g` is sorted by total time and its start is known to the second: the order in time is lost, so it gives bins
of 1 ms and not requests.
"""

from __future__ import annotations

from collections import Counter

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS

_PERCENTILES = b"Percentage served,Time in ms\n"
_TABLE = b"starttime\tseconds\tctime\tdtime\tttime\twait\n"
_FACTS = {"loop": "closed", "clock": "connect included"}


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
    return Reading("ab-percentiles", tables, _FACTS | {"carries": "quantiles only"}, damage.frame())


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
    facts = _FACTS | {"carries": "histogram", "resolution_s": 1e-3, "requests": counts.total()}
    return Reading("ab-table", {"LATENCY_BINS": load_rows.frame(LATENCY_BINS, bins)}, facts, damage.frame())


READERS = (
    Reader("ab-percentiles", _sniff_percentiles, _read_percentiles, ("LATENCY_QUANTILES",), "ab -e"),
    Reader("ab-table", _sniff_table, _read_table, ("LATENCY_BINS",), "ab -g"),
)
