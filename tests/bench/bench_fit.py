"""Ratios of one run: our fits against scipy's, memory and sampling. `python tests/bench/bench_fit.py [n]`."""

import sys
import time

import numpy as np
from scipy import stats

from schedlab import dist
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit, fit_all
from schedlab.stats.fit_sample import grouped
from schedlab.stats.goodness import anderson_darling_null

THEIRS = {
    "lognormal": stats.lognorm, "gamma": stats.gamma, "inverse gaussian": stats.invgauss,
    "weibull": stats.weibull_min, "log-logistic": stats.fisk, "burr xii": stats.burr12,
    "generalised pareto": stats.genpareto,
}  # fmt: skip


def best(work, times: int) -> float:
    """The shortest of several runs, in seconds."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)


def against_scipy(n: int) -> None:
    x = np.random.default_rng(1).gamma(2.5, 1e-3, n)
    sample = Sample.of(x, "s")
    print(f"n = {n:,}: np.sum {1e3 * best(x.sum, 7):.3f} ms")
    for name, theirs in THEIRS.items():
        family = dist.family(name)
        mine = best(lambda family=family: fit(sample, family), 9)
        scipy = best(lambda theirs=theirs: theirs.fit(x, floc=0), 1 if mine * 50 > 1e-2 else 3)
        print(f"  {name:20s} {1e3 * mine:9.3f} ms  scipy {1e3 * scipy:10.1f} ms  ratio {scipy / mine:8.1f}")


def all_families(n: int) -> None:
    sample = Sample.of(np.random.default_rng(1).gamma(2.5, 1e-3, n), "s")
    took = best(lambda: fit_all(sample, dist.USUAL), 5)
    print(f"all {len(dist.USUAL)} usual families, n = {n:,}: {1e3 * took:.1f} ms")


def binned() -> None:
    raw = Sample.of(np.random.default_rng(1).gamma(0.7, 1e-3, 1_000_000), "s")
    bins = grouped(raw)
    print(f"{len(bins.values)} bins")
    for family in dist.USUAL:
        print(f"  {family.name:22s} {1e3 * best(lambda family=family: fit(bins, family), 5):8.2f} ms")


def bootstrap(replicates: int = 500) -> None:
    took = best(lambda: anderson_darling_null(100_000, replicates), 1)
    print(f"Anderson-Darling null, n = 1e5: {9999 * took / replicates:.1f} s for 9999 (from {replicates})")


def mixture() -> None:
    r = np.random.default_rng(1)
    x = np.concatenate(
        [r.lognormal(-7, 0.2, 600_000), r.lognormal(-6, 0.3, 300_000), r.lognormal(-4, 0.4, 100_000)]
    )
    sample, family = Sample.of(x, "s"), dist.family("lognormal mixture 3")
    print(f"lognormal mixture of 3, n = 1e6: {1e3 * best(lambda: fit(sample, family), 3):.1f} ms")


if __name__ == "__main__":
    for size in [int(float(a)) for a in sys.argv[1:]] or [100, 10_000, 100_000]:
        against_scipy(size)
    all_families(10_000_000)
    binned()
    bootstrap()
    mixture()
