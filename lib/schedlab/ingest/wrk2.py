"""wrk2's text report, which calls itself wrk: constant rate, latency from the intended start.

With `--latency` it holds a percentile spectrum; with `-U` a second one, from the actual send (kind `service
time`). The first 10 s are thrown away after calibration, so the spectrum counts fewer requests than were
made. Its clock steps by about a millisecond, connects are excluded.
"""

from __future__ import annotations

import math
import re

from schedlab.ingest import load_rows, spectrum, wrk, wrk_units
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import MEANS, OPEN, SPECTRUM, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS, LATENCY_QUANTILES, LOAD_SERIES

CARRIES = Carries(SPECTRUM, OPEN, "excluded", failures="included", resolution_s=1e-3)
_SECTION = re.compile(r"Latency Distribution \(HdrHistogram - (Recorded|Uncorrected) Latency")
_KINDS = {"Recorded": "as measured", "Uncorrected": "service time"}
_CALIBRATION_S = 10.0


def _sniff(head: bytes, name: str) -> bool:
    text = head.decode("utf-8", "replace")
    return bool(wrk.START.search(text)) and "threads and" in text and wrk.is_wrk2(text)


def _read(path: str, data: bytes) -> Reading:
    """Every report of the file; an unfinished one is counted and left out."""
    damage = Damage()
    found = [
        (report, _sections(line, block, damage))
        for line, block in wrk.blocks(text_of(data, damage))
        if (report := wrk.head_of(line, block, damage))
    ]
    if not found:
        raise damage.refuse(path, "holds no complete wrk2 report (from 'Running ... test' to 'Requests/sec')")
    reports = [report for report, _ in found]
    wrk.name_reports(reports)
    quantiles, bins = _tables(found)
    carries = CARRIES if quantiles else Carries(MEANS, OPEN, "excluded", failures="included")
    tables = {
        LATENCY_QUANTILES.name: load_rows.kinds_of_quantiles(quantiles),
        LATENCY_BINS.name: load_rows.bins(bins),
        LOAD_SERIES.name: wrk.series(reports),
    }
    facts = carries.facts() | {"reports": [r | {"littles_ratio": _little(r)} for r in reports]}
    return Reading(READER.name, tables, facts, damage.frame(), _doubts(found))


def _sections(
    line: int, block: str, damage: Damage
) -> list[tuple[str, spectrum.Spectrum | None, list[tuple]]]:
    """(kind, spectrum, printed quantiles) of each latency distribution of one report."""
    starts = list(_SECTION.finditer(block))
    ends = [*(m.start() for m in starts), len(block)][1:]
    found = []
    for start, end in zip(starts, ends, strict=True):
        text, kind = block[start.start() : end], _KINDS[start[1]]
        first = line + block.count("\n", 0, start.start())
        shown = [(float(p) / 100, *wrk_units.duration(v)) for p, v in wrk.QUANTILE.findall(text)]
        rows = [(kind, q, v, step) for q, v, step in shown if v >= 0 and 0 <= q <= 1]
        found.append((kind, spectrum.parse(text, first, damage), rows))
    return found


def _tables(found: list[tuple[dict, list]]) -> tuple[list[tuple], list[tuple]]:
    """Rows of LATENCY_QUANTILES (of the spectrum where there is one) and LATENCY_BINS."""
    quantiles, bins = [], []
    for report, sections in found:
        name = report["endpoint"]
        for kind, detail, shown in sections:
            exact = detail is not None and detail.rows
            quantiles += detail.quantiles(name, kind, 1e-3) if exact else [(name, *row) for row in shown]
            bins += detail.bins(name, kind, 1e-3) if exact else []
    return quantiles, bins


def _little(report: dict) -> float | None:
    """mean x rate / connections: above 1 the requests have waited to be sent."""
    if report["mean_s"] is None or not report["connections"]:
        return None
    return report["mean_s"] * report["requests_per_s"] / report["connections"]


def _doubts(found: list[tuple[dict, list]]) -> tuple[str, ...]:
    doubts = []
    for report, sections in found:
        where = f"line {report['line']}:"
        counted = [d.rows[-1][2] for _, d, _ in sections if d is not None and d.rows]
        if not math.isfinite(report["duration_s"] or math.nan) or report["duration_s"] <= _CALIBRATION_S:
            doubts.append(f"{where} runs of 10 s or less never leave wrk2's calibration")
        elif counted and counted[0] < report["requests"]:
            doubts.append(f"{where} the spectrum counts {counted[0]} of {report['requests']} requests")
    return tuple(doubts)


READER = Reader(
    "wrk2",
    _sniff,
    _read,
    (LATENCY_QUANTILES.name, LATENCY_BINS.name, LOAD_SERIES.name),
    "wrk2 text report",
    CARRIES,
    "plain and -U",
    shown_by="reports printed in its README",
)
