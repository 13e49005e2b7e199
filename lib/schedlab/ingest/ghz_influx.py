"""ghz's InfluxDB lines: a summary in one line, or one line a request. Closed loop; a stamp is the END."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.ghz import CARRIES
from schedlab.model.carries import QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

#: `measurement,tags fields stamp`: blanks within quotes or behind a backslash do not part
_PART = re.compile(r'(?:[^\s"\\]|\\.|"(?:[^"\\]|\\.)*")+')
_FIELD = re.compile(r'([^=,]{1,60})=("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)')
#: no line of ghz's is longer
_LONGEST = 1 << 20
_QUANTILES = {"median": 0.5, "p95": 0.95}


def _sniff_summary(head: bytes, name: str) -> bool:
    return head.startswith(b"ghz_run,")


def _sniff_details(head: bytes, name: str) -> bool:
    return head.startswith(b"ghz_detail,")


def _lines(text: str, damage: Damage) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, its fields with `stamp`) of every line of three parts; broken ones are counted."""
    for number, line in enumerate(text.split("\n"), 1):
        parts = _PART.findall(line) if len(line) < _LONGEST else []
        if len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) == 19:
            yield number, {k: v.strip('"') for k, v in _FIELD.findall(parts[1])} | {"stamp": parts[2]}
        elif line.strip():
            damage.add("broken line", number, line)


def _read_details(path: str, data: bytes) -> Reading:
    damage = Damage()
    frame = load_rows.requests(_lines(text_of(data, damage), damage), _detail, damage)
    return load_rows.reading(path, "ghz-influx", CARRIES, frame, damage)


def _detail(fields: dict[str, str]) -> tuple:
    latency = int(fields["latency"])
    ok = fields["status"] == "OK" and not fields["error"]
    return int(fields["stamp"]) - latency, latency, 0, ok, ""


def _read_summary(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows, runs = [], []
    for number, fields in _lines(text_of(data, damage), damage):
        name = f"#{len(runs) + 1}" if runs else ""
        try:
            shown = [(name, q, load_rows.positive(fields[key]) / 1e9, 1e-9) for key, q in _QUANTILES.items()]
            ns = {
                f"{k}_s": load_rows.positive(fields[k]) / 1e9
                for k in ("average", "fastest", "slowest", "total")
            }
            runs.append({k: load_rows.positive(fields[k]) for k in ("count", "errors", "rps")} | ns)
        except (KeyError, ValueError) as error:
            damage.add("broken line", number, repr(error))
            continue
        rows += shown
    if not runs:
        raise damage.refuse(path, "holds no summary")
    carries = Carries(QUANTILES, CARRIES.loop, CARRIES.connect, "none", "included", 1e-9)
    facts = carries.facts() | {"requests": sum(r["count"] for r in runs), "runs": runs}
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(rows)}
    return Reading("ghz-influx-summary", tables, facts, damage.frame())


READERS = (
    Reader(
        "ghz-influx",
        _sniff_details,
        _read_details,
        ("REQUESTS",),
        "ghz -O influx-details",
        CARRIES,
        "ghz 0.93",
    ),
    Reader(
        "ghz-influx-summary",
        _sniff_summary,
        _read_summary,
        ("LATENCY_QUANTILES",),
        "ghz -O influx-summary",
        Carries(QUANTILES, CARRIES.loop, CARRIES.connect),
        "ghz 0.93",
    ),
)
