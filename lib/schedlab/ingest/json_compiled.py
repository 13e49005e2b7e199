"""Requests of large files of JSON lines: plain lines compiled, every other line by the careful path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from mmap import mmap

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schedlab.ingest import load_rows, pieces
from schedlab.ingest.damage import Damage
from schedlab.ingest.json_lines import Lines
from schedlab.ingest.json_requests import Kind

_MARK = b"\xef\xbb\xbf"
#: pieces whose places fit into 32 bits
_LONGEST = 1 << 30


@dataclass(frozen=True)
class _Found:
    """Columns of wanted lines; where they begin and end and their number in the file; which are not plain."""

    columns: list[np.ndarray]
    endpoint: pa.Array | None
    place: np.ndarray
    odd: np.ndarray
    total: int
    counted: list[int]


def requests(content: bytes | mmap, kind: Kind, damage: Damage) -> tuple[pd.DataFrame, list[int]] | None:
    """(REQUESTS in the order of sending, how many lines of each counted beginning); None for what is not
    UTF-8, or no lines."""
    end = content.rfind(b"\n") + 1
    cuts = pieces.cuts(content, len(_MARK) * (content[:3] == _MARK), end)
    if not cuts or max(stop - start for start, stop in cuts) > _LONGEST or not _is_text(content):
        return None
    found = _joined(pieces.side_by_side(partial(_found, content, kind), cuts))
    if tail := content[end:].decode().strip():
        damage.add("cut line", found.total + 1, tail)
    return _frame(_mended(content, found, kind.parse, damage)), found.counted


def _is_text(content: bytes | mmap) -> bool:
    """Whether all of it is UTF-8."""
    whole = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), 1, [None, pa.py_buffer(np.array([0, len(content)])), pa.py_buffer(content)]
    )
    try:
        return bool(whole.cast(pa.large_string()))
    except pa.ArrowInvalid:
        return False


def _found(content: bytes | mmap, kind: Kind, cut: pieces.Cut) -> _Found:
    lines = Lines(content, cut, kind)
    *columns, endpoint = kind.columns(lines)
    sent, latency, status, _ = columns
    possible = (sent >= 0) & (latency >= 0) & (latency <= load_rows.LARGEST_NS - sent) & (status < 2**31)
    return _Found(columns, endpoint, lines.place, (lines.odd > 0) | ~possible, lines.total, lines.counted)


def _joined(parts: list[_Found]) -> _Found:
    """All parts as one, with lines counted through from 1."""
    before = np.cumsum([1, *(part.total for part in parts)])
    for part, first in zip(parts, before, strict=False):
        part.place[2] += first
    endpoints = [part.endpoint for part in parts if part.endpoint is not None]
    return _Found(
        [np.concatenate(column) for column in zip(*(part.columns for part in parts), strict=True)],
        pa.concat_arrays(endpoints) if endpoints else None,
        np.concatenate([part.place for part in parts], axis=1),
        np.concatenate([part.odd for part in parts]),
        int(before[-1]) - 1,
        np.sum([part.counted for part in parts], axis=0).tolist(),
    )


def _mended(content: bytes | mmap, found: _Found, parse: Callable, damage: Damage) -> tuple:
    """The columns with the lines that are not plain read one by one; those without a request are left out."""
    kept, texts = ~found.odd, []
    for row in np.flatnonzero(found.odd).tolist():
        begin, end, number = found.place[:, row].tolist()
        line = content[begin:end].decode()
        values = load_rows.request(number, line, parse, damage) if line.strip() else None
        texts.append(values[-1] if values else "")
        kept[row] = values is not None
        for column, value in zip(found.columns, values or (), strict=False):
            column[row] = value
    columns = [column if kept.all() else column[kept] for column in found.columns]
    if found.endpoint is None:
        return *columns, load_rows.alike("", len(columns[0]))
    filled = pc.replace_with_mask(found.endpoint, found.odd, pa.array(texts, pa.large_string()))
    return *columns, load_rows.texts(filled if kept.all() else filled.filter(pa.array(kept)))


def _frame(columns: tuple) -> pd.DataFrame:
    sent = columns[0]
    if (sent[1:] < sent[:-1]).any():
        order = np.argsort(sent, kind="stable")
        columns = tuple(column[order] for column in columns)
    return load_rows.of_columns(*columns)
