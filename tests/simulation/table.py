"""One row of the coverage table, and what several parts of the simulation draw."""

import math

import numpy as np

SEED = 20240131
COLUMNS = ("part", "what", "law", "n1", "n2", "run_sd", "reps", "rate", "mc_se", "least", "most", "within")
#: what an interval of 95 % may cover, an exact (hence cautious) one, and how often a test may be wrong
COVERED, AT_LEAST = (0.93, 0.97), (0.93, 1.0)
FALSE_5, FALSE_6, FALSE_15 = (0.0, 0.05), (0.0, 0.06), (0.0, 0.15)
DESIGNS = ((3, 3), (5, 5), (10, 10), (20, 20), (5, 10), (10, 20))


def row(what, law, n1, n2, sd, hits, promise):
    """One line of the table; `within` grants two Monte Carlo standard errors."""
    reps, rate = len(hits), float(np.mean(hits))
    least, most = promise
    if min(n1, n2) == 3 and promise == COVERED:
        most = 1.0  # three runs give wider intervals, not wrong ones
    se = math.sqrt(rate * (1 - rate) / reps)
    within = least - 2 * se <= rate <= most + 2 * se
    return what, law, n1, n2, sd, reps, round(rate, 4), round(se, 4), least, most, within


def effects(rng, law, n):
    """Run effects of unit scale: normal, or t with 3 degrees of freedom."""
    return rng.normal(size=n) if law == "normal" else rng.standard_t(3, size=n) / math.sqrt(3)


def holds(ends, truth=0.0):
    """Whether (lo, hi), or an Estimate, holds the truth."""
    lo, hi = ends if isinstance(ends, tuple) else (ends.lo, ends.hi)
    return lo <= truth <= hi
