"""Exact permutation tests over runs: would a random relabelling of the runs separate the arms as well?

The statistic is the difference of means of the (log) values. All relabellings are counted while there are
at most MOST_RELABELLINGS; above, a seeded sample of them, which never reports less than 1 / (1 + SAMPLED).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from schedlab.kernels import resample

MOST_RELABELLINGS = 5_000_000
SAMPLED = 99_999


@dataclass(frozen=True)
class Permutation:
    """The p of the test, the smallest p the design allows, and how many relabellings were looked at."""

    p_value: float
    smallest: float
    relabellings: int
    exact: bool


def between(baseline: np.ndarray, treated: np.ndarray, seed: int = 20240131) -> Permutation:
    """Two-sided permutation test of two groups of runs."""
    values = np.ascontiguousarray(np.concatenate([baseline, treated]), dtype=np.float64)
    values = values - values.mean()
    k, n = len(treated), len(values)
    ways = math.comb(n, k)
    smallest = (2 if 2 * k == n else 1) / ways
    seen = _slack(abs(values[len(baseline) :].sum()), values)
    if ways <= MOST_RELABELLINGS:
        count = resample.count_relabellings(values, k, 0.0, seen)
        return Permutation(count / ways, smallest, ways, True)
    sums = _sampled_sums(values, k, seed)
    return _sampled(np.abs(sums) >= seen, smallest)


def within_blocks(differences: np.ndarray, seed: int = 20240131) -> Permutation:
    """Two-sided sign-flip test of differences treated - baseline, one per block."""
    values = np.ascontiguousarray(differences, dtype=np.float64)
    ways = 2 ** len(values)
    seen = _slack(abs(values.sum()), values)
    if ways <= MOST_RELABELLINGS:
        return Permutation(resample.count_sign_flips(values, seen) / ways, 2 / ways, ways, True)
    signs = np.random.default_rng(seed).integers(0, 2, size=(SAMPLED, len(values))) * 2.0 - 1
    return _sampled(np.abs(signs @ values) >= seen, 2 / ways)


def _slack(seen: float, values: np.ndarray) -> float:
    """Sums that are equal on paper differ in the last bits; count them as equal."""
    return seen - 1e-12 * float(np.abs(values).sum())


def _sampled_sums(values: np.ndarray, k: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    tile = np.broadcast_to(values, (SAMPLED, len(values)))
    return rng.permuted(tile, axis=1)[:, :k].sum(axis=1)


def _sampled(hits: np.ndarray, smallest: float) -> Permutation:
    p = (1 + int(hits.sum())) / (1 + len(hits))
    return Permutation(p, max(smallest, 1 / (1 + len(hits))), len(hits), False)
