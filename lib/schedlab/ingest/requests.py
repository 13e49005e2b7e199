"""The request log of our own load client: `intended_ns,sent_ns,end_ns,status`, one request a line."""

from __future__ import annotations

from collections.abc import Iterable
from mmap import mmap

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import load_rows, source
from schedlab.ingest.damage import Damage
from schedlab.model.carries import EITHER, RAW, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import REQUESTS

CARRIES = Carries(RAW, EITHER, stamps="start", failures="flagged", resolution_s=1e-9)
_HEADER = b"intended_ns,sent_ns,end_ns,status"
_NAMES = ("intended_ns", "sent_ns", "end_ns", "status")
#: 1970 to 2262; a status is at most four digits
_LARGEST = (2**63 - 1, 2**63 - 1, 2**63 - 1, 9999)


def _sniff(head: bytes, name: str) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_HEADER)


def read_stream(path: str, stream: Iterable[bytes]) -> Reading:
    """Rows that are no four integers, or end before they start, are counted and left out."""
    return _read(path, source.memory(stream))


def _read(path: str, data: bytes | mmap) -> Reading:
    if not _sniff(data[: 2 * len(_HEADER)], path):
        raise FormatError(path, f"must begin with the line {_HEADER.decode()!r}", 1)
    damage = Damage()
    columns = _quick(data) or _line_by_line(data[:], damage)
    good = _possible(columns, damage)
    if not good.any() and damage:
        raise damage.refuse(path, "no usable request")
    if not good.all():
        columns = {name: values[good] for name, values in columns.items()}
    frame = _frame(columns)
    facts = CARRIES.facts() | {"requests": len(frame)}
    return Reading(READER.name, {REQUESTS.name: frame}, facts, damage.frame())


def _quick(data: bytes | mmap) -> dict[str, np.ndarray] | None:
    """The four columns of a large log in which every row is four plain integers, else None."""
    begin = data.find(b"\n") + 1
    if len(data) < source.LARGE or data[:begin].rstrip(b"\r\n") != _HEADER:
        return None
    from schedlab.ingest import integer_csv

    found = integer_csv.columns(data, begin, _NAMES)
    return found if found and (found["status"] <= _LARGEST[3]).all() else None


def _line_by_line(data: bytes, damage: Damage) -> dict[str, np.ndarray]:
    """The same columns plus `line`, for files with broken rows."""
    rows = []
    lines = data.split(b"\n")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        fields = line.strip().split(b",")
        cut = number == len(lines)
        if cut or len(fields) != 4 or not all(_fits(f, top) for f, top in zip(fields, _LARGEST, strict=True)):
            damage.add("cut line" if cut else "broken row", number, line[:200].decode("utf-8", "replace"))
            continue
        rows.append([*map(int, fields), number])
    array = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return {name: np.ascontiguousarray(array[:, i]) for i, name in enumerate((*_NAMES, "line"))}


def _fits(field: bytes, top: int) -> bool:
    return field.isdigit() and len(field) <= 19 and int(field) <= top


def _possible(columns: dict[str, np.ndarray], damage: Damage) -> np.ndarray:
    """Rows in which time does not run backwards and nothing is negative."""
    intended, sent, end, status = (columns[name] for name in _NAMES)
    good = (intended >= 0) & (sent >= intended) & (end >= sent) & (status >= 0) & (status <= _LARGEST[3])
    bad = np.flatnonzero(~good)
    if len(bad):
        line = int(columns["line"][bad[0]]) if "line" in columns else int(bad[0]) + 2
        text = ",".join(str(columns[name][bad[0]]) for name in _NAMES)
        damage.add("impossible row", line, text, len(bad))
    return good


def _frame(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    intended, sent, end, status = (columns[name] for name in _NAMES)
    return REQUESTS.frame(
        {
            "intended_ns": intended,
            "sent_ns": sent,
            "end_ns": end,
            "latency_s": (end - intended) / 1e9,
            "service_s": (end - sent) / 1e9,
            "status": status.astype(np.int32),
            "ok": (status >= 200) & (status < 400),
            "endpoint": load_rows.alike("", len(end)),
        }
    )


READER = Reader(
    "schedlab-requests",
    _sniff,
    _read,
    (REQUESTS.name,),
    "request log of schedlab's load client",
    CARRIES,
    "version 1",
    stream=read_stream,
)
