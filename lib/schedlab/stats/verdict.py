"""The four verdicts: a difference (faster, slower, higher, lower), equivalent, or cannot tell."""

from __future__ import annotations

from schedlab.stats.student import Shift

#: what counts as no difference in chapters that state nothing else: a factor of 1.05 either way
MARGIN = 0.05
#: units read from a clock: runs that agree to the last digit show a coarse clock, not a certain value
CLOCKED = ("s", "1/s")
#: fewer runs an arm decide nothing: their spread is hardly known, and counts that agree are chance
LEAST_RUNS = 3


def judge(
    shift: Shift,
    bound: float | None,
    confidence: float,
    better: str,
    unit: str,
    permutation_p: float,
    runs: int,
) -> str:
    """The verdict on a shift of additive scale; `bound` is the equivalence margin on that scale.

    Equivalent where the interval of confidence 1 - 2 alpha lies within the margin stated beforehand (two
    one-sided tests, Schuirmann 1987); else a direction where the interval excludes no difference. Without
    any spread between runs the interval means nothing: counts on which at least three `runs` an arm agree
    are exact, and for all else the exact permutation test decides. Fewer than LEAST_RUNS of an arm decide
    nothing.
    """
    if runs < LEAST_RUNS:
        return "cannot tell"
    alpha = 1 - confidence
    if bound is not None and equivalent(shift, bound, alpha):
        return "equivalent"
    lo, hi = shift.interval(confidence)
    known = shift.se > 0 or exact(shift, unit, runs) or permutation_p <= alpha
    return direction(shift.estimate, better, unit) if known and not lo <= 0 <= hi else "cannot tell"


def exact(shift: Shift, unit: str, runs: int) -> bool:
    """Whether the shift is a count that came out the same in every run of both arms."""
    return shift.se == 0 and unit not in (*CLOCKED, "share") and runs >= LEAST_RUNS


def equivalent(shift: Shift, bound: float, alpha: float = 0.05) -> bool:
    """Two one-sided tests at `alpha` each: the 1 - 2 alpha interval lies inside (-bound, bound)."""
    lo, hi = shift.interval(1 - 2 * alpha)
    return -bound < lo and hi < bound


def direction(estimate: float, better: str, unit: str) -> str:
    """Faster or slower for times and for rates of work done; higher or lower for all else.

    A rate of which less is better counts events, such as collections a second: that is no speed.
    """
    up = estimate > 0
    if (unit, better) in (("s", "lower"), ("1/s", "higher")):
        return "faster" if up == (better == "higher") else "slower"
    return "higher" if up else "lower"
