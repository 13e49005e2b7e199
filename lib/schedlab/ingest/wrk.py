"""wrk's text report, one or several in a file, wherever they stand in other text.

The printed latencies are not the measured ones: wrk always fills in requests that it thinks a stall has
hidden (`stats_correct` in wrk.c), so the quantiles are of kind `corrected`. From text this cannot be undone;
a dump of the histogram (format wrk-hist) can. wrk times from the write of the request, connects excluded.
"""

from __future__ import annotations

import math
import re

import pandas as pd

from schedlab.ingest import wrk_units
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, MEANS, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_QUANTILES, LOAD_SERIES

CARRIES = Carries(QUANTILES, CLOSED, "excluded", failures="included")
#: minutes are printed with two decimals
_STEP_OF_DURATION = 0.6
START = re.compile(r"Running (\d{1,9})([smh]) test @ (\S+)")
_CLIENTS = re.compile(r"(\d{1,9}) threads and (\d{1,9}) connections")
_LATENCY = re.compile(r"^\s*(?://|#)?\s*Latency\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)%", re.M)
QUANTILE = re.compile(r"^\s*(?://|#)?\s*(\d{1,3}(?:\.\d{1,9})?)%\s+(\S+)\s*$", re.M)
_TOTAL = re.compile(r"(\d{1,18}) requests in (\S+?), (\S+) read")
_SOCKET = re.compile(
    r"Socket errors: connect (\d{1,18}), read (\d{1,18}), write (\d{1,18}), timeout (\d{1,18})"
)
_STATUS = re.compile(r"Non-2xx or 3xx responses: (\d{1,18})")
_RATE = re.compile(r"Requests/sec:\s+(\S+)")


def _sniff(head: bytes, name: str) -> bool:
    text = head.decode("utf-8", "replace")
    return bool(START.search(text)) and "threads and" in text and not is_wrk2(text)


def is_wrk2(text: str) -> bool:
    """Whether the report comes from wrk2, which prints under wrk's name."""
    return "Thread calibration:" in text or "HdrHistogram" in text


def _read(path: str, data: bytes) -> Reading:
    """Every report of the file; an unfinished one is counted and left out."""
    damage = Damage()
    text = text_of(data, damage)
    found = [report for place, block in blocks(text) if (report := _report(place, block, damage))]
    if not found:
        raise damage.refuse(path, "holds no complete wrk report (from 'Running ... test' to 'Requests/sec')")
    name_reports(found)
    tables = {LATENCY_QUANTILES.name: _quantiles(found, damage), LOAD_SERIES.name: series(found)}
    keys = [k for k in found[0] if k != "quantiles"]
    carries = CARRIES if len(tables[LATENCY_QUANTILES.name]) else Carries(MEANS, CLOSED, "excluded")
    facts = carries.facts() | {"reports": [{k: r[k] for k in keys} for r in found]}
    return Reading(READER.name, tables, facts, damage.frame(), _warnings(found))


def blocks(text: str) -> list[tuple[int, str]]:
    """(line number, text) of each report, from its `Running` line to the next one."""
    starts = [m.start() for m in START.finditer(text)]
    ends = [*starts, len(text)][1:]
    return [(text.count("\n", 0, a) + 1, text[a:b]) for a, b in zip(starts, ends, strict=True)]


def head_of(line: int, block: str, damage: Damage) -> dict | None:
    """What wrk and wrk2 print alike, in base units; None and counted damage for an unfinished report."""
    start, clients = START.search(block), _CLIENTS.search(block)
    total, rate = _TOTAL.search(block), _RATE.search(block)
    rps = wrk_units.amount(rate[1]) if rate else math.nan
    if not (start and clients and total) or math.isnan(rps):
        damage.add("unfinished report", line, block[:80])
        return None
    requests = int(total[1])
    printed = wrk_units.duration(total[2])[0]
    if abs(requests - rps * printed) > 0.02 * requests + rps * _STEP_OF_DURATION:
        damage.add("rate that is not requests / duration", line, rate[0])
        return None
    latency = _LATENCY.search(block)
    mean, stdev, largest = (
        (wrk_units.duration(latency[i])[0] for i in (1, 2, 3)) if latency else (math.nan,) * 3
    )
    errors = sum(int(n) for n in _SOCKET.search(block).groups()) if _SOCKET.search(block) else 0
    status = int(_STATUS.search(block)[1]) if _STATUS.search(block) else 0
    duration = requests / rps if rps else printed
    return {
        "line": line,
        "url": start[3],
        "threads": int(clients[1]),
        "connections": int(clients[2]),
        "requests": requests,
        "socket_errors": errors,
        "status_errors": status,
        "duration_s": _known(duration),
        "read_bytes": _known(wrk_units.size(total[3])),
        "requests_per_s": rps,
        "mean_s": _known(mean),
        "stdev_s": _known(stdev),
        "max_s": _known(largest),
    }


def _report(line: int, block: str, damage: Damage) -> dict | None:
    report = head_of(line, block, damage)
    if report is None:
        return None
    mean, connections = report["mean_s"], report["connections"]
    ratio = mean * report["requests_per_s"] / connections if mean is not None and connections else None
    shown = block[block.find("Latency Distribution") :] if "Latency Distribution" in block else ""
    return report | {"littles_ratio": ratio, "quantiles": QUANTILE.findall(shown)}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def name_reports(reports: list[dict]) -> None:
    """Give each report its `endpoint`: empty for a single one, else its URL, numbered where it repeats."""
    seen: dict[str, int] = {}
    for report in reports:
        n = seen[report["url"]] = seen.get(report["url"], 0) + 1
        name = report["url"] if n == 1 else f"{report['url']} #{n}"
        report["endpoint"] = "" if len(reports) == 1 else name


def _quantiles(reports: list[dict], damage: Damage) -> pd.DataFrame:
    rows = []
    for report in reports:
        below = 0.0
        for percent, shown in report["quantiles"]:
            value, step = wrk_units.duration(shown)
            q = float(percent) / 100
            if not (value >= below and 0 <= q <= 1):  # wrk prints 0.00us for ranks beyond its sum
                damage.add("impossible quantile", report["line"], f"{percent}% {shown}")
                continue
            below = value
            rows.append((report["endpoint"], "corrected", q, value, step))
    names = [name for name, _, _ in LATENCY_QUANTILES.columns]
    return LATENCY_QUANTILES.frame({n: [row[i] for row in rows] for i, n in enumerate(names)})


def series(reports: list[dict]) -> pd.DataFrame:
    """One interval per report: the whole of it."""
    return LOAD_SERIES.frame(
        {
            "start_ns": [0] * len(reports),
            "duration_s": [r["duration_s"] for r in reports],
            "endpoint": [r["endpoint"] for r in reports],
            "requests": [r["requests"] for r in reports],
            "errors": [r["socket_errors"] + r["status_errors"] for r in reports],
            "users": [r["connections"] for r in reports],
        }
    )


def _warnings(reports: list[dict]) -> tuple[str, ...]:
    warnings = [
        "wrk's printed latencies are filled for coordinated omission; a done() dump undoes it exactly"
    ]
    for report in reports:
        ratio = report["littles_ratio"]
        if ratio is not None and ratio > 1.05:
            where = f"line {report['line']}: mean x rate / connections"
            warnings.append(f"{where} is {ratio:.2f}, over 1: the latencies cannot be the measured ones")
    return tuple(warnings)


READER = Reader(
    "wrk",
    _sniff,
    _read,
    (LATENCY_QUANTILES.name, LOAD_SERIES.name),
    "wrk text report",
    CARRIES,
    "wrk 4.1, one or several reports in other text",
)
