"""A sample: what was observed of one quantity in one run, whatever form the tool kept it in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sample:
    """Values with a unit: raw (`counts` is None), weighted atoms, or bins `[lo, hi)` with counts.

    `values` float64, shape (n,): raw values, atoms, or the lower bounds of bins. `upper` float64, shape
    (n,), only for bins. `counts` float64, shape (n,), for atoms and bins. `censored_above` counts the values
    only known to exceed `censor_at` (timeouts).
    """

    values: np.ndarray
    unit: str
    counts: np.ndarray | None = None
    upper: np.ndarray | None = None
    censored_above: float = 0.0
    censor_at: float = float("inf")
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, values, unit: str, warnings: tuple[str, ...] = ()) -> Sample:
        """A sample of raw values."""
        return cls(np.ascontiguousarray(values, dtype=np.float64), unit, warnings=warnings)

    @property
    def n(self) -> float:
        """How many observations the sample stands for, censored ones included."""
        seen = float(len(self.values)) if self.counts is None else float(self.counts.sum())
        return seen + self.censored_above
