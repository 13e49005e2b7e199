"""hey: its CSV of requests and its text summary. Closed loop, connects included.

Everything hey prints stops at the first 1,000,000 requests. Latencies have steps of 0.1 ms; transport errors
are missing from them. `offset` counts from the start of the process: there is no wall clock.
"""

from __future__ import annotations

import re

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, QUANTILES, RAW, Carries
from schedlab.model.extend import Reader, Reading

CAP = 1_000_000
CSV = Carries(RAW, CLOSED, "included", "start", "excluded", 1e-4)
TEXT = Carries(QUANTILES, CLOSED, "included", "none", "excluded", 1e-4)
_HEADER = b"response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset"
_QUANTILE = re.compile(r"^\s+(\d{1,3}(?:\.\d+)?)%{1,2} in (\d{1,9}\.\d{4}) secs\s*$", re.M)
_NUMBERS = {
    "duration_s": re.compile(r"^\s+Total:\s+(\d{1,9}\.\d{4}) secs\s*$", re.M),
    "max_s": re.compile(r"^\s+Slowest:\s+(\d{1,9}\.\d{4}) secs\s*$", re.M),
    "mean_s": re.compile(r"^\s+Average:\s+(\d{1,9}\.\d{4}) secs\s*$", re.M),
    "requests_per_s": re.compile(r"^\s+Requests/sec:\s+(\d{1,12}\.\d{4})\s*$", re.M),
}
_STATUS = re.compile(r"^\s+\[(\d{3})\]\s+(\d{1,15}) responses\s*$", re.M)
_END = "Status code distribution:"


def _sniff_csv(head: bytes, name: str) -> bool:
    return head.startswith(_HEADER)


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    if not _sniff_csv(data, path):
        raise damage.refuse(path, "does not begin with hey's header")
    lines = load_rows.whole_lines(text_of(data, damage), damage)[1:]
    frame = load_rows.requests(load_rows.csv_rows(lines, damage, first=2), _row, damage)
    warnings = (f"hey stops counting at {CAP} requests",) if len(frame) >= CAP else ()
    told = {"stamp": "start, from process start"}
    return load_rows.reading(path, "hey-csv", CSV, frame, damage, told, warnings)


def _row(row: list[str]) -> tuple:
    if len(row) != 8:
        raise ValueError("columns")
    latency, sent = (round(load_rows.positive(row[i]) * 1e9) for i in (0, 7))
    status = int(row[6])
    return sent, latency, status, 200 <= status < 400, ""


def _sniff_text(head: bytes, name: str) -> bool:
    return b"Latency distribution:" in head and b"DNS+dialup:" in head and b"resp wait:" in head


def _read_text(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    numbers = {name: float(m[1]) for name, pattern in _NUMBERS.items() if (m := pattern.search(text))}
    if _END not in text or "requests_per_s" not in numbers or not text.endswith("\n"):
        raise damage.refuse(path, f"is no whole hey summary (to {_END!r})")
    shown = [(float(q) / 100, float(v)) for q, v in _QUANTILE.findall(text.split(_END)[0])]
    rows = [("", q, value, 1e-4) for q, value in shown if 0 < q <= 1]  # `0% in 0.0000` is an unused slot
    answers = {status: int(n) for status, n in _STATUS.findall(text)}
    facts = TEXT.facts() | numbers | {"requests": sum(answers.values()), "status": answers}
    tables = {"LATENCY_QUANTILES": load_rows.quantiles(rows)}
    warnings = () if rows else ("no request was answered: hey prints no latency",)
    warnings += (f"hey stops counting at {CAP} requests",) if facts["requests"] >= CAP else ()
    return Reading("hey", tables, facts, damage.frame(), warnings)


READERS = (
    Reader("hey-csv", _sniff_csv, _read_csv, ("REQUESTS",), "hey -o csv", CSV, "hey 0.1"),
    Reader("hey", _sniff_text, _read_text, ("LATENCY_QUANTILES",), "hey's text summary", TEXT, "hey 0.1"),
)
