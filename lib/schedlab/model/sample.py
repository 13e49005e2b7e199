"""A sample: what was observed of one quantity in one run, whatever form the tool kept it in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sample:
    """Values with a unit: raw (`counts` is None), weighted atoms, or bins `[lo, hi)` with counts.

    `values` float64, shape (n,): raw values, atoms, or the lower bounds of bins. `upper` float64, shape
    (n,), only for bins: a bin [0, t) holds what is only known to be below t, a bin [t, inf) what is only
    known to be above, and a bin with lo = hi exact values, so one sample may mix them. `counts` float64,
    shape (n,), for atoms and bins. `censored_above` counts the values only known to exceed `censor_at`
    (timeouts); `truncated_below` is the level under which nothing could be seen at all. `corrected` says that
    the counts were filled up by a tool (for coordinated omission): no observations, hence no standard errors.
    """

    values: np.ndarray
    unit: str
    counts: np.ndarray | None = None
    upper: np.ndarray | None = None
    censored_above: float = 0.0
    censor_at: float = float("inf")
    warnings: tuple[str, ...] = ()
    truncated_below: float = 0.0
    corrected: bool = False

    @classmethod
    def of(cls, values, unit: str, warnings: tuple[str, ...] = ()) -> Sample:
        """A sample of raw values."""
        return cls(np.ascontiguousarray(values, dtype=np.float64), unit, warnings=warnings)

    @classmethod
    def bins(cls, lo, hi, counts, unit: str, **more) -> Sample:
        """A sample of counts in the intervals [lo, hi)."""
        as_floats = (np.ascontiguousarray(part, dtype=np.float64) for part in (lo, hi, counts))
        lower, upper, held = as_floats
        return cls(lower, unit, held, upper, **more)

    @property
    def n(self) -> float:
        """How many observations the sample stands for, censored ones included."""
        seen = float(len(self.values)) if self.counts is None else float(self.counts.sum())
        return seen + self.censored_above


@dataclass(frozen=True)
class Quantiles:
    """What a tool printed of a distribution when it kept nothing else: `values[i]` is its quantile `q[i]`.

    `n` is the number of observations behind it, None where the tool does not say.
    """

    q: np.ndarray
    values: np.ndarray
    unit: str
    n: float | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, q, values, unit: str, n: float | None = None) -> Quantiles:
        """Quantiles in ascending order of q."""
        order = np.argsort(q, kind="stable")
        return cls(np.asarray(q, np.float64)[order], np.asarray(values, np.float64)[order], unit, n)
