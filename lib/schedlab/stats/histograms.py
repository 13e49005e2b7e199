"""Runs as histograms on common logarithmic bins: what resampling, shifts and distances work on.

One pass per run puts each positive value in the bin that its float64 bits name (exponent and the top BITS
bits of the mantissa), so bins are at most 2^-BITS wide, relatively, and the same in every run. Everything
after that costs runs x bins, whatever the number of requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.sample import Sample

#: 512 bins an octave: neighbours differ by at most 0.2 %
BITS = 9


@dataclass(frozen=True)
class Histograms:
    """`shares[r, k]` of run r's values lie in bin k, between `edges[k]` and `edges[k + 1]` (base units).

    `n` values a run. `cumulative[k, r]` is the share of run r below `edges[k]`; bins first, as kernels scan.
    """

    edges: np.ndarray
    shares: np.ndarray
    n: np.ndarray
    unit: str

    @property
    def cumulative(self) -> np.ndarray:
        rows = np.zeros((len(self.edges), len(self.shares)))
        np.cumsum(self.shares, axis=1, out=rows.T[:, 1:])
        return rows

    @property
    def runs(self) -> int:
        return len(self.shares)

    def log_quantiles(self, qs) -> np.ndarray:
        """The log of each run's own quantiles, shape (qs, runs), on straight lines within bins."""
        return np.log([np.interp(qs, below, self.edges) for below in self.cumulative.T]).T.copy()

    def split(self, *sizes: int) -> tuple[Histograms, ...]:
        """The runs in consecutive groups, on the same bins."""
        ends = np.cumsum(sizes)
        return tuple(
            replace(self, shares=self.shares[end - size : end], n=self.n[end - size : end])
            for size, end in zip(sizes, ends, strict=True)
        )


def compress(runs: Sequence[Sample | np.ndarray], bits: int = BITS) -> Histograms:
    """Histograms of several runs on common bins; each run weighs the same, however many values it has.

    Values must be positive (a zero counts as the smallest positive value seen); bins of a Sample count at
    their middles. Censored values are refused: they have no place on the axis.
    """
    samples = [run if isinstance(run, Sample) else Sample.of(run, "1") for run in runs]
    codes = [_codes(sample, bits) for sample in samples]
    first, last = min(c.min() for c, _ in codes), max(c.max() for c, _ in codes)
    counts = np.array([np.bincount(c - first, w, last - first + 1) for c, w in codes])
    n = counts.sum(axis=1)
    edges = (np.arange(first, last + 2, dtype=np.int64) << (52 - bits)).view(np.float64)
    return Histograms(edges, counts / n[:, None], n, samples[0].unit)


def compress_arms(baseline: Sequence, treated: Sequence, bits: int = BITS) -> tuple[Histograms, Histograms]:
    """Both arms on common bins."""
    both = compress([*baseline, *treated], bits)
    one, two = both.split(len(baseline), len(treated))
    return one, two


def _codes(sample: Sample, bits: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The bin of each value, by the leading bits of its float64, and the weights."""
    if not len(sample.values) or sample.censored_above:
        raise TooFewValues("a run without values, or with censored ones, has no histogram")
    values = sample.values if sample.upper is None else (sample.values + sample.upper) / 2
    least = values.min()
    if least <= 0:
        positive = values[values > 0]
        if not len(positive) or least < 0:
            raise TooFewValues("logarithmic bins need positive values")
        values = np.where(values > 0, values, positive.min())
    codes = np.ascontiguousarray(values, dtype=np.float64).view(np.int64) >> (52 - bits)
    return codes, sample.counts
