"""Student's and Welch's t on a handful of values, one per run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit


@dataclass(frozen=True)
class Shift:
    """A difference of means (treated - baseline) with its standard error and degrees of freedom."""

    estimate: float
    se: float
    df: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """The two-sided t interval; infinite where one run leaves no degrees of freedom."""
        if not self.df > 0:
            return -math.inf, math.inf
        half = float(stdtrit(self.df, 0.5 + confidence / 2)) * self.se
        return self.estimate - half, self.estimate + half

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided p of the shift being `null`; NaN where there is no spread to measure it with."""
        if not self.df > 0 or not self.se > 0:
            return math.nan
        return 2 * float(stdtr(self.df, -abs(self.estimate - null) / self.se))

    def upper_p(self, null: float) -> float:
        """One-sided p against 'the shift is at most `null`'."""
        if not self.df > 0 or not self.se > 0:
            return math.nan
        return float(stdtr(self.df, -(self.estimate - null) / self.se))


def welch(baseline: np.ndarray, treated: np.ndarray) -> Shift:
    """Difference of means of two independent groups of runs, variances not assumed equal (Welch 1947)."""
    estimate = float(np.mean(treated) - np.mean(baseline))
    if len(baseline) < 2 or len(treated) < 2:
        return Shift(estimate, math.inf, 0.0)
    parts = np.array([np.var(g, ddof=1) / len(g) for g in (baseline, treated)])
    total = float(parts.sum())
    if total == 0:
        return Shift(estimate, 0.0, float(len(baseline) + len(treated) - 2))
    freedom = np.array([len(baseline) - 1, len(treated) - 1])
    shares = parts / total  # squaring shares, not variances, keeps tiny variances from underflowing
    return Shift(estimate, math.sqrt(total), float(1 / (shares**2 / freedom).sum()))


def paired(differences: np.ndarray) -> Shift:
    """Mean of differences treated - baseline, one per block (Student 1908)."""
    n = len(differences)
    if n < 2:
        return Shift(float(np.mean(differences)), math.inf, 0.0)
    return Shift(float(np.mean(differences)), float(np.std(differences, ddof=1)) / math.sqrt(n), n - 1.0)
