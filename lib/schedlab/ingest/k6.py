"""k6: points as JSON lines, and the `--summary-export` summary. Connects excluded; stamps are ENDS.

`http_req_duration` is sending + waiting + receiving in ms. `dropped_iterations` above 0 says that an open
loop lost arrivals. In the summary `http_req_failed.passes` counts requests that FAILED.
"""

from __future__ import annotations

import json

from schedlab.ingest import json_input, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.extend import Reader, Reading

_POINT = '{"metric":"http_req_duration","type":"Point"'
_DROPPED = '{"metric":"dropped_iterations","type":"Point"'
_QUANTILES = {"med": 0.5, "p(50)": 0.5, "p(90)": 0.9, "p(95)": 0.95, "p(99)": 0.99, "p(99.9)": 0.999}


def _sniff_points(head: bytes, name: str) -> bool:
    begins = head.startswith((b'{"type":"Metric"', b'{"metric":"'))
    return begins and (b'"type":"Point"' in head or b'"contains":' in head)


def _read_points(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)
    rows = ((n, line) for n, line in enumerate(lines, 1) if line.startswith(_POINT))
    frame = load_rows.requests(rows, _point, damage)
    if frame.empty:
        raise damage.refuse(path, "holds no point of http_req_duration")
    dropped = sum(line.startswith(_DROPPED) for line in lines)
    warnings = (
        (f"{dropped} arrivals were dropped: the open loop did not keep its schedule",) if dropped else ()
    )
    facts = {"carries": "raw requests", "clock": "connect excluded", "stamp": "end", "resolution_s": 1e-9}
    facts |= {"loop": "open or closed", "requests": len(frame), "dropped_iterations": dropped}
    frame = frame.sort_values("sent_ns", kind="stable", ignore_index=True)
    return Reading("k6-points", {"REQUESTS": frame}, facts, damage.frame(), warnings)


def _point(line: str) -> tuple:
    data = json.loads(line)["data"]
    latency = round(load_rows.positive(data["value"]) * 1e6)
    tags = data["tags"]
    ok = tags.get("expected_response", "true") == "true"
    return (
        load_rows.instant(data["time"]) - latency,
        latency,
        int(tags.get("status", "0")),
        ok,
        str(tags.get("name", "")),
    )


def _sniff_export(head: bytes, name: str) -> bool:
    return (
        head.lstrip().startswith(b"{")
        and b'"metrics"' in head
        and b'"http_req_duration"' in head
        and b'"med"' in head
        and b'"passes"' in head
    )


def _read_export(path: str, data: bytes) -> Reading:
    metrics = json_input.member(path, json_input.load(path, data), "metrics", dict)
    shown = json_input.member(path, metrics, "http_req_duration", dict)
    rows = [
        ("", q, json_input.number(path, shown[k], k, 0) / 1e3, 1e-6)
        for k, q in _QUANTILES.items()
        if k in shown
    ]
    counts = json_input.optional(path, metrics, "http_reqs", dict)
    failed = json_input.optional(path, metrics, "http_req_failed", dict)
    dropped = json_input.optional(path, metrics, "dropped_iterations", dict)
    facts = {
        "carries": "quantiles only",
        "clock": "connect excluded",
        "loop": "open or closed",
        "mean_s": json_input.number(path, shown.get("avg"), "avg", 0) / 1e3,
        "requests": json_input.number(path, counts.get("count", 0), "http_reqs.count", 0),
        "rate": json_input.number(path, counts.get("rate", 0), "http_reqs.rate", 0),
        "failed": json_input.number(path, failed.get("passes", 0), "http_req_failed.passes", 0),
        "dropped_iterations": json_input.number(path, dropped.get("count", 0), "dropped_iterations.count", 0),
    }
    warnings = (
        ("arrivals were dropped: the open loop did not keep its schedule",)
        if facts["dropped_iterations"]
        else ()
    )
    return Reading("k6-export", {"LATENCY_QUANTILES": load_rows.quantiles(rows)}, facts, warnings=warnings)


READERS = (
    Reader("k6-points", _sniff_points, _read_points, ("REQUESTS",), "k6 --out json"),
    Reader("k6-export", _sniff_export, _read_export, ("LATENCY_QUANTILES",), "k6 --summary-export"),
)
