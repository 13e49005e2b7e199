"""Locust's logs of events: `_failures.csv`, `_exceptions.csv` and the requests of CsvRequestLogger.

A user waits for its answer: a closed loop. Requests carry their start and are rounded to 0.01 ms.
"""

from __future__ import annotations

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage
from schedlab.ingest.locust_csv import STATS, Rows, endpoint, header
from schedlab.model.carries import COUNTS, RAW, Carries
from schedlab.model.extend import Reader, Reading

REQUESTS = Carries(RAW, STATS.loop, STATS.connect, "start", "flagged", 1e-5)
ERRORS = Carries(COUNTS, STATS.loop)
_COLUMNS = (
    "timestamp",
    "request_type",
    "name",
    "response_time_ms",
    "response_length",
    "status_code",
    "exception",
)


def _sniff_failures(head: bytes, name: str) -> bool:
    return header(head).startswith("Method,Name,Error,Occurrences")


def _sniff_exceptions(head: bytes, name: str) -> bool:
    return header(head).startswith("Count,Message,Traceback,Nodes")


def _sniff_requests(head: bytes, name: str) -> bool:
    return header(head).startswith(",".join(_COLUMNS))


def _read_errors(name: str, count: str, shown: tuple[str, ...]):
    """A reader of counted messages: failures or exceptions."""

    def read(path: str, data: bytes) -> Reading:
        damage = Damage()
        rows = Rows(path, data, damage, (count, *shown))
        gauges = []
        for line, row in rows:
            try:
                text = " ".join(row[c] for c in shown if row[c]).strip()
                gauges.append((0, text[:500], load_rows.positive(row[count]), "1"))
            except ValueError:
                damage.add("broken row", line, str(row))
        facts = ERRORS.facts() | {"kinds": len(gauges), "occurrences": sum(g[2] for g in gauges)}
        return Reading(name, {"GAUGES": load_rows.gauges(gauges)}, facts, damage.frame())

    return read


def _read_requests(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows = Rows(path, data, damage, _COLUMNS)
    frame = load_rows.requests(rows, _request, damage)
    return load_rows.reading(path, "locust-requests", REQUESTS, frame, damage)


def _request(row: dict) -> tuple:
    sent = round(load_rows.positive(row["timestamp"]) * 1e9)
    latency = round(load_rows.positive(row["response_time_ms"]) * 1e6)
    return (
        sent,
        latency,
        int(row["status_code"]),
        not row["exception"],
        endpoint(row["request_type"], row["name"]),
    )


READERS = (
    Reader(
        "locust-failures",
        _sniff_failures,
        _read_errors("locust-failures", "Occurrences", ("Method", "Name", "Error")),
        ("GAUGES",),
        "Locust _failures.csv",
        ERRORS,
        "Locust 1.1, 2.2, 2.47",
    ),
    Reader(
        "locust-exceptions",
        _sniff_exceptions,
        _read_errors("locust-exceptions", "Count", ("Message",)),
        ("GAUGES",),
        "Locust _exceptions.csv",
        ERRORS,
        "Locust 2.2, 2.47",
    ),
    Reader(
        "locust-requests",
        _sniff_requests,
        _read_requests,
        ("REQUESTS",),
        "Locust CsvRequestLogger",
        REQUESTS,
        "Locust 2.47",
    ),
)
