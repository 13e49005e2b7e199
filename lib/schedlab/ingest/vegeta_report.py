"""vegeta's JSON report: quantiles that a t-digest estimates, and counts in buckets where asked for."""

from __future__ import annotations

from schedlab.ingest import json_input, load_rows
from schedlab.model.carries import HISTOGRAM, OPEN, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

_QUANTILES = {"50th": 0.5, "90th": 0.9, "95th": 0.95, "99th": 0.99}


def _sniff(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b'{"latencies":') and b'"bytes_in"' in head


def _read(path: str, data: bytes) -> Reading:
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
    carries = Carries(HISTOGRAM if bins else QUANTILES, OPEN, "included", failures="included")
    facts = carries.facts() | {
        "requests": json_input.number(path, report.get("requests"), "requests", 0),
        "rate": json_input.number(path, report.get("rate"), "rate", 0),
        "mean_s": _ns(path, latencies.get("mean"), "mean"),
    }
    tables = {
        "LATENCY_QUANTILES": load_rows.quantiles(rows),
        "LATENCY_BINS": load_rows.bins(bins),
    }
    return Reading(READER.name, tables, facts, warnings=("vegeta's quantiles are estimates of a t-digest",))


def _ns(path: str, value: object, what: str) -> float:
    return json_input.number(path, value, what, 0.0) / 1e9


READER = Reader(
    "vegeta-report",
    _sniff,
    _read,
    ("LATENCY_QUANTILES", "LATENCY_BINS"),
    "vegeta report -type json",
    Carries(QUANTILES, OPEN, "included", failures="included"),
    "vegeta 12; a histogram with -buckets",
)
