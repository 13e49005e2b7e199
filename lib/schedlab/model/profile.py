"""A profile of stacks, in columns: what a profile.proto says, without one Python object per frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Profile:
    """Stacks with values. Frames are logical (inlined calls expanded), leaf first.

    `values` int64 (samples, types); sample i has the frames `frames[starts[i]:starts[i + 1]]`, int32 rows of
    `functions` (columns name, file, start_line); `lines` int32 and `inlined` bool run beside `frames`.
    `types` are (name, unit) pairs, one per column of `values`; `labels` has one row per label (sample, key,
    text, number, unit).
    """

    types: tuple[tuple[str, str], ...]
    values: np.ndarray
    starts: np.ndarray
    frames: np.ndarray
    lines: np.ndarray
    inlined: np.ndarray
    functions: pd.DataFrame
    labels: pd.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """The number of distinct stacks."""
        return len(self.values)

    def value(self, name: str) -> np.ndarray:
        """The column of values of that type, int64, shape (samples,)."""
        names = [kind for kind, _ in self.types]
        return self.values[:, names.index(name)]
