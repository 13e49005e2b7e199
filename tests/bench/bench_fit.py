"""Speed of fits against named peers, as ratios of one run: `python tests/bench/bench_fit.py [SIZE ...]`.

Without sizes: scipy from 10 to 1e5 values. Give 1e7 to wait three minutes for scipy. Mixtures are compared
with scikit-learn where it is installed.
"""

import importlib.util
import itertools
import os
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

import numpy as np
from scipy import stats

from schedlab import dist
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit, fit_all
from schedlab.stats.goodness import anderson_darling_null

CLOSED = {"lognormal": stats.lognorm, "gamma": stats.gamma, "inverse gaussian": stats.invgauss}
CLIMBED = {"weibull": stats.weibull_min, "log-logistic": stats.fisk, "burr xii": stats.burr12,
           "generalised pareto": stats.genpareto}  # fmt: skip
FIRST = """
import time
begin = time.perf_counter()
import numpy as np, schedlab
schedlab.fit(np.random.default_rng(1).gamma(2.5, 1e-3, 100_000))
print(time.perf_counter() - begin)
"""


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
    sample, total = Sample.of(x, "s"), {True: 0.0, False: 0.0}
    adding = best(x.sum, 7)
    print(f"n = {n:,}: np.sum {1e3 * adding:.3f} ms")
    for name, theirs in (CLOSED | CLIMBED).items():
        family = dist.family(name)
        mine = best(lambda family=family: fit(sample, family), 15 if n < 1e6 else 5)
        scipy = best(lambda theirs=theirs: theirs.fit(x, floc=0), 15 if name in CLOSED and n < 1e6 else 1)
        print(f"  {name:20s} {1e3 * mine:9.3f} ms = {mine / adding:5.1f} sums, scipy {1e3 * scipy:11.2f} ms, "
              f"ratio {scipy / mine:8.1f}")  # fmt: skip
        if name in CLIMBED:
            total[True], total[False] = total[True] + mine, total[False] + scipy
    print(f"  sum of {', '.join(CLIMBED)}: ratio {total[False] / total[True]:.0f}")


def all_families(n: int) -> None:
    sample = Sample.of(np.random.default_rng(1).gamma(2.5, 1e-3, n), "s")
    took = best(lambda: fit_all(sample, dist.USUAL), 5)
    print(f"all {len(dist.USUAL)} usual families, n = {n:,}: {1e3 * took:.1f} ms")


def binned(most: int = 2000) -> None:
    """All bins hold something; the law is the mixture's own or a gamma."""
    edges = np.geomspace(1e-5, 1e-1, most + 1)
    laws = {"gamma": stats.gamma(2.5, scale=1e-3).cdf(edges), "three modes": _three().cdf(edges)}
    for (law, cdf), n in itertools.product(laws.items(), (1_000_000, 100_000_000)):
        counts = np.random.default_rng(1).poisson(n * np.diff(cdf)) + 1
        bins = Sample.bins(edges[:-1], edges[1:], counts, "s")
        took = {f.name: 1e3 * best(lambda f=f, bins=bins: fit(bins, f), 15) for f in dist.FAMILIES}
        over = ", ".join(f"{k} {v:.2f}" for k, v in took.items() if v >= 1.0) or "none"
        print(f"{law}: {most} filled bins of {n:,} requests, ms: "
              + ", ".join(f"{k} {v:.2f}" for k, v in took.items()) + f"; not under 1 ms: {over}")  # fmt: skip


def _three():
    parts = zip((0.6, 0.3, 0.1), (0.2, 0.3, 0.4), np.exp([-7.0, -6.0, -4.0]), strict=True)
    laws = [(share, stats.lognorm(sigma, scale=scale)) for share, sigma, scale in parts]
    return SimpleNamespace(cdf=lambda x: sum(share * law.cdf(x) for share, law in laws))


def over_sums() -> None:
    """Closed forms beyond what the caches hold, in units of one np.sum."""
    for n in (1_000_000, 2_000_000, 4_000_000, 10_000_000):
        sample = Sample.of(np.random.default_rng(1).gamma(2.5, 1e-3, n), "s")
        adding, took = best(sample.values.sum, 15), []
        for family in map(dist.family, CLOSED):
            took.append(best(lambda of=(sample, family): fit(*of), 15))
        over = ", ".join(f"{name} {t / adding:.1f} sums" for name, t in zip(CLOSED, took, strict=True))
        print(f"n = {n:,}: np.sum {1e3 * adding:.2f} ms, {over}")


def bootstrap(replicates: int = 500) -> None:
    took = best(lambda: anderson_darling_null(100_000, replicates), 1)
    print(f"Anderson-Darling null, n = 1e5: {9999 * took / replicates:.1f} s for 9999 (from {replicates})")


def mixture() -> None:
    r = np.random.default_rng(1)
    parts = (-7, 0.2, 600_000), (-6, 0.3, 300_000), (-4, 0.4, 100_000)
    x = np.concatenate([r.lognormal(*part) for part in parts])
    sample, family = Sample.of(x, "s"), dist.family("lognormal mixture 3")
    mine = best(lambda: fit(sample, family), 5)
    print(f"lognormal mixture of 3, n = 1e6: {1e3 * mine:.1f} ms, log L {fit(sample, family).loglik:.3f}")
    if importlib.util.find_spec("sklearn") is None:
        print("  scikit-learn is not installed: not compared")
        return
    from sklearn.mixture import GaussianMixture

    z = np.log(x)[:, None]
    peer = GaussianMixture(3, random_state=1)
    theirs = best(lambda: peer.fit(z), 1)
    print(f"  scikit-learn {theirs:.1f} s, ratio {theirs / mine:.0f}, "
          f"log-likelihood {(peer.score(z) - z.mean()) * len(z):.3f}")  # fmt: skip


def first() -> None:
    """A fresh process with a warm cache of kernels, and with none; from the import of numpy to the result."""
    with tempfile.TemporaryDirectory() as kept:
        env = {**os.environ, "SCHEDLAB_KERNEL_CACHE": kept}
        took = [_first(env) for _ in range(4)]
    print(f"first fit in a fresh process: {took[0]:.2f} s without kernels, {min(took[1:]):.2f} s with them")


def _first(env: dict) -> float:
    done = subprocess.run([sys.executable, "-c", FIRST], env=env, capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    sizes = [int(float(a)) for a in sys.argv[1:]]
    for size in sizes or [10, 100, 1000, 10_000, 100_000]:
        against_scipy(size)
    if not sizes:
        all_families(10_000_000)
        all_families(100_000_000)
        over_sums()
        binned()
        bootstrap()
        mixture()
        first()
