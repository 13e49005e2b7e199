"""Families whose maximum has a closed form, fitted to raw values without a climb: as quick as a sum."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.compress import blocks, cores, pool

#: fewer values than this are summed in one go
SPLIT = 1 << 19


def fit_closed(sample: Sample, family: Family) -> Fit | None:
    """The fit, or None where there is no closed form: atoms, bins, censored or unusable values."""
    if not _plain(sample):
        return None
    sums = _sums(sample.values, family.closed.sums)
    row = family.closed.top(sums)
    p, n = len(family.params), len(sample.values)
    if not math.isfinite(row[-2]) or n < 2:
        return None
    nll = n * (sums[1] - row[-2])
    return Fit(
        family, row[:p], row[p:-2].reshape(p, p), nll, float(n), sample.unit, 0.0, row[-1], 1, True,
        warnings=sample.warnings,
    )  # fmt: skip


def _plain(sample: Sample) -> bool:
    values = sample.values
    raw = sample.counts is None and not sample.censored_above and not sample.truncated_below
    return raw and values.dtype == np.float64 and values.flags.c_contiguous


def _sums(values: np.ndarray, sums) -> np.ndarray:
    """Blocks are fixed by n alone and merged in order: the same bits on any number of threads."""
    if len(values) < SPLIT:
        return sums(values)
    edges = [len(values) * b // blocks(len(values)) for b in range(blocks(len(values)) + 1)]
    parts = pool(cores()).map(sums, (values[a:b] for a, b in pairwise(edges)))
    merged = np.zeros(5)
    for part in parts:
        share, apart = part[0] / (merged[0] + part[0]), part[1] - merged[1]
        merged[2] += part[2] + apart**2 * merged[0] * share
        merged[1] += apart * share
        merged[3:] += (part[3:] - merged[3:]) * share
        merged[0] += part[0]
    return merged
