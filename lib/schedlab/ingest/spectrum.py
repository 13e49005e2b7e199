"""A percentile spectrum, as HdrHistogram, wrk2 and vegeta print it: value, percentile, count up to there.

The counts are cumulative and exact at each printed value, so a spectrum is a histogram with bins between
neighbouring values. Between them only the bounds are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schedlab.ingest.damage import Damage

_ROW = re.compile(
    r"(?P<value>\d{1,15}(?:\.(?P<decimals>\d{1,12}))?)[\s,]+(?P<q>[01]\.\d{1,15})[\s,]+(?P<count>\d{1,18})"
    r"(?:[\s,]+(?:[\d.]{1,30}|inf|Infinity))?"
)
_HEAD = re.compile(r"Value(?:\((\w+)\))?\"?[\s,]+\"?Percentile\"?[\s,]+\"?TotalCount")
_TOTAL = re.compile(r"Total ?[cC]ount\s*=\s*(\d{1,18})\]")
_MEAN = re.compile(r"#\[Mean\s*=\s*(\d{1,15}(?:\.\d{1,12})?),")


@dataclass(frozen=True)
class Spectrum:
    """Rows (q, value, cumulative count, step of the print), ascending; `unit` as the header names it.

    `mean` and `total` are those of the footer, None where it is missing.
    """

    rows: tuple[tuple[float, float, int, float], ...]
    unit: str
    mean: float | None
    total: int | None

    def quantiles(self, endpoint: str, kind: str, unit_s: float) -> list[tuple]:
        """Rows of LATENCY_QUANTILES."""
        return [(endpoint, kind, q, value * unit_s, step * unit_s) for q, value, _, step in self.rows]

    def bins(self, endpoint: str, kind: str, unit_s: float) -> list[tuple]:
        """Rows of LATENCY_BINS: what the cumulative count grows by from one value to the next."""
        found, below, counted = [], 0.0, 0
        for _, value, count, _ in self.rows:
            if count > counted and value > below:
                found.append((endpoint, kind, below * unit_s, value * unit_s, float(count - counted)))
                below, counted = value, count
        return found


def has_head(text: str) -> bool:
    """Whether the heading of a spectrum stands in the text."""
    return bool(_HEAD.search(text))


def parse(text: str, line: int, damage: Damage) -> Spectrum | None:
    """The first spectrum of a text that begins at that line; None where there is none."""
    head = _HEAD.search(text)
    if not head:
        return None
    first = line + text.count("\n", 0, head.start())
    rows = _rows(text[head.start() :].split("\n")[1:], first + 1, damage)
    mean, total = _MEAN.search(text, head.end()), _TOTAL.search(text, head.end())
    shown = int(total[1]) if total else None
    if rows and shown is not None and rows[-1][2] != shown:
        damage.add("spectrum that does not reach its total", first, f"{rows[-1][2]} of {shown}")
    return Spectrum(tuple(rows), head[1] or "", float(mean[1]) if mean else None, shown)


def _rows(lines: list[str], first: int, damage: Damage) -> list[tuple[float, float, int, float]]:
    """The rows below a heading, up to the footer or other text; impossible ones are counted and left out."""
    rows: list[tuple[float, float, int, float]] = []
    for number, line in enumerate(lines, first):
        shown = line.strip()
        if not shown:
            continue
        found = _ROW.fullmatch(shown)
        if not found:
            if not shown.startswith(("#", "-")):
                damage.add("broken row", number, shown)
            break
        q, value, count = float(found["q"]), float(found["value"]), int(found["count"])
        last = rows[-1] if rows else (0.0, 0.0, 0, 0.0)
        if q > 1 or q < last[0] or value < last[1] or count < last[2]:
            damage.add("spectrum that falls", number, shown)
            continue
        rows.append((q, value, count, 10.0 ** -len(found["decimals"] or "")))
    return rows
