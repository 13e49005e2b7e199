"""A profile of stacks, in columns: what a profile.proto says, without one Python object per frame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from schedlab.errors import UnknownName


@dataclass(frozen=True)
class Profile:
    """Stacks with values. Frames are logical (inlined calls expanded), leaf first.

    `values` int64 (samples, types); sample i has the frames `frames[starts[i]:starts[i + 1]]`, int32 rows of
    `sites` (columns function, line, inlined, binary, address: one row per place in the program), whose
    `function` is a row of `functions` (columns name, file, start_line) and whose `binary` is an index into
    `facts["binaries"]`, -1 if unknown. An inlined frame belongs to the same physical location as the next.
    `types` are (name, unit) pairs, one per column of `values`; `labels` has one row per label (sample, key,
    text, number, unit). `facts` holds the rest of the header: duration_s, period, ...
    """

    types: tuple[tuple[str, str], ...]
    values: np.ndarray
    starts: np.ndarray
    frames: np.ndarray
    sites: pd.DataFrame
    functions: pd.DataFrame
    labels: pd.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """The number of distinct stacks (with their labels)."""
        return len(self.values)

    @property
    def depths(self) -> np.ndarray:
        """Logical frames per stack, int64, shape (samples,)."""
        return np.diff(self.starts)

    def index(self, name: str | None = None) -> int:
        """The column of that type; without a name the default type, else the last one, as pprof does."""
        names = [kind for kind, _ in self.types]
        name = name or self.facts.get("default_type") or (names[-1] if names else "")
        if name not in names:
            raise UnknownName("sample type", name, names)
        return names.index(name)

    def value(self, name: str | None = None) -> np.ndarray:
        """The column of values of that type, int64, shape (samples,)."""
        return self.values[:, self.index(name)]

    def unit(self, name: str | None = None) -> str:
        """The unit of that type as the profile writes it: count, nanoseconds, bytes."""
        return self.types[self.index(name)][1]

    def total(self, name: str | None = None) -> int:
        """What 100 % is: the sum of absolute values before any filter was applied."""
        column = self.index(name)
        before = self.facts.get("totals")
        return before[column] if before else int(np.abs(self.values[:, column]).sum())

    def names(self) -> np.ndarray:
        """The function name of each site, object, shape (sites,)."""
        return self.functions["name"].to_numpy(object)[self.sites["function"].to_numpy()]

    def keep(self, samples: np.ndarray) -> Profile:
        """The profile with only those samples (bool mask, shape (samples,)), labels included."""
        frames = np.repeat(samples, self.depths)
        rows = np.cumsum(samples) - 1
        labels = self.labels[samples[self.labels["sample"].to_numpy()]]
        return replace(
            self,
            values=self.values[samples],
            starts=offsets(self.depths[samples]),
            frames=self.frames[frames],
            labels=labels.assign(sample=rows[labels["sample"].to_numpy()]).reset_index(drop=True),
        )


def offsets(counts: np.ndarray) -> np.ndarray:
    """Where each group starts in a flat array, and where the last one ends: int64, shape (groups + 1,)."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
