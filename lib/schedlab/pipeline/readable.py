"""Tables as people read them: base units turned into readable ones, one header and rows of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from schedlab import units
from schedlab.model.titles import title

#: ending of a column's name -> its base unit
_ENDINGS = (("_s", "s"), ("_bytes", "bytes"), ("_share", "share"), ("_per_s", "1/s"))
#: columns of sentences that repeat from row to row: the sentences stand once, below the table
_NOTED = ("method", "doubts", "says", "warnings")
#: columns of quantiles and of chances, where the distance from 0 and from 1 counts
_CHANCES = ("q", "p", "p_value")
#: a table of so few rows keeps its sentences
_FEW = 4


@dataclass(frozen=True)
class Readable:
    """A table of text; `numeric` says which columns are numbers (set flush right).

    `notes` are the sentences that its last column, "notes", counts from 1.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    notes: tuple[str, ...] = ()


def readable(frame) -> Readable:
    """The frame with each column in one readable unit; `value`, `lo`, `hi`, `unit` become one estimate."""
    frame = frame if _plain_index(frame) else frame.reset_index()
    noted = [c for c in frame.columns if c in _NOTED] if len(frame) > _FEW else []
    rest = frame.drop(columns=noted)
    estimates = {"value", "lo", "hi", "unit"} <= set(rest.columns)
    parts = _with_estimates(rest) if estimates else [_column(str(c), list(rest[c])) for c in rest.columns]
    numbers, notes = _notes(frame[noted])
    return _assemble([*parts, ("notes", numbers, False)] if notes else parts, len(frame), notes)


def _notes(frame) -> tuple[list[str], tuple[str, ...]]:
    """Each row's sentences as numbers, and the sentences in the order in which they first appear."""
    said = [
        [s for cell in row if cell for s in str(cell).split("; ")] for row in frame.itertuples(index=False)
    ]
    notes = tuple(dict.fromkeys(sentence for row in said for sentence in row))
    return [", ".join(str(notes.index(s) + 1) for s in dict.fromkeys(row)) for row in said], notes


def _assemble(parts: list[tuple[str, list[str], bool]], n: int, notes: tuple[str, ...]) -> Readable:
    rows = tuple(tuple(cells[i] for _, cells, _ in parts) for i in range(n))
    return Readable(tuple(p[0] for p in parts), rows, tuple(p[2] for p in parts), notes)


def _plain_index(frame) -> bool:
    return frame.index.name is None or frame.index.name in frame.columns


def _with_estimates(frame) -> list[tuple[str, list[str], bool]]:
    parts = []
    for raw in frame.columns:
        if raw == "value":
            columns = ["value", "lo", "hi", "unit", *(["runs"] if "runs" in frame else [])]
            rows = frame[columns].itertuples(index=False)
            parts.append(("estimate", [units.show_interval(*row) for row in rows], True))
        elif raw not in ("lo", "hi", "unit"):
            parts.append(_column(str(raw), list(frame[raw])))
    return parts


def _column(name: str, values: list[Any]) -> tuple[str, list[str], bool]:
    unit, stem = _unit(name)
    numeric = bool(values) and all(_is_number(v) or _is_missing(v) for v in values)
    if not numeric:
        told = [title(str(v)) if name == "metric" else _text(v) for v in values]
        return title(name), told, False
    if name in _CHANCES:
        return title(name), ["–" if _is_missing(v) else _chance(float(v)) for v in values], True
    size, shown = units.scale([float(v) for v in values if not _is_missing(v)], unit)
    header = f"{stem} ({shown})" if shown else stem
    return header, [_number(v, size, unit) for v in values], True


def _chance(value: float) -> str:
    """Nine nines are not one, and nobody reads the digits of a chance below one in ten thousand."""
    return "<0.0001" if 0 < value < 1e-4 else f"{value:.7g}" if value >= 0.99 else units.number(value)


def _unit(name: str) -> tuple[str, str]:
    for ending, unit in reversed(_ENDINGS):
        if name.endswith(ending):
            return unit, title(name.removesuffix(ending))
    return ("share" if name == "share" else "1"), title(name)


def _number(value: Any, size: float, unit: str) -> str:
    if _is_missing(value):
        return "–"
    if unit == "1" and float(value).is_integer():
        return units.number(float(value), 1) if abs(value) < 1e15 else str(value)
    return units.number(float(value) / size)


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not _is_bool(value)


def _is_bool(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT")


def _text(value: Any) -> str:
    if _is_missing(value):
        return "–"
    if _is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    return units.number(float(value)) if _is_number(value) else str(value)
