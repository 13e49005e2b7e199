"""k6's end-of-test summaries in their three shapes; quantiles only, connects excluded.

`--summary-export` is flat, `handleSummary` nests `values`, the machine-readable one lists its metrics. Rates
differ: the export's and handleSummary's `http_req_failed.passes` counts requests that FAILED, the machine's
`matches` says the same.
"""

from __future__ import annotations

import re
from typing import Any

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.ingest.k6 import dropped_arrivals
from schedlab.model.carries import EITHER, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

CARRIES = Carries(QUANTILES, EITHER, "excluded", failures="included")
_Q = re.compile(r"p\(?(\d{1,2}(?:\.\d{1,6})?)\)?")


def _sniff(head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and b'"http_req' in head and b'"type":"Point"' not in head


def _sniff_machine(head: bytes, name: str) -> bool:
    return _sniff(head) and bool(re.search(rb'"results":\s*\{', head)) and b'"k6_version"' in head


def _sniff_handle(head: bytes, name: str) -> bool:
    nested = b'"values"' in head and b'"contains"' in head
    return _sniff(head) and nested and b'"metrics"' in head and not _sniff_machine(head, name)


def _sniff_export(head: bytes, name: str) -> bool:
    flat = b'"metrics"' in head and b'"med"' in head and b'"values"' not in head
    return _sniff(head) and flat


def _read_export(path: str, data: bytes) -> Reading:
    return _reading(path, "k6-export", json_input.member(path, json_input.load(path, data), "metrics", dict))


def _read_handle(path: str, data: bytes) -> Reading:
    metrics = json_input.member(path, json_input.load(path, data), "metrics", dict)
    return _reading(
        path, "k6-handle", {k: json_input.member(path, m, "values", dict) for k, m in metrics.items()}
    )


def _read_machine(path: str, data: bytes) -> Reading:
    results = json_input.member(path, json_input.load(path, data), "results", dict)
    metrics = json_input.member(path, results, "metrics", list)
    if not all(isinstance(m, dict) and isinstance(m.get("values"), dict) for m in metrics):
        raise FormatError(path, "results.metrics must hold objects with values")
    return _reading(path, "k6-machine", {str(m.get("name")): m["values"] for m in metrics})


def _reading(path: str, name: str, metrics: dict[str, Any]) -> Reading:
    """From metric -> its values, whatever the shape was."""
    shown = json_input.member(path, metrics, "http_req_duration", dict)
    rows = [("", q, json_input.number(path, shown[k], k, 0) / 1e3, 1e-9) for k, q in _percentiles(shown)]
    counts = json_input.optional(path, metrics, "http_reqs", dict)
    failed = json_input.optional(path, metrics, "http_req_failed", dict)
    dropped = json_input.optional(path, metrics, "dropped_iterations", dict)
    lost = json_input.number(path, dropped.get("count", 0), "dropped_iterations.count", 0)
    users = json_input.optional(path, metrics, "vus_max", dict)
    facts = CARRIES.facts() | {
        "mean_s": json_input.number(path, shown.get("avg"), "avg", 0) / 1e3,
        "max_s": json_input.number(path, shown.get("max", 0), "max", 0) / 1e3,
        "requests": json_input.number(path, counts.get("count", 0), "http_reqs.count", 0),
        "rate": json_input.number(path, counts.get("rate", 0), "http_reqs.rate", 0),
        "failed": json_input.number(
            path, failed.get("passes", failed.get("matches", 0)), "failed requests", 0
        ),
        "users": json_input.number(path, users.get("max", users.get("value", 0)), "vus_max", 0),
        "dropped_iterations": lost,
    }
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(rows)}
    return Reading(name, tables, facts, warnings=dropped_arrivals(lost))


def _percentiles(shown: dict) -> list[tuple[str, float]]:
    """(key, q) of every percentile among the values of a trend, ascending: `med`, `p(95)` or `p95`."""
    found = {"med": 0.5} if "med" in shown else {}
    for key in shown:
        percent = _Q.fullmatch(key)
        if percent and float(percent[1]) > 0:
            found[key] = float(percent[1]) / 100
    return sorted(found.items(), key=lambda item: item[1])


def _reader(name: str, sniff, read, about: str, versions: str) -> Reader:
    return Reader(name, sniff, read, ("LATENCY_QUANTILES",), about, CARRIES, versions)


READERS = (
    _reader("k6-export", _sniff_export, _read_export, "k6 --summary-export", "k6 1.8"),
    _reader("k6-handle", _sniff_handle, _read_handle, "k6 handleSummary data", "k6 1.8"),
    _reader("k6-machine", _sniff_machine, _read_machine, "k6 --new-machine-readable-summary", "k6 1.8"),
)
