"""Within one run: intervals of independent values, of dependent ones by blocks, and false change points."""

import itertools
import math

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtri
from table import AT_LEAST, COVERED, FALSE_6, FALSE_15, effects, holds, row

from schedlab.model.sample import Sample
from schedlab.stats import block_bootstrap, changes, proportions, quantiles

QS = (0.5, 0.9, 0.99)


def independent(rng, reps):
    """Order statistics and the bootstrap of independent lognormal values, and shares of counted things."""
    for n in (400, 20_000):
        samples = [Sample.of(rng.lognormal(size=n), "s") for _ in range(reps)]
        for q in QS:
            truth = math.exp(ndtri(q))
            found = [holds(quantiles.interval(s, q), truth) for s in samples]
            yield row(
                f"order statistics, quantile {q} (at least 0.95)", "lognormal", n, 0, "", found, AT_LEAST
            )
            found = [holds(quantiles.bootstrap(s, q), truth) for s in samples]
            promise = COVERED if n * (1 - q) >= quantiles.BOOTSTRAP_LEAST else (0.0, 1.0)
            flag = "" if promise == COVERED else ", flagged as too few"
            yield row(f"bootstrap, quantile {q}{flag}", "lognormal", n, 0, "", found, promise)
    for p in (0.01, 0.1, 0.5):
        counts = rng.binomial(1000, p, (reps, 2))
        found = [holds(proportions.wilson(k, 1000), p) for k in counts[:, 0]]
        yield row(f"Wilson, share {p}", "binomial", 1000, 0, "", found, COVERED)
        found = [holds(proportions.newcombe((a, 1000), (b, 1000))) for a, b in counts]
        yield row(f"Newcombe, difference of shares {p}", "binomial", 1000, 1000, "", found, COVERED)


def by_blocks(rng, reps):
    """The block bootstrap of one autocorrelated run of 10,000 requests."""
    for rho in (0.0, 0.5, 0.9):
        z = (lfilter([math.sqrt(1 - rho**2)], [1, -rho], rng.normal(size=10_500))[500:] for _ in range(reps))
        found = [block_bootstrap.within_run(np.exp(x), QS, replicates=999) for x in z]
        for j, q in enumerate(QS):
            hits = [holds(estimates[j], math.exp(ndtri(q))) for estimates in found]
            yield row(
                f"block bootstrap-t, quantile {q}, AR(1) {rho}", "lognormal", 10_000, 0, "", hits, COVERED
            )


def steady(rng, reps):
    """A steady series of blocks that depend on each other: how often is a change seen in it all the same?"""
    for law, n, rho in itertools.product(("normal", "t3"), (20, 40, 200), (0.0, 0.3, 0.5, 0.7, 0.9)):
        series = [_wandering(rng, law, n, rho) for _ in range(reps)]
        few = law == "t3" and n < 200 and rho == 0.9
        for what, find in (("level", changes.levels), ("distribution", changes.distributions)):
            wrong = [len(find(x)) > 0 for x in series]
            about = f"false change of {what}" + (", few wild blocks" if few else "")
            yield row(about, f"{law}, AR(1) {rho:g}", n, 0, "", wrong, FALSE_15 if few else FALSE_6)


def _wandering(rng, law, n, rho):
    return lfilter([1.0], [1, -rho], effects(rng, law, n + 100))[100:]
