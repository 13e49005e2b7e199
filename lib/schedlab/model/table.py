"""The shape of a tidy table: its name, what one row is, and its columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import SchedlabError


@dataclass(frozen=True)
class Table:
    """A name, what one row is, and its columns as (name, dtype, meaning) in order.

    The dtype `int` stands for the narrowest of int8 to int64 that holds the column's values.
    """

    name: str
    row: str
    columns: tuple[tuple[str, str, str], ...]

    def frame(self, columns: dict) -> pd.DataFrame:
        """A frame of this schema from arrays or lists; a missing or unknown column is an error."""
        names = [name for name, _, _ in self.columns]
        if set(columns) != set(names):
            raise SchedlabError(f"table {self.name} takes {names}, not {sorted(columns)}")
        made = {name: _column(columns[name], kind) for name, kind, _ in self.columns}
        return pd.DataFrame(made, copy=False)

    def empty(self) -> pd.DataFrame:
        """No rows, the right columns and types."""
        return self.frame({name: [] for name, _, _ in self.columns})

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself if it has this schema exactly; SchedlabError names the first difference."""
        wanted = {name: kind for name, kind, _ in self.columns}
        if list(frame.columns) != list(wanted):
            raise SchedlabError(f"table {self.name} has columns {list(frame.columns)}, not {list(wanted)}")
        for name, kind in wanted.items():
            if not _is(frame[name].dtype, kind):
                raise SchedlabError(f"{self.name}.{name} is {frame[name].dtype}, not {kind}")
        return frame


def _column(values, kind: str) -> np.ndarray | pd.Categorical | pd.Series:
    """The column: the values themselves where they are an array of that type already."""
    same = isinstance(values, np.ndarray | pd.Categorical) and str(values.dtype) == kind
    return values if same else pd.Series(values, dtype=kind)


def _is(dtype, kind: str) -> bool:
    return dtype.kind == "i" if kind == "int" else str(dtype) == kind
