"""wrk's results dumped as JSON from Lua's `done()`: the whole histogram, or percentiles that a script chose.

`summary` as wrk hands it over (`duration` in us, `requests`, `errors`), `latency` as `[[value_us, count]]` or
`{"value_us": count}`, `connections` where the script knows it: read as the CSV dump (`wrk_hist`), with wrk's
filling undone. The other shape, of wrk's and wrk2's `json.lua`, has `latency_distribution` with percentiles.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows, wrk_hist
from schedlab.ingest.damage import Damage
from schedlab.model.carries import CLOSED, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

_PERCENTILES = Carries(QUANTILES, CLOSED, "excluded", failures="included", resolution_s=1e-6)


def _sniff(head: bytes, name: str) -> bool:
    begins = head.lstrip().startswith(b"{")
    dump = b'"summary"' in head and b'"latency"' in head and b'"duration"' in head
    return begins and ((dump and b'"timeout"' in head) or b'"latency_in_microseconds"' in head)


def _read(path: str, data: bytes) -> Reading:
    dump = json_input.load(path, data)
    if isinstance(dump, dict) and "latency_distribution" in dump:
        return _chosen(path, dump)
    summary = json_input.member(path, dump, "summary", dict)
    errors = json_input.optional(path, summary, "errors", dict)
    facts = {name: json_input.whole(path, value, f"errors {name}") for name, value in errors.items()}
    facts |= {
        "requests": json_input.whole(path, summary.get("requests"), "requests"),
        "duration_us": json_input.whole(path, summary.get("duration"), "duration"),
        "connections": json_input.whole(path, dump.get("connections", 0), "connections"),
    }
    rows = _rows(path, dump.get("latency"))
    values = np.array(sorted(rows), dtype=np.int64)
    counts = np.array([rows[v] for v in values.tolist()], dtype=np.int64)
    return wrk_hist.reading(READER.name, facts, values, counts, Damage())


def _rows(path: str, latency: Any) -> dict[int, int]:
    """Count of each microsecond."""
    pairs = list(latency.items()) if isinstance(latency, dict) else latency
    if not isinstance(pairs, list) or not pairs or not all(_pair(p) for p in pairs):
        raise FormatError(path, "'latency' must hold [value_us, count] pairs or value_us: count")
    rows: dict[int, int] = {}
    for shown, n in pairs:
        value = json_input.whole(path, shown, "a latency", 0, wrk_hist.LARGEST_US)
        if value in rows:
            raise FormatError(path, f"value {value} us stands twice")
        rows[value] = json_input.whole(path, n, "a count", 0, 2**53)
    return rows


def _pair(row: Any) -> bool:
    return isinstance(row, (list, tuple)) and len(row) == 2


def _chosen(path: str, dump: dict) -> Reading:
    """Percentiles that a script asked for; wrk answers 0 for ranks beyond its sum, 100 among them."""
    damage, rows, below = Damage(), [], 0.0
    for slot in json_input.member(path, dump, "latency_distribution", list):
        if not isinstance(slot, dict):
            raise FormatError(path, "latency_distribution must hold objects")
        q = json_input.number(path, slot.get("percentile"), "a percentile", 0) / 100
        value = json_input.number(path, slot.get("latency_in_microseconds"), "a latency", 0) / 1e6
        if q > 1 or value < below:
            damage.add("impossible quantile", text=str(slot))
            continue
        below = value
        rows.append(("", "corrected", q, value, 1e-6))
    facts = _PERCENTILES.facts() | {
        "requests": json_input.whole(path, dump.get("requests"), "requests"),
        "duration_s": json_input.number(path, dump.get("duration_in_microseconds"), "the duration", 0) / 1e6,
    }
    doubt = "wrk's latencies are filled, wrk2's count from the intended start: the file does not say whose"
    tables = {"LATENCY_QUANTILES": load_rows.kinds_of_quantiles(rows)}
    return Reading(READER.name, tables, facts, damage.frame(), (doubt,))


READER = Reader(
    "wrk-json",
    _sniff,
    _read,
    ("LATENCY_BINS", "LATENCY_QUANTILES"),
    "wrk histogram or percentiles from Lua done(), JSON",
    wrk_hist.CARRIES,
    "wrk 4.1; json.lua of wrk and wrk2",
)
