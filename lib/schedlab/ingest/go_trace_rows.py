"""The rows of a trace as they come out of the kernels: columns that grow, as narrow as their values allow.

A kernel is lent room for its outputs and stops when one is full; `take` keeps what it wrote. Columns whose
width is known are written in place; the others, and tables with few rows, go through small buffers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import N_STACKS, Names
from schedlab.kernels.trace_rooms import OUTPUTS, SPAN_BUFFER, SPAN_COLUMNS

#: outputs with many rows -> their columns in the kernel's order, and what bounds the values of each
_SPLIT = {
    "proc_spans": ("proc", "flag", "start", "end", "thread", "flag"),
    "lives": ("goroutine", "start", "end", "flag", "flag", "goroutine", "stack", "stack"),
    "wakeups": ("goroutine", "start", "goroutine"),
}
#: the columns of goroutine spans that hold numbers -> what bounds them
_BOUNDS = {
    "span_goroutine": "goroutine",
    "span_proc": "proc",
    "span_stack": "stack",
}
#: the columns of goroutine spans that the kernel writes in place
_IN_PLACE = {name: kind for name, kind in zip(SPAN_COLUMNS, t.SPAN_TYPES, strict=True) if name not in _BOUNDS}
_PARTS = tuple(name for name in OUTPUTS if name not in _SPLIT)


@dataclass
class Rows:
    """What the merge of some generations wrote: `columns` of the large tables, `parts` of the others.

    `first_ns` is the earliest start of a goroutine's span, `shortest_s` the least duration.
    """

    columns: dict[str, Column]
    parts: dict[str, list[np.ndarray]]
    first_ns: int = np.iinfo(np.int64).max
    shortest_s: float = 0.0

    @classmethod
    def expecting(cls, size_bytes: int) -> Rows:
        """Empty, with room for the spans of a trace of that size; untouched pages cost no memory."""
        room, wide = size_bytes // 3 + 4096, {"start": np.int64, "end": np.float64}
        columns = {name: Column(np.empty(room, _IN_PLACE.get(name, np.int8))) for name in SPAN_COLUMNS}
        for output, bounds in _SPLIT.items():
            for k, bound in enumerate(bounds):
                columns[f"{output} {k}"] = Column(np.empty(room // 24, wide.get(bound, np.int8)))
        return cls(columns, {name: [] for name in _PARTS})

    def lend(self, s: t.State) -> t.State:
        """The state with room at the end of our columns for what it writes in place."""
        return s._replace(**{name: self.columns[name].free(SPAN_BUFFER) for name in _IN_PLACE})

    def take(self, s: t.State, names: Names) -> None:
        """Keep what the kernel wrote in place, and move what the buffers hold to the end of the columns."""
        largest = {
            "goroutine": int(s.now[t.MOST_GOROUTINE]),
            "thread": int(s.now[t.MOST_THREAD]),
            "proc": int(s.now[t.MOST_PROC]),
            "stack": int(names.used[N_STACKS]),
        }
        n = int(s.fill[t.N_SPANS])
        starts, durations = (self.columns[name].free(n) for name in ("span_start", "span_duration"))
        self.first_ns = int(starts.min(initial=self.first_ns))
        self.shortest_s = float(durations.min(initial=self.shortest_s))
        s.cuts[: s.fill[t.N_CUTS]] += len(self.spans("span_start"))
        for name in _IN_PLACE:
            self.columns[name].filled(n)
        for name, bound in _BOUNDS.items():
            self.columns[name].append(getattr(s, name)[:n], largest[bound])
        for output in OUTPUTS:
            rows = getattr(s, output)[: s.fill[OUTPUTS[output][0]]]
            if output in _SPLIT and len(rows):
                self._split(output, rows, _SPLIT[output], largest)
            elif len(rows):
                self.parts[output].append(rows.copy())
        s.fill[: t.N_LOST] = 0

    def _split(self, output: str, rows: np.ndarray, bounds: tuple[str, ...], largest: dict[str, int]) -> None:
        """Rows by columns; an end becomes the seconds since the start."""
        for k, bound in enumerate(bounds):
            values = (rows[:, k] - rows[:, k - 1]) / 1e9 if bound == "end" else rows[:, k]
            self.columns[f"{output} {k}"].append(values, largest.get(bound, 0))

    def spans(self, name: str) -> np.ndarray:
        """A column of the goroutine spans, by its name in the kernel's state."""
        return self.columns[name].values()

    def split(self, output: str) -> list[np.ndarray]:
        """The columns of another output with many rows."""
        return [self.columns[f"{output} {k}"].values() for k in range(len(_SPLIT[output]))]

    def rows(self, output: str) -> np.ndarray:
        """The rows of an output with few."""
        return np.concatenate([np.empty((0, OUTPUTS[output][1]), np.int64), *self.parts[output]])


class Column:
    """A column of which only the beginning is filled."""

    def __init__(self, room: np.ndarray):
        self._room, self._n = room, 0

    def append(self, values: np.ndarray, largest: int = 0) -> None:
        """Add values; no value so far is above `largest`, where that decides how wide the column must be."""
        wide = np.promote_types(self._room.dtype, np.min_scalar_type(-largest - 1))
        self._make_room(len(values), wide)[:] = values
        self.filled(len(values))

    def free(self, n: int) -> np.ndarray:
        """Room for n values behind those filled."""
        return self._make_room(n, self._room.dtype)

    def filled(self, n: int) -> None:
        """The first n of what is free are values now."""
        self._n += n

    def _make_room(self, n: int, kind: np.dtype) -> np.ndarray:
        old, end = self._room, self._n + n
        if kind != old.dtype or end > len(old):
            self._room = np.empty(len(old) if end <= len(old) else 2 * end, kind)
            self._room[: self._n] = old[: self._n]
        return self._room[self._n : end]

    def values(self) -> np.ndarray:
        """What is filled."""
        return self._room[: self._n]
