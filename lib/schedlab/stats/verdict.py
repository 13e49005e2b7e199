"""The four verdicts: a difference (faster, slower, higher, lower), equivalent, or cannot tell."""

from __future__ import annotations

from schedlab.stats.student import Shift

#: units in which better and worse are called faster and slower
SPEEDS = ("s", "1/s")


def judge(
    shift: Shift, bound: float | None, confidence: float, better: str, unit: str, permutation_p: float
) -> str:
    """The verdict on a shift of additive scale; `bound` is the equivalence margin on that scale.

    Equivalent where the interval of confidence 1 - 2 alpha lies within the margin stated beforehand (two
    one-sided tests, Schuirmann 1987); else a direction where the interval excludes no difference. Without
    any spread between runs the interval means nothing, and the exact permutation test decides.
    """
    alpha = 1 - confidence
    if bound is not None and equivalent(shift, bound, alpha):
        return "equivalent"
    lo, hi = shift.interval(confidence)
    spreadless = shift.se == 0
    if not lo <= 0 <= hi and not (spreadless and permutation_p > alpha):
        return direction(shift.estimate, better, unit)
    return "cannot tell"


def equivalent(shift: Shift, bound: float, alpha: float = 0.05) -> bool:
    """Two one-sided tests at `alpha` each: the 1 - 2 alpha interval lies inside (-bound, bound)."""
    lo, hi = shift.interval(1 - 2 * alpha)
    return -bound < lo and hi < bound


def direction(estimate: float, better: str, unit: str) -> str:
    """The word for a shift in this direction; speeds are faster or slower, all else higher or lower."""
    up = estimate > 0
    if better not in ("lower", "higher") or unit not in SPEEDS:
        return "higher" if up else "lower"
    return "faster" if up == (better == "higher") else "slower"
