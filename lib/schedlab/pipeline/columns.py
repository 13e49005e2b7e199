"""How wide the columns of a table on paper are, and how large its letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: between the margins of report.typ, in points
PAGE = 476.0
#: left and right of a cell together, in points
_INSET = 7.0
#: sizes of letters to try, in points, and how much large ones are worth: a table in letters a tenth smaller
#: must be an eighth lower
_SIZES, _WORTH = (8.8, 8.2, 7.6, 7.0, 6.4, 5.8), 1.25
#: so many lines cost nothing: a short table has large letters
_SHORT = 12
#: letters of the report's type that are much narrower or wider than half its size, and the bold ones
_WIDTHS = {
    0.0: "\u200b\u2060",
    0.29: " \u00a0!'(),.:;I\\ijl{|}·",
    0.38: '"*-/J[]`frst',
    0.78: "mw",
    0.92: "MW@→",
}
_EMS = {letter: ems for ems, letters in _WIDTHS.items() for letter in letters}
_BOLD = 1.09
#: 0.87 [0.81, 0.94] ms; 6 + 6
_WHOLE = re.compile(r"\S+ \[[^\]]*\]( \S+)?|\d+ \+ \d+")
#: by so much a column grows at a time, in shares of the size
_STEP = 0.4


@dataclass(frozen=True)
class Columns:
    """Widths of the columns and size of the letters, in points; the rows take about so many lines."""

    widths: tuple[float, ...]
    size: float
    lines: int


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> Columns:
    """Large letters in rows of few lines, as far as both can be had.

    No column is narrower than its longest word, and a number is never broken.
    """
    cells = np.array([[_ems(cell) for cell in row] for row in (header, *rows)])
    cells[0] *= _BOLD
    room = PAGE - _INSET * len(header)
    least = np.maximum(_BOLD * _words([header]), _words(rows) if rows else 0.0)
    least = np.where(numeric, np.maximum(least, cells[1:].max(axis=0, initial=0.0)), least)
    sizes = [size for size in _SIZES if least.sum() * size <= room] or [room / least.sum()]
    tried = [_at(size, least, cells, room) for size in sizes]
    return min(tried, key=lambda layout: (layout.lines + _SHORT) / layout.size**_WORTH)


def breakable(text: str) -> str:
    """Long names may break after the marks between their parts, and where a part begins with a capital.

    Estimates and counts of runs stay on one line.
    """
    if _WHOLE.fullmatch(text):
        return text.replace(" ", "\u00a0")
    text = re.sub(r"(?<=[/_=:;@])(?=\w)|(?<=,)(?=[A-Za-z])|(?<=[A-Za-z)]\.)(?=[\w(])", "\u200b", text)
    return re.sub(r"\w{15,}", lambda word: re.sub(r"(?<=[a-z])(?=[A-Z])", "\u200b", word[0]), text)


def _at(size: float, least: np.ndarray, cells: np.ndarray, room: float) -> Columns:
    widths = _grown(least, cells, room / size)
    lines = np.ceil(cells[1:] / widths).max(axis=1, initial=1.0).sum()
    return Columns(tuple(widths * size + _INSET), size, int(lines))


def _grown(least: np.ndarray, cells: np.ndarray, room: float) -> np.ndarray:
    """Step by step the column grows whose growing makes the table lower by most."""
    widths = least.copy()
    while widths.sum() + _STEP <= room:
        lines = cells / widths
        column, highest = lines.argmax(axis=1), lines.max(axis=1)
        broken = highest > 1
        if not broken.any():
            break
        gain = np.bincount(column[broken], weights=(highest / widths[column])[broken])
        widths[gain.argmax()] += _STEP
    return widths


def _words(rows: Sequence[Sequence[str]]) -> np.ndarray:
    """The longest word of each column."""
    return np.array(
        [max(_ems(w) for cell in column for w in _split(cell)) for column in zip(*rows, strict=True)]
    )


def _split(text: str) -> list[str]:
    return re.split(r"[ \u200b]|(?<=-)(?=[A-Za-z])", text)


def _ems(text: str) -> float:
    """About how wide a text is, in shares of the size of its letters."""
    return sum(_EMS.get(letter, 0.68 if letter.isupper() else 0.52) for letter in text)
