"""What the readers of load-test files share: rows of text into frames, with every broken row counted."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from schedlab.ingest.damage import Damage
from schedlab.model.carries import Carries
from schedlab.model.extend import Reading
from schedlab.model.tables import GAUGES, LATENCY_BINS, LATENCY_QUANTILES, LOAD_SERIES, REQUESTS, Table

#: year 2262
LARGEST_NS = 2**63 - 1


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
    good = [found for line, row in rows if (found := request(line, row, parse, damage))]
    return of_columns(*zip(*good, strict=True)) if good else REQUESTS.empty()


def request(line: int, row: object, parse: Callable, damage: Damage) -> tuple | None:
    """What `parse` makes of one row; None, and counted, where that is nothing or nothing possible."""
    try:
        found = sent, latency, status, *_ = parse(row)
        if not (sent >= 0 and latency >= 0 and sent + latency <= LARGEST_NS and 0 <= status < 2**31):
            raise ValueError("impossible")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        damage.add("broken row", line, str(row)[:200])
        return None
    return found


def of_columns(sent, latency, status, ok, endpoint) -> pd.DataFrame:
    """REQUESTS of a loop whose schedule is not known: intended is when it was sent."""
    sent, latency = np.asarray(sent, np.int64), np.asarray(latency, np.int64)
    latency_s = latency / 1e9
    columns = (sent, sent.copy(), sent + latency, latency_s, latency_s.copy(), status, ok, endpoint)
    names = (name for name, _, _ in REQUESTS.columns)
    return REQUESTS.frame(dict(zip(names, columns, strict=True)))


def texts(found: pa.Array) -> pd.api.extensions.ExtensionArray:
    """A column of the tables over the memory of Arrow's array of texts."""
    return pd.arrays.ArrowStringArray(pa.chunked_array([found]), dtype=pd.StringDtype("pyarrow", np.nan))


def alike(text: str, n: int) -> pd.api.extensions.ExtensionArray:
    """A column that is that text throughout."""
    return texts(pa.repeat(pa.scalar(text, pa.large_string()), n))


def reading(
    path: str, name: str, carries: Carries, rows: pd.DataFrame, damage: Damage, facts=None, warnings=()
) -> Reading:
    """The Reading of one file's requests, in the order of sending; FormatError where there is none."""
    if rows.empty:
        raise damage.refuse(path, "holds no request")
    if not rows["sent_ns"].is_monotonic_increasing:
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
    """Unix ns of an RFC 3339 time with up to nine decimals and its zone; ValueError if it is none."""
    main, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    moment = datetime.fromisoformat(main + rest[len(digits) :])
    if len(digits) > 9 or bool(dot) != bool(digits) or moment.tzinfo is None:
        raise ValueError(f"not an instant: {text!r}")
    return round(moment.timestamp()) * 10**9 + int(digits.ljust(9, "0"))


def positive(text: str | float) -> float:
    """A finite number that is not negative; ValueError otherwise."""
    value = float(text)
    if not math.isfinite(value) or value < 0 or isinstance(text, bool):
        raise ValueError(f"not a positive number: {text!r}")
    return value


def encodable(text: str) -> str:
    """The text with `?` for halves of surrogate pairs, which JSON can hold and a table cannot."""
    return text.encode("utf-8", "replace").decode()
