"""What reading survived: kinds of trouble, counted, with the first place and text of each."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import FormatError
from schedlab.model.table import Table

_TEXT = 120
_DAMAGE = Table(
    "damage",
    "one kind of trouble",
    (("kind", "str", ""), ("count", "int64", ""), ("first_line", "int64", ""), ("first_text", "str", "")),
)


class Damage:
    """A tally of trouble met while reading one file; becomes the `damage` table of its Reading."""

    def __init__(self) -> None:
        self._rows: dict[str, list] = {}

    def add(self, kind: str, line: int = 0, text: str = "", count: int = 1) -> None:
        """Count trouble of a kind; the first place and text of each kind are kept. Line 0 means no line."""
        row = self._rows.setdefault(kind, [0, line, text.strip()[:_TEXT]])
        row[0] += count

    def count(self, kind: str) -> int:
        """How often that kind was met."""
        return self._rows[kind][0] if kind in self._rows else 0

    def __bool__(self) -> bool:
        return bool(self._rows)

    def first(self) -> tuple[int | None, str]:
        """Line and description of the trouble met first, for an error message; (None, "") for none."""
        rows = sorted(self._rows.items(), key=lambda item: item[1][1] or 1 << 60)
        return (rows[0][1][1] or None, f"{rows[0][0]}: {rows[0][1][2]!r}") if rows else (None, "")

    def refuse(self, path: str, what: str) -> FormatError:
        """The error for a file in which nothing usable was left."""
        line, first = self.first()
        return FormatError(path, f"{what}; {first}" if first else what, line)

    def frame(self) -> pd.DataFrame:
        """One row per kind: kind, count, first_line, first_text."""
        rows = [(kind, *row) for kind, row in self._rows.items()]
        values = zip(*rows, strict=True) if rows else ((),) * len(_DAMAGE.columns)
        return _DAMAGE.frame({name: v for (name, _, _), v in zip(_DAMAGE.columns, values, strict=True)})


def text_of(data: bytes, damage: Damage) -> str:
    """The bytes as text; bytes that are not UTF-8 become U+FFFD and are counted."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        damage.add("invalid UTF-8", line, repr(data[error.start : error.start + 20]))
        return data.decode("utf-8-sig", errors="replace")
