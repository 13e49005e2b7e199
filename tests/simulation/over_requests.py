"""Intervals that work on the requests of whole runs: autocorrelated within, an effect of the run between."""

import math
from collections import defaultdict

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtr
from table import AT_LEAST, COVERED, effects, holds, row

from schedlab.stats import dominance, histograms, pooled, shift, transport
from schedlab.stats.quantiles import GRID

TRUE, SIGMA, RHO = math.log(1.05), 0.6, 0.5
REQUESTS = 1_000
SPREADS = (0.01, 0.03, 0.05)
QS = np.array(GRID[:11])


def runs(rng, law, many, mu, sd, n=REQUESTS):
    """Lognormal requests, AR(1) on the log scale, one row a run."""
    z = lfilter([math.sqrt(1 - RHO**2)], [1, -RHO], rng.normal(size=(many, n)), axis=1)
    return np.exp(SIGMA * z + mu + sd * effects(rng, law, many)[:, None])


def cells(n1, n2):
    """A part of the simulation: this many runs, with several spreads between them, and heavy tails."""
    spreads = SPREADS if n1 == n2 > 3 else (0.03,)

    def part(rng, reps):
        for law, sd in (*(("normal", sd) for sd in spreads), ("t3", 0.03)):
            hits = defaultdict(list)
            for _ in range(reps):
                arms = runs(rng, law, n1, 0, sd), runs(rng, law, n2, TRUE, sd)
                for what, hit in _seen(arms, law, sd):
                    hits[what].append(hit)
            for what, found in hits.items():
                yield row(what, law, n1, n2, sd, found, AT_LEAST if "at least" in what else COVERED)

    return part


def _seen(arms, law, sd):
    """(what, whether it held the truth) of every interval; the truths are closed forms for normal effects."""
    packed = histograms.compress_arms(*map(list, arms), bits=8)
    if law == "normal":
        slower = float(ndtr(TRUE / math.sqrt(2 * (SIGMA**2 + sd**2))))
        yield "P(slower), clustered by run", holds(dominance.probability_slower(*packed), slower)
        moved = math.exp((SIGMA**2 + sd**2) / 2) * (math.exp(TRUE) - 1)
        yield "W1, cross-fitted (at least 0.95)", holds(transport.wasserstein(*packed), moved)
    found = pooled.quantile_ratios(*packed, [0.5, 0.99], replicates=999)
    for name, estimate in zip(("p50", "p99"), found, strict=True):
        yield f"hierarchical bootstrap-t of {name}", holds(estimate, 1.05)
    table = shift.of_groups(QS, [np.log(np.quantile(requests, QS, axis=1)).T for requests in arms])
    inside = (table["band_lo"] <= 1.05) & (table["band_hi"] >= 1.05)
    yield "shift function, simultaneous band", bool(inside.all())
    p99 = table[table["q"] == 0.99].iloc[0]
    yield "Welch t of log p99", holds((p99["lo"], p99["hi"]), 1.05)
