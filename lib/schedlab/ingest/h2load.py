"""h2load's `--log-file`: start in Unix us, status, us; one request a line, in no order. Closed loop.

Requests in flight at the end are dropped, so the slowest may be missing; status -1 is a failed stream.
"""

from __future__ import annotations

import re

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, RAW, Carries
from schedlab.model.extend import Reader, Reading

CARRIES = Carries(RAW, CLOSED, "excluded", "start", "flagged", 1e-6)
_LINE = re.compile(rb"\d{15,17}\t-?\d{1,3}\t\d+\n")


def _sniff(head: bytes, name: str) -> bool:
    return bool(_LINE.match(head))


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)
    frame = load_rows.requests(load_rows.csv_rows(lines, damage, "\t"), _row, damage)
    warnings = ("h2load drops the requests in flight at the end; the slowest may be missing",)
    return load_rows.reading(path, READER.name, CARRIES, frame, damage, warnings=warnings)


def _row(row: list[str]) -> tuple:
    if len(row) != 3:
        raise ValueError("columns")
    status = int(row[1])
    return int(row[0]) * 1000, int(row[2]) * 1000, max(status, 0), 200 <= status < 400, ""


READER = Reader("h2load-log", _sniff, _read, ("REQUESTS",), "h2load --log-file", CARRIES, "h2load 1.52")
