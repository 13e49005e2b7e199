"""Shares of counted things: Wilson's interval (1927), Newcombe's interval of a difference (1998).

They treat what is counted as independent. Over several runs, compare the runs' shares instead
(`compare(..., scale="odds")`); within one run they are the lower bound of the uncertainty.
"""

from __future__ import annotations

import math

from schedlab.errors import TooFewValues
from schedlab.model import shares
from schedlab.model.results import Estimate


def wilson(successes: float, n: float, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval; defined for none and for all of n."""
    if not n > 0 or not 0 <= successes <= n:
        raise TooFewValues(f"{successes:g} of {n:g} is no share; at least one observation is needed")
    lo, hi = (float(end) for end in shares.wilson(successes, n, confidence))
    return Estimate(successes / n, lo, hi, "share", int(n), confidence, "Wilson")


def none_of(n: float, per: float = 1.0, confidence: float = 0.95) -> Estimate:
    """Not one of n seen: how many in `per` there may be at most, about 3 / n (Clopper and Pearson 1934)."""
    if not n > 0:
        raise TooFewValues("nothing was observed, so that nothing bounds it")
    most = -math.expm1(math.log1p(-confidence) / n)
    return Estimate(0.0, 0.0, per * most, "1", int(n), confidence, "Clopper-Pearson, one-sided")


def newcombe(
    baseline: tuple[float, float], treated: tuple[float, float], confidence: float = 0.95
) -> Estimate:
    """Difference of two shares, treated - baseline, each given as (successes, n); Newcombe's method 10."""
    one, two = wilson(*baseline, confidence), wilson(*treated, confidence)
    lo, hi = (float(end) for end in shares.newcombe(*baseline, *treated, confidence))
    n = int(baseline[1] + treated[1])
    return Estimate(two.value - one.value, lo, hi, "share", n, confidence, "Newcombe")
