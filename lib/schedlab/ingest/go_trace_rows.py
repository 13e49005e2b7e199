"""The rows of a trace as they come out of the kernels: columns that grow, as narrow as their values allow.

A kernel writes into small buffers and stops when one is full; `take` moves what they hold into columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import N_STACKS, Names
from schedlab.kernels.trace_rooms import OUTPUTS, SPAN_COLUMNS

#: columns of PROC_SPANS in the kernel's rows
PROC, RUNNING, START, END, THREAD, WHOLE = range(6)
_SMALL = tuple(name for name in OUTPUTS if name != "proc_spans")


@dataclass
class Rows:
    """What the merge of some generations wrote: `columns` of the two large tables, `parts` of the others."""

    columns: dict[str, Column]
    parts: dict[str, list[np.ndarray]]

    @classmethod
    def expecting(cls, size_bytes: int) -> Rows:
        """Empty, with room for what a trace of that size holds; untouched pages cost no memory."""
        room = size_bytes // 3 + 4096
        wide = {"span_start": np.int64, "span_duration": np.float64, "proc_start": np.int64,
                "proc_duration": np.float64}  # fmt: skip
        narrow = ("proc", "proc_running", "proc_thread", "proc_whole")
        names = (*SPAN_COLUMNS, *narrow, "proc_start", "proc_duration")
        return cls({n: Column(np.empty(room, wide.get(n, np.int8))) for n in names}, {n: [] for n in _SMALL})

    def take(self, s: t.State, names: Names) -> None:
        """Move what the buffers hold to the end of the columns."""
        self._take_spans(s, int(names.used[N_STACKS]))
        self._take_procs(s)
        for name in _SMALL:
            counter = OUTPUTS[name][0]
            self.parts[name].append(getattr(s, name)[: s.fill[counter]].copy())
            s.fill[counter] = 0

    def _take_spans(self, s: t.State, stacks: int) -> None:
        n = int(s.fill[t.N_SPANS])
        largest = {
            "span_goroutine": int(s.now[t.MOST_GOROUTINE]),
            "span_by": int(s.now[t.MOST_GOROUTINE]),
            "span_thread": int(s.now[t.MOST_THREAD]),
            "span_proc": int(s.now[t.MOST_PROC]),
            "span_stack": stacks,
        }
        for name in SPAN_COLUMNS:
            self.columns[name].append(getattr(s, name)[:n], largest.get(name, 0))
        s.fill[t.N_SPANS] = 0

    def _take_procs(self, s: t.State) -> None:
        rows = s.proc_spans[: s.fill[t.N_PROCS]]
        self.columns["proc"].append(rows[:, PROC], int(s.now[t.MOST_PROC]))
        self.columns["proc_running"].append(rows[:, RUNNING])
        self.columns["proc_start"].append(rows[:, START])
        self.columns["proc_duration"].append((rows[:, END] - rows[:, START]) / 1e9)
        self.columns["proc_thread"].append(rows[:, THREAD], int(s.now[t.MOST_THREAD]))
        self.columns["proc_whole"].append(rows[:, WHOLE])
        s.fill[t.N_PROCS] = 0

    def column(self, name: str) -> np.ndarray:
        """The values of a column of the two large tables."""
        return self.columns[name].values()

    def rows(self, name: str) -> np.ndarray:
        """The rows of one of the other outputs."""
        return np.concatenate([np.empty((0, OUTPUTS[name][1]), np.int64), *self.parts[name]])


class Column:
    """A column of which only the beginning is filled."""

    def __init__(self, room: np.ndarray):
        self._room, self._n = room, 0

    def append(self, values: np.ndarray, largest: int = 0) -> None:
        """Add values; no value so far is above `largest`, where that decides how wide the column must be."""
        room, end = self._room, self._n + len(values)
        wide = np.promote_types(room.dtype, np.min_scalar_type(-largest - 1))
        if wide != room.dtype or end > len(room):
            self._room = np.empty(max(len(room), 2 * end), wide)
            self._room[: self._n] = room[: self._n]
        self._room[self._n : end] = values
        self._n = end

    def values(self) -> np.ndarray:
        """What is filled."""
        return self._room[: self._n]
