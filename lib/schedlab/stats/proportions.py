"""Shares of counted things: Wilson's interval (1927), Newcombe's interval of a difference (1998).

They treat what is counted as independent. Over several runs, compare the runs' shares instead
(`compare(..., scale="odds")`); within one run they are the lower bound of the uncertainty.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate


def wilson(successes: float, n: float, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval; defined for none and for all of n."""
    if not n > 0 or not 0 <= successes <= n:
        raise TooFewValues(f"{successes:g} of {n:g} is no share; at least one observation is needed")
    z = float(ndtri(0.5 + confidence / 2))
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    lo = 0.0 if successes == 0 else max(centre - half, 0.0)
    hi = 1.0 if successes == n else min(centre + half, 1.0)
    return Estimate(share, lo, hi, "share", int(n), confidence, "Wilson")


def newcombe(
    baseline: tuple[float, float], treated: tuple[float, float], confidence: float = 0.95
) -> Estimate:
    """Difference of two shares, treated - baseline, each given as (successes, n); Newcombe's method 10."""
    one, two = wilson(*baseline, confidence), wilson(*treated, confidence)
    shift = two.value - one.value
    below = math.hypot(two.value - two.lo, one.hi - one.value)
    above = math.hypot(two.hi - two.value, one.value - one.lo)
    n = int(baseline[1] + treated[1])
    return Estimate(shift, shift - below, shift + above, "share", n, confidence, "Newcombe")
