"""Coverage of every interval that a fit advertises: `python tests/simulation/fits.py [PART ...]`.

Samples are drawn from known parameters (`tests/dist/examples.py`), kept as a tool would keep them, fitted,
and the 95 % intervals asked whether they hold the truth. Intervals are only asked where the fit gives one;
`shown` says how often (never, where the form hides the parameter). Exact and bounding intervals promise at
least 95 %. Without PART the table is whole.
"""

import math
import sys
from pathlib import Path

import command
import numpy as np
from table import AT_LEAST, COVERED

sys.path.insert(0, str(Path(__file__).parents[1]))

from dist.examples import EXAMPLES
from dist.forms import FORMS, HIDDEN
from schedlab import dist
from schedlab.dist import splice, stick
from schedlab.model.sample import Quantiles, Sample
from schedlab.stats import goodness, tails
from schedlab.stats.fit import fit
from schedlab.stats.fit_empirical import empirical
from schedlab.stats.fit_interval import by_run, profile
from schedlab.stats.fit_quantiles import fit_quantiles
from schedlab.stats.fit_sample import likelihood_of

TABLE = Path(__file__).parents[2] / "report" / "data" / "coverage-fits.csv"
COLUMNS = ("part", "interval", "family", "parameter", "form", "n", "runs", "reps", "shown", "rate", "mc_se",
           "least", "most", "within")  # fmt: skip
ALL = (*dist.FAMILIES, splice.at(EXAMPLES["splice"][3]))
#: families with ridges, and how many values it takes until their information is normal
HUNGRY = {"burr xii": 20_000, "dagum": 20_000, "exponentiated weibull": 100_000, "hyperexponential 3": 20_000,
          "lognormal mixture 3": 20_000, "hypoexponential": 20_000, "shifted lognormal": 20_000}  # fmt: skip


def row(interval, family, parameter, form, n, runs, hits, promise):
    """One line of the table; `within` grants two Monte Carlo standard errors."""
    shown = [h for h in hits if h is not None]
    rate = float(np.mean(shown)) if shown else math.nan
    se = math.sqrt(rate * (1 - rate) / max(len(shown), 1))
    within = not shown or promise[0] - 2 * se <= rate <= promise[1] + 2 * se
    part = round(len(shown) / len(hits), 3)
    return (
        interval,
        family,
        parameter,
        form,
        n,
        runs,
        len(hits),
        part,
        round(rate, 4),
        round(se, 4),
        *promise,
        within,
    )


def drawn(rng, family, n):
    """n values of the family's example: by its quantile function, or directly where that would search."""
    params = EXAMPLES[family.name]
    if family.name == "inverse gaussian":
        return rng.wald(*params, n)
    if family.name == "hypoexponential":
        return rng.exponential(params[0], n) + rng.exponential(params[0] / (1.0 + params[1]), n)
    if family.name.startswith(("hyperexponential", "lognormal mixture")):
        return mixed(rng, family.name, params, n)
    return family.ppf(rng.random(n), *params)


def mixed(rng, name, params, n):
    """A part for each value, by the shares; then a value of that part."""
    k = int(name[-1])
    part = rng.choice(k, n, p=stick.shares(params[: k - 1]))
    if name.startswith("hyper"):
        return rng.exponential(np.array(params[k - 1 :])[part])
    return rng.lognormal(np.array(params[k - 1 :: 2])[part], np.array(params[k::2])[part])


def holds(ends, truth):
    return None if not all(map(math.isfinite, ends)) else bool(ends[0] <= truth <= ends[1])


def of_parameters(form):
    """The part that asks `Fit.interval` of every family on samples kept in one form."""

    def part(rng, reps):
        for family in ALL:
            n, times = HUNGRY.get(family.name, 2000), reps // 3 if family.name in HUNGRY else reps
            found = [fit(FORMS[form](drawn(rng, family, n)), family) for _ in range(times)]
            promise = AT_LEAST if (family.name, form) in HIDDEN else COVERED
            for i, name in enumerate(family.params):
                if family.links[i] not in ("chosen", "fixed"):
                    hits = [holds(f.interval()[i], EXAMPLES[family.name][i]) for f in found]
                    yield row("observed information", family.name, name, form, n, 1, hits, promise)

    return part


def by_profile(rng, reps):
    """Small samples, where the likelihood is lopsided."""
    for family, n in (("exponential", 20), ("gamma", 50), ("weibull", 50), ("generalised pareto", 200)):
        family = dist.family(family)
        for i, name in enumerate(family.params):
            truth, hits = EXAMPLES[family.name][i], []
            for _ in range(reps):
                sample = Sample.of(drawn(rng, family, n), "s")
                found = fit(sample, family)
                ends = profile(found, likelihood_of(sample), name) if found.readable else (math.nan,) * 2
                hits.append(None if math.isnan(ends[0]) else ends[0] <= truth <= ends[1])
            yield row("profile", family.name, name, "raw", n, 1, hits, COVERED)


