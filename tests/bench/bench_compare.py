"""How fast comparisons are, each against the plain way: `python tests/bench/bench_compare.py`."""

import time

import numpy as np

from schedlab.kernels import changepoint
from schedlab.stats import histograms, pooled
from schedlab.stats.quantiles import GRID

REPLICATES = 9_999


def seconds(work, times=3):
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def hierarchical(n=1_000_000):
    """13 quantile ratios of 2 x 10 runs; the plain way concatenates and sorts, timed for one replicate."""
    rng = np.random.default_rng(1)
    arms = [[np.exp(rng.normal(0, 0.6, n)) for _ in range(10)] for _ in range(2)]
    packed = histograms.compress_arms(*arms)
    ours = seconds(lambda: pooled.quantile_ratios(*packed, GRID, replicates=REPLICATES))
    plain = seconds(lambda: [np.quantile(np.concatenate(arm), GRID) for arm in arms], 1) * REPLICATES
    print(f"hierarchical bootstrap, 2 x 10 x {n}: {ours * 1e3:.0f} ms after compression; plain {plain:.0f} s")
    print(f"  ratio {plain / ours:.0f} (plain: one replicate x {REPLICATES})")


def pelt(n=100_000):
    """100 changes in n values; the worst case has none, where nothing can be pruned."""
    rng = np.random.default_rng(1)
    steps = np.repeat(rng.normal(0, 3, 100), n // 100) + rng.normal(size=n)
    penalty = 3 * np.log(n)
    print(f"PELT, {n} values, 100 changes: {seconds(lambda: changepoint.mean_changes(steps, penalty, 3)):.3f} s")
    flat = rng.normal(size=n)
    print(f"PELT, {n} values, no change: {seconds(lambda: changepoint.mean_changes(flat, penalty, 3), 1):.1f} s")


if __name__ == "__main__":
    hierarchical()
    pelt()
