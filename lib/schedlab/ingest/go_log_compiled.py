"""The compiled path of large scheduler logs: exact lines become columns, every other line comes back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from schedlab.ingest.go_log_records import COLUMNS
from schedlab.kernels import logscan
from schedlab.kernels.words import words_of

_KINDS = ("header", "proc", "thread", "goroutine")
#: rows that are reserved to begin with; memory is only taken as rows are filled
_ROOM = (1 << 16, 1 << 18, 1 << 18, 1 << 24)
#: the columns of each kind as the kernel fills them, in the order of its rows
_FILLED = (
    tuple(n for n in COLUMNS["header"] if n not in ("wall_ns", "detail", "doubtful")),
    COLUMNS["proc"],
    tuple(n for n in COLUMNS["thread"] if n != "preemptoff"),
    ("key", "goroutine", "status", "thread", "locked_thread"),
)


class Compiled:
    """Takes blocks of whole lines; holds the columns of all records that have exactly their layout."""

    def __init__(self, stamp: int):
        """`stamp` is the length of what stands before each line: Unix nanoseconds and a blank, or nothing."""
        self._state = np.zeros(logscan.STATE, np.int64)
        self._state[[logscan.LINE, logscan.STAMP]] = 1, stamp
        self._tables = tuple(
            np.empty((rows, room), np.int64) for rows, room in zip(logscan.ROWS, _ROOM, strict=True)
        )
        self._marks = np.empty((2, _ROOM[logscan.GOROUTINE]), np.uint8)
        self._reasons = np.zeros((logscan.REASONS, logscan.REASON_WORDS), np.uint64)
        self._odd = np.empty((0, 3), np.int64)

    def take(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """(number, text) of every line of the block that is not exactly a record."""
        self._make_room(len(block))
        self._state[logscan.ODD] = 0
        with np.errstate(over="ignore"):
            n = logscan.scan(
                words_of(block), len(block), self._state, self._odd, self._tables, self._marks, self._reasons
            )
        return ((number, block[begin:end]) for begin, end, number in self._odd[:n].tolist())

    def columns(self) -> dict[str, dict]:
        """Columns per kind of record, named as in COLUMNS; the text columns are categories."""
        found = {}
        for layout, (kind, names) in enumerate(zip(_KINDS, _FILLED, strict=True)):
            n = self._state[1 + layout]
            found[kind] = {name: self._tables[layout][row, :n] for row, name in enumerate(names)}
        self._add_headers(found["header"])
        self._add_threads(found["thread"])
        self._add_goroutines(found["goroutine"])
        return found

    def _add_headers(self, columns: dict) -> None:
        n = self._state[1 + logscan.HEADER]
        columns["wall_ns"] = self._tables[logscan.HEADER][-1, :n]
        columns |= {"detail": np.ones(n, np.int64), "doubtful": np.zeros(n, bool)}

    def _add_threads(self, columns: dict) -> None:
        for name in ("spinning", "blocked"):
            columns[name] = columns[name] > 0
        n = len(columns["key"])
        columns["preemptoff"] = _text(np.zeros(n, np.int8), [""] if n else [])

    def _add_goroutines(self, columns: dict) -> None:
        n = self._state[1 + logscan.GOROUTINE]
        columns["scan"] = self._marks[1, :n].view(bool)
        columns["reason"] = self._categories(self._marks[0, :n])

    def _categories(self, rows: np.ndarray) -> pd.Categorical:
        """Reasons in alphabetical order, each row's as its place among them."""
        sizes = self._reasons[:, 0].astype(np.int64) - 1
        texts = {k: self._reasons[k, 1:].tobytes()[: sizes[k]].decode() for k in np.flatnonzero(sizes >= 0)}
        names = sorted(texts.values())
        code = np.zeros(logscan.REASONS, np.int8)
        for k, text in texts.items():
            code[k] = names.index(text)
        return _text(code[rows], names)

    def _make_room(self, size: int) -> None:
        """Room for the rows and odd lines that a block of that size may hold."""
        grown = []
        for layout, table in enumerate(self._tables):
            needed = self._state[1 + layout] + size // logscan.SHORTEST[layout] + 1
            grown.append(_longer(table, needed))
        self._tables = tuple(grown)
        self._marks = _longer(self._marks, self._tables[logscan.GOROUTINE].shape[1])
        if len(self._odd) < size:
            self._odd = np.empty((size, 3), np.int64)


def _text(codes: np.ndarray, names: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype="str"), validate=False)


def _longer(table: np.ndarray, needed: int) -> np.ndarray:
    """The table, or one of twice its room with the same rows."""
    if needed <= table.shape[1]:
        return table
    longer = np.empty((len(table), max(needed, 2 * table.shape[1])), table.dtype)
    longer[:, : table.shape[1]] = table
    return longer