def over_runs(rng, reps):
    """Runs that differ by 10 % (normal on the log scale), requests of a run all moved alike."""
    family, mu, sigma, between, n = dist.family("lognormal"), -6.5, 0.6, 0.1, 1000
    truth = (mu, math.hypot(sigma, between))
    for runs in (3, 5, 10, 20):
        found = []
        for _ in range(reps):
            moved = rng.normal(mu, between, runs)
            found.append(
                by_run(
                    {str(r): Sample.of(rng.lognormal(m, sigma, n), "s") for r, m in enumerate(moved)}, family
                )
            )
        hits = [holds(f.interval()[0], truth[0]) for f in found]
        yield row("scores of runs, Student's t", family.name, "mu", "raw", n, runs, hits, COVERED)


def of_quantiles(rng, reps):
    """Five printed quantiles of n known requests."""
    q, n = np.array([0.5, 0.75, 0.9, 0.99, 0.999]), 20_000
    for name in ("lognormal", "weibull", "gamma", "log-logistic"):
        family = dist.family(name)
        found = [
            fit_quantiles(Quantiles.of(q, np.quantile(drawn(rng, family, n), q), "s", n), family)
            for _ in range(reps)
        ]
        for i, parameter in enumerate(family.params):
            theta = family.theta(EXAMPLES[name])[i]
            off = [abs(f.theta[i] - theta) <= 1.96 * math.sqrt(f.cov[i, i]) for f in found]
            yield row("matched quantiles", name, parameter, "quantiles", n, 1, off, COVERED)


def of_distances(rng, reps):
    """Distances of a fitted law, wrong or right, to the true one."""
    true, n, q = dist.family("weibull"), 2000, (np.arange(20_000) + 0.5) / 20_000
    at = true.ppf(q, *EXAMPLES["weibull"])
    for name in ("lognormal", "weibull"):
        ks, w1 = [], []
        for _ in range(reps):
            sample = Sample.of(drawn(rng, true, n), "s")
            found = fit(sample, dist.family(name))
            far = float(np.abs(found.cdf(at) - q).max()), float(np.abs(found.ppf(q) - at).mean())
            ks.append(holds(goodness.distance(sample, found)[1:], far[0]))
            w1.append(holds(goodness.transport(sample, found)[1:], far[1]))
        yield row("KS distance (at least 0.95)", name, "", "raw", n, 1, ks, AT_LEAST)
        yield row("Wasserstein distance (at least 0.95)", name, "", "raw", n, 1, w1, AT_LEAST)


def of_observed(rng, reps):
    """What is said of the sample alone: order statistics and the simultaneous band."""
    true, n = dist.family("lognormal"), 2000
    samples = [Sample.of(drawn(rng, true, n), "s") for _ in range(reps)]
    law = fit(samples[0], true)
    tables = [goodness.quantile_errors(s, law).set_index("q") for s in samples]
    for q in (0.5, 0.9, 0.99):
        truth = float(true.ppf(q, *EXAMPLES["lognormal"]))
        hits = [holds((t.loc[q, "lo"], t.loc[q, "hi"]), truth) for t in tables]
        yield row("order statistics (at least 0.95)", "any", f"p{100 * q:g}", "raw", n, 1, hits, AT_LEAST)
    hits = []
    for s in samples:
        seen, u = empirical(s), true.cdf(np.sort(s.values), *EXAMPLES["lognormal"])
        hits.append(bool(max((seen.upto - u).max(), (u - seen.below).max()) <= seen.half))
    yield row("Massart's band (at least 0.95)", "any", "", "raw", n, 1, hits, AT_LEAST)


def of_tails(rng, reps):
    """xi at one threshold by profile, and far quantiles over the band of thresholds."""
    n, xi = 20_000, 0.4
    laws = {
        "pareto": lambda q: (1 - q) ** -xi,
        "lognormal": lambda q: dist.family("lognormal").ppf(q, 0.0, 0.6),
    }
    for name, law in laws.items():
        found = [tails.tail({"": Sample.of(law(rng.random(n)), "s")}) for _ in range(reps)]
        if name == "pareto":
            at = [t.band.set_index("share").loc[0.02] for t in found]
            hits = [holds((a["xi_lo"], a["xi_hi"]), xi) for a in at]
            yield row("profile of xi above p98", name, "xi", "raw", n, 1, hits, COVERED)
        for q in (0.999, 0.9999):
            level = [t.levels.set_index("q").loc[q] for t in found]
            hits = [holds((v["lo"], v["hi"]), float(law(q))) for v in level]
            yield row(
                "tail level over thresholds (at least 0.95)",
                name,
                f"p{100 * q:g}",
                "raw",
                n,
                1,
                hits,
                AT_LEAST,
            )


PARTS = {
    **{form: (of_parameters(form), 900) for form in FORMS},
    "profile": (by_profile, 1000),
    "runs": (over_runs, 1000),
    "quantiles": (of_quantiles, 1000),
    "distances": (of_distances, 1000),
    "observed": (of_observed, 1000),
    "tails": (of_tails, 200),
}


if __name__ == "__main__":
    sys.exit(command.main(__doc__.splitlines()[0], PARTS, COLUMNS, TABLE))
