"""k6: points as JSON lines and as CSV. Connects excluded; stamps are ENDS.

`http_req_duration` is sending + waiting + receiving in ms. `dropped_iterations` above 0 says that an open
loop lost arrivals. Summaries are read in `k6_summary`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from schedlab.ingest import json_requests, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import EITHER, RAW, Carries
from schedlab.model.extend import Reader, Reading

_POINT = '{"metric":"http_req_duration","type":"Point"'
_DROPPED = '{"metric":"dropped_iterations","type":"Point"'
POINTS = Carries(RAW, EITHER, "excluded", "end", "flagged", 1e-9)
WHOLE_SECONDS = (
    "k6's CSV stamps ends in whole seconds: starts are known to a second (--out csv=...?timeFormat=unix_nano)"
)


def _sniff_points(head: bytes, name: str) -> bool:
    begins = head.startswith((b'{"type":"Metric"', b'{"metric":"'))
    return begins and (b'"type":"Point"' in head or b'"contains":' in head)


def _stream_points(path: str, stream: Iterable[bytes]) -> Reading:
    damage = Damage()
    frame, (dropped,) = json_requests.requests(stream, _LINES, damage)
    told = {"dropped_iterations": dropped}
    return load_rows.reading(path, "k6-points", POINTS, frame, damage, told, dropped_arrivals(dropped))


def _read_points(path: str, data: bytes) -> Reading:
    return _stream_points(path, [data])


def _point(line: str) -> tuple:
    data = json.loads(line)["data"]
    latency = round(load_rows.positive(data["value"]) * 1e6)
    tags = data["tags"]
    ok = tags.get("expected_response", "true") == "true"
    name = load_rows.encodable(str(tags.get("name", "")))
    return load_rows.instant(data["time"]) - latency, latency, int(tags.get("status", "0")), ok, name


def _points(lines) -> tuple:
    latency, status = lines.decimal("value", 6), lines.integer("status", quoted=True)
    ok = lines.same("expected_response", "true")
    return lines.instant("time") - latency, latency, status, ok, lines.text("name")


_TAGS = ("data", "tags")
_VALUES = (
    *(("data",), _TAGS, ("data", "time"), ("data", "value")),
    *((*_TAGS, "status"), (*_TAGS, "expected_response"), (*_TAGS, "name")),
)
_LINES = json_requests.Kind((_POINT, _DROPPED), _VALUES, _points, _point)


def _sniff_csv(head: bytes, name: str) -> bool:
    return head.lstrip(b"\xef\xbb\xbf").startswith(b"metric_name,timestamp,metric_value,")


def _read_csv(path: str, data: bytes) -> Reading:
    """The clock of the rows is known by its digits: seconds unless k6 was told a finer time format."""
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)
    if not _sniff_csv(data, path):
        raise damage.refuse(path, "does not begin with k6's columns")
    rows = list(load_rows.csv_rows(lines, damage))
    names = rows[0][1] if rows else []
    kept = [(n, dict(zip(names, row, strict=False))) for n, row in rows if row[0] == "http_req_duration"]
    frame = load_rows.requests(kept, _csv_row, damage)
    dropped = sum(row[0] == "dropped_iterations" for _, row in rows)
    whole_seconds = not (frame["end_ns"] % 10**9).any()
    told = {"dropped_iterations": dropped} | ({"stamp": "end, whole seconds"} if whole_seconds else {})
    doubts = ((WHOLE_SECONDS,) if whole_seconds else ()) + dropped_arrivals(dropped)
    return load_rows.reading(path, "k6-csv", POINTS, frame, damage, told, doubts)


def _csv_row(row: dict) -> tuple:
    latency = round(load_rows.positive(row["metric_value"]) * 1e6)
    ok = row.get("expected_response", "true") == "true"
    end = _instant(row["timestamp"])
    return end - latency, latency, int(row.get("status") or 0), ok, row.get("name", "")


def _instant(text: str) -> int:
    """Unix ns of a time in seconds, ms, us or ns, told apart by their digits, or of an RFC 3339 one."""
    if "T" in text:
        return load_rows.instant(text.replace("Z", "+00:00"))
    scale = {10: 10**9, 13: 10**6, 16: 10**3, 19: 1}[len(text)]
    return int(text) * scale


def dropped_arrivals(dropped: float) -> tuple[str, ...]:
    """The warning that goes with dropped iterations."""
    says = f"{dropped:.0f} arrivals were dropped: the open loop did not keep its schedule"
    return (says,) if dropped else ()


READERS = (
    Reader(
        "k6-points",
        _sniff_points,
        _read_points,
        ("REQUESTS",),
        "k6 --out json",
        POINTS,
        "k6 1.8",
        stream=_stream_points,
    ),
    Reader("k6-csv", _sniff_csv, _read_csv, ("REQUESTS",), "k6 --out csv", POINTS, "k6 1.8"),
)
