"""What the readers of load-test files share: rows of text into frames, with every broken row counted."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import pandas as pd

from schedlab.ingest.damage import Damage
from schedlab.model.carries import Carries
from schedlab.model.extend import Reading
from schedlab.model.tables import GAUGES, LATENCY_BINS, LATENCY_QUANTILES, LOAD_SERIES, REQUESTS, Table

_LARGEST_NS = 2**63 - 1


def whole_lines(text: str, damage: Damage) -> list[str]:
    """All lines that have an end; a last line without one may be short and is not read."""
    whole, _, tail = text.rpartition("\n")
    if tail.strip():
        damage.add("cut line", text.count("\n") + 1, tail)
    return whole.split("\n")


def csv_rows(
    lines: list[str], damage: Damage, delimiter: str = ",", first: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """(line number, fields) of every row that is not empty."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            damage.add("broken row", reader.line_num + first - 1, str(error))
            continue
        if fields:
            yield reader.line_num + first - 1, fields


def requests(rows: Iterable[tuple[int, object]], parse: Callable, damage: Damage) -> pd.DataFrame:
    """REQUESTS from rows; `parse` gives (sent_ns, latency_ns, status, ok, endpoint) or raises ValueError."""
    good = []
    for line, row in rows:
        try:
            sent, latency, status, ok, endpoint = parse(row)
            if not (sent >= 0 and latency >= 0 and sent + latency <= _LARGEST_NS and 0 <= status < 2**31):
                raise ValueError("impossible")
        except (ValueError, KeyError, IndexError, TypeError, OverflowError):
            damage.add("broken row", line, str(row)[:200])
            continue
        good.append((sent, sent, sent + latency, latency / 1e9, latency / 1e9, status, ok, endpoint))
    return frame(REQUESTS, good)


def reading(
    path: str, name: str, carries: Carries, rows: pd.DataFrame, damage: Damage, facts=None, warnings=()
) -> Reading:
    """The Reading of one file's requests, in the order of sending; FormatError where there is none."""
    if rows.empty:
        raise damage.refuse(path, "holds no request")
    rows = rows.sort_values("sent_ns", kind="stable", ignore_index=True)
    said = carries.facts() | {"requests": len(rows)} | (facts or {})
    return Reading(name, {REQUESTS.name: rows}, said, damage.frame(), warnings)


def quantiles(rows: list[tuple]) -> pd.DataFrame:
    """LATENCY_QUANTILES from (endpoint, q, value_s, resolution_s), all as measured."""
    return frame(LATENCY_QUANTILES, [(e, "as measured", q, v, r) for e, q, v, r in rows])


def kinds_of_quantiles(rows: list[tuple]) -> pd.DataFrame:
    """LATENCY_QUANTILES from (endpoint, kind, q, value_s, resolution_s)."""
    return frame(LATENCY_QUANTILES, rows)


def bins(rows: list[tuple]) -> pd.DataFrame:
    """LATENCY_BINS from (endpoint, kind, lo_s, hi_s, count)."""
    return frame(LATENCY_BINS, rows)


def series(rows: list[tuple]) -> pd.DataFrame:
    """LOAD_SERIES from (start_ns, duration_s, endpoint, requests, errors, users)."""
    return frame(LOAD_SERIES, rows)


def gauges(rows: list[tuple]) -> pd.DataFrame:
    """GAUGES from (wall_ns, name, value, unit)."""
    return frame(GAUGES, rows)


def frame(table: Table, rows: list[tuple]) -> pd.DataFrame:
    """A frame of that schema from tuples in its order."""
    names = [name for name, _, _ in table.columns]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return table.frame(dict(zip(names, columns, strict=True)))


def instant(text: str) -> int:
    """Unix ns of an RFC 3339 time with up to nine decimals; ValueError if it is none."""
    main, dot, rest = text.partition(".")
    if not dot:
        return round(datetime.fromisoformat(text).timestamp()) * 10**9
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    zone = rest[len(digits) :]
    if not digits or len(digits) > 9 or not zone:
        raise ValueError(f"not an instant: {text!r}")
    return round(datetime.fromisoformat(main + zone).timestamp()) * 10**9 + int(digits.ljust(9, "0"))


def positive(text: str | float) -> float:
    """A finite number that is not negative; ValueError otherwise."""
    value = float(text)
    if not math.isfinite(value) or value < 0 or isinstance(text, bool):
        raise ValueError(f"not a positive number: {text!r}")
    return value
