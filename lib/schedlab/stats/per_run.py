"""From samples of runs to one row per run and quantile: the table that comparisons take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.sample import Sample
from schedlab.stats import quantiles

COLUMNS = ("run", "q", "unit", "value", "lo", "hi", "n", "missing_because")


def per_run(
    samples: Mapping[str, Sample],
    qs: Sequence[float] = quantiles.GRID,
    confidence: float = 0.95,
    method: str = "type-7",
) -> pd.DataFrame:
    """One row per run and q: the quantile and its distribution-free interval within the run.

    `samples` maps run ids to samples, `method` is one of `quantiles.METHODS`. A q out of a
    run's reach is NaN with the reason in `missing_because`; the interval is that of type 7,
    treats requests as independent and serves to look at a run, never to compare arms.
    """
    rows = [_row(run, sample, q, confidence, method) for run, sample in samples.items() for q in qs]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(run: str, sample: Sample, q: float, confidence: float, method: str) -> tuple:
    try:
        value = quantiles.quantile(sample, q, method)
    except TooFewValues as reason:
        return run, q, sample.unit, math.nan, math.nan, math.nan, int(sample.n), str(reason)
    lo = hi = math.nan
    if sample.upper is None:
        bounds = quantiles.interval(sample, q, confidence)
        lo, hi = bounds.lo, bounds.hi
    return run, q, sample.unit, value, lo, hi, int(sample.n), ""
