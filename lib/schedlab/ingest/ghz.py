"""ghz: JSON report and CSV. Closed loop unless --async; the time stamp of a detail is its END.

`details` stop at the first 1,000,000 requests and may be fewer than `count`. The CSV has no time stamps and
steps of 0.01 ms, so it gives bins and not requests.
"""

from __future__ import annotations

from collections import Counter

from schedlab.errors import FormatError
from schedlab.ingest import json_input, load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, HISTOGRAM, QUANTILES, RAW, Carries
from schedlab.model.extend import Reader, Reading

CAP = 1_000_000
CARRIES = Carries(RAW, CLOSED, "excluded", "end", "flagged", 1e-9)
SUMMARY = Carries(QUANTILES, CLOSED, "excluded", "none", "excluded", 1e-9)
CSV = Carries(HISTOGRAM, CLOSED, "excluded", "none", "flagged", 1e-5)
_HEADER = "duration (ms),status,error"


def _sniff_json(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"{") and b'"endReason"' in head and b'"fastest"' in head


def _read_json(path: str, data: bytes) -> Reading:
    report, damage = json_input.load(path, data), Damage()
    count = json_input.number(path, json_input.member(path, report, "count", int), "count", 0)
    details = json_input.optional(path, report, "details", list)
    frame = load_rows.requests(enumerate(details, 1), _detail, damage)
    slots = json_input.optional(path, report, "latencyDistribution", list)
    rows = [_quantile(path, slot) for slot in slots]
    rows = [row for row in rows if row[1] > 0]
    facts = (CARRIES if len(frame) else SUMMARY).facts() | {"requests": count}
    facts["rps"] = json_input.number(path, report.get("rps"), "rps", 0)
    short = f"details hold {len(frame)} of {count:.0f} requests"
    warnings = (short,) if len(frame) != count else ()
    warnings += (f"ghz keeps the first {CAP} requests only",) if count > CAP else ()
    frame = frame.sort_values("sent_ns", kind="stable", ignore_index=True)
    tables = {"REQUESTS": frame, "LATENCY_QUANTILES": load_rows.quantiles(rows)}
    return Reading("ghz-json", tables, facts, damage.frame(), warnings)


def _detail(row: dict) -> tuple:
    end, latency = load_rows.instant(row["timestamp"]), row["latency"]
    if not isinstance(latency, int):
        raise ValueError("latency")
    ok = row["status"] == "OK" and not row.get("error")
    return end - latency, latency, 0, ok, ""


def _quantile(path: str, slot: object) -> tuple:
    if not isinstance(slot, dict):
        raise FormatError(path, "latencyDistribution must hold objects")
    q = json_input.number(path, slot.get("percentage"), "a percentage", 0) / 100
    value = json_input.number(path, slot.get("latency", 0), "a latency", 0) / 1e9
    if q > 1:
        raise FormatError(path, f"percentage {q * 100:g} is over 100")
    return "", q, value, 1e-9


def _sniff_csv(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(_HEADER.encode())


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    lines = load_rows.whole_lines(text_of(data, damage), damage)
    if not _sniff_csv(data, path):
        raise damage.refuse(path, f"does not begin with {_HEADER!r}")
    counts: Counter[tuple[int, bool]] = Counter()
    for number, line in enumerate(lines, 1):
        fields = line.split(",", 2)  # errors hold commas that are not quoted
        if not line.strip() or line.strip() == _HEADER:
            continue
        try:
            counts[round(load_rows.positive(fields[0]) * 100), fields[1] == "OK"] += 1
        except (ValueError, IndexError, OverflowError):
            damage.add("broken row", number, line)
    good = [
        ("", "as measured", max(0, t - 0.5) / 1e5, (t + 0.5) / 1e5, n)
        for (t, ok), n in sorted(counts.items())
        if ok
    ]
    if not counts:
        raise damage.refuse(path, "holds no request")
    failed = sum(n for (_, ok), n in counts.items() if not ok)
    facts = CSV.facts() | {"requests": counts.total(), "failed": failed}
    return Reading("ghz-csv", {"LATENCY_BINS": load_rows.bins(good)}, facts, damage.frame())


READERS = (
    Reader(
        "ghz-json",
        _sniff_json,
        _read_json,
        ("REQUESTS", "LATENCY_QUANTILES"),
        "ghz -O json",
        CARRIES,
        "ghz 0.93",
    ),
    Reader("ghz-csv", _sniff_csv, _read_csv, ("LATENCY_BINS",), "ghz -O csv", CSV, "ghz 0.93"),
)
