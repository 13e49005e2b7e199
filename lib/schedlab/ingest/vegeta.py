"""vegeta's results as gob, CSV and JSON lines. Open loop; a time stamp is the start.

Rows stand in the order of completion; they are sorted by start. Code 0 means no answer. Its reports are read
in `vegeta_report`.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable

from schedlab.errors import FormatError
from schedlab.ingest import gob, json_requests, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import OPEN, RAW, Carries
from schedlab.model.extend import Reader, Reading

RESULTS = Carries(RAW, OPEN, "included", "start", "flagged", 1e-9)
#: Go counts time from the year 1
_YEAR_1 = 62_135_596_800
_CSV = re.compile(rb"\d{16,19},\d{1,3},\d+,\d+,\d+,")


def _sniff_csv(head: bytes, name: str) -> bool:
    return bool(_CSV.match(head))


def _sniff_json(head: bytes, name: str) -> bool:
    return head.startswith(b'{"attack":') and b'"latency":' in head


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows = load_rows.csv_rows(load_rows.whole_lines(text_of(data, damage), damage), damage)
    return load_rows.reading(path, "vegeta-csv", RESULTS, load_rows.requests(rows, _csv_row, damage), damage)


def _csv_row(row: list[str]) -> tuple:
    if len(row) not in (7, 8, 9, 11, 12):
        raise ValueError("columns")
    code = int(row[1])
    return int(row[0]), int(row[2]), code, 200 <= code < 400 and not row[5], ""


def _stream_json(path: str, stream: Iterable[bytes]) -> Reading:
    damage = Damage()
    rows, _ = json_requests.requests(stream, _LINES, damage)
    return load_rows.reading(path, "vegeta-json", RESULTS, rows, damage)


def _read_json(path: str, data: bytes) -> Reading:
    return _stream_json(path, [data])


def _json_row(line: str) -> tuple:
    row = json.loads(line)
    code = int(row["code"])
    sent = load_rows.instant(row["timestamp"])
    return sent, int(row["latency"]), code, 200 <= code < 400 and not row.get("error"), ""


def _json_columns(lines) -> tuple:
    code = lines.integer("code")
    ok = (code >= 200) & (code < 400) & lines.same("error", "")
    return lines.instant("timestamp"), lines.integer("latency"), code, ok, None


_VALUES = (("code",), ("timestamp",), ("latency",), ("error",))
_LINES = json_requests.Kind(("",), _VALUES, _json_columns, _json_row)


def _sniff_gob(head: bytes, name: str) -> bool:
    return b"\x06Result\x01" in head[:64] and b"Latency" in head[:400]


def _read_gob(path: str, data: bytes) -> Reading:
    """A stream that ends within a message loses that one; one broken within is refused."""
    damage = Damage()
    try:
        if (end := gob.whole(data)) < len(data):
            damage.add("cut message", text=f"{len(data) - end} bytes after byte {end}")
        found = [(at, hit) for at, hit in gob.values(data) if isinstance(hit, dict)]
    except ValueError as error:
        raise FormatError(path, str(error)) from error
    return load_rows.reading(path, "vegeta-gob", RESULTS, load_rows.requests(found, _gob_row, damage), damage)


def _gob_row(hit: dict) -> tuple:
    code, stamp = hit.get("Code", 0), hit["Timestamp"]
    if len(stamp) not in (15, 16):
        raise ValueError("time stamp")
    seconds, nanoseconds = struct.unpack_from(">qi", stamp, 1)
    sent = (seconds - _YEAR_1) * 10**9 + nanoseconds
    return sent, hit.get("Latency", 0), code, 200 <= code < 400 and not hit.get("Error"), ""


READERS = (
    Reader(
        "vegeta-gob",
        _sniff_gob,
        _read_gob,
        ("REQUESTS",),
        "vegeta attack (gob)",
        RESULTS,
        "vegeta 12",
        text=False,
    ),
    Reader(
        "vegeta-csv",
        _sniff_csv,
        _read_csv,
        ("REQUESTS",),
        "vegeta encode -to csv",
        RESULTS,
        "7 to 12 columns",
    ),
    Reader(
        "vegeta-json",
        _sniff_json,
        _read_json,
        ("REQUESTS",),
        "vegeta encode -to json",
        RESULTS,
        "vegeta 12",
        stream=_stream_json,
    ),
)
