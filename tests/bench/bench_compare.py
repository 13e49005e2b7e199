"""How fast comparisons are, each against a peer or the plain way: `python tests/bench/bench_compare.py`."""

import argparse
import time
import warnings

import numpy as np
from scipy import stats as scipy_stats

from schedlab.kernels import changepoint
from schedlab.model.sample import Sample
from schedlab.stats import histograms, pooled, quantiles, rank, two_sample
from schedlab.stats.quantiles import GRID

REPLICATES = 9_999


def seconds(work, times=3):
    """The shortest of several goes; the first is not counted where there are several."""
    found = []
    for _ in range(times + (times > 1)):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found[times > 1 :])


def say(what, ours, theirs=None, peer="scipy"):
    ratio = f"   {peer} {theirs:.3g} s   ratio {theirs / ours:.0f}" if theirs else ""
    print(f"{what:<58} {1e3 * ours:8.2f} ms{ratio}", flush=True)


def hierarchical(n=1_000_000, small=10_000):
    """13 quantile ratios of 2 x 10 runs; the plain way draws runs, puts them together and takes quantiles."""
    rng = np.random.default_rng(1)
    for size in (n, small):
        arms = [[np.exp(rng.normal(0, 0.6, size)) for _ in range(10)] for _ in range(2)]
        packed = histograms.compress_arms(*arms)
        ours = seconds(lambda packed=packed: pooled.quantile_ratios(*packed, GRID))
        say(f"hierarchical bootstrap, 13 quantiles, 2 x 10 x {size}", ours)
    plain = 20
    theirs = seconds(lambda: [_drawn(arms, rng) for _ in range(plain)], 1) * REPLICATES / plain
    say(f"  the last against numpy ({plain} of {REPLICATES} replicates timed)", ours, theirs, "numpy")


def _drawn(arms, rng):
    return [np.quantile(np.concatenate([arm[i] for i in rng.integers(0, 10, 10)]), GRID) for arm in arms]


def p99(n=100_000):
    """Percentile bootstrap of p99; scipy is timed for 99 replicates, in batches that fit into memory."""
    values = np.random.default_rng(1).lognormal(size=n)
    ours = seconds(lambda: quantiles.bootstrap(Sample.of(values, "s"), 0.99))
    options = {"n_resamples": 99, "method": "percentile", "batch": 33, "vectorized": True}

    def theirs():
        scipy_stats.bootstrap((values,), lambda x, axis: np.quantile(x, 0.99, axis=axis), **options)

    say(f"p99 interval, n = {n}, {REPLICATES} replicates", ours, seconds(theirs, 1) * REPLICATES / 99)


def battery(n=1_000_000):
    """Seven statistics; scipy has six of them (no Kuiper)."""
    rng = np.random.default_rng(1)
    one, two = rng.lognormal(size=n), rng.lognormal(0.01, size=n)
    ours = seconds(lambda: two_sample.battery(one, two))
    say(f"battery of seven, {n} + {n}", ours, seconds(lambda: _scipys(one, two), 1))


def _scipys(one, two):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scipy_stats.mannwhitneyu(two, one)
        scipy_stats.ks_2samp(two, one)
        scipy_stats.cramervonmises_2samp(two, one)
        scipy_stats.anderson_ksamp([two, one], variant="midrank")
        scipy_stats.wasserstein_distance(two, one)
        scipy_stats.brunnermunzel(two, one)


def harrell_davis(n=1_000_000, qs=(0.5, 0.9, 0.99, 0.999)):
    values = np.random.default_rng(1).lognormal(size=n)
    sample = Sample.of(values, "s")
    ours = seconds(lambda: quantiles.quantiles(sample, qs, "harrell-davis"))
    theirs = seconds(lambda: scipy_stats.mstats.hdquantiles(values, qs), 1)
    say(f"Harrell-Davis, 4 quantiles of {n}, sort included", ours, theirs)


def hodges_lehmann(n=1_000_000, small=3_000):
    """Exactly, with its interval; the plain way writes all differences down and cannot at this size."""
    rng = np.random.default_rng(1)
    one, two = rng.lognormal(size=n), rng.lognormal(0.01, size=n)
    say(f"Hodges-Lehmann and interval, {n} x {n}, exact", seconds(lambda: rank.shift_between(one, two), 1))
    few = one[:small], two[:small]
    plain = seconds(lambda: np.median(np.subtract.outer(few[1], few[0])), 1)
    say(f"  {small} x {small}", seconds(lambda: rank.shift_between(*few)), plain, "numpy")


def change_points(n=100_000):
    """A hundred changes, and none at all, where PELT's own rule would prune nothing."""
    rng = np.random.default_rng(1)
    steps = np.repeat(rng.normal(0, 3, 100), n // 100) + rng.normal(size=n)
    for what, values in (("100 changes", steps), ("no change", rng.normal(size=n))):
        ours = seconds(lambda values=values: changepoint.mean_changes(values, 3 * np.log(n), 3))
        say(f"change points of the mean, {n} values, {what}", ours)


BENCHES = (battery, harrell_davis, hodges_lehmann, p99, change_points, hierarchical)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="BENCH", help=", ".join(b.__name__ for b in BENCHES))
    names = parser.parse_args().names
    for bench in BENCHES:
        if not names or bench.__name__ in names:
            bench()


if __name__ == "__main__":
    main()
