"""Series of a run (schedtrace, gctrace, backlog, latency): block means, and how two of them move together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate

#: a correlation at a lag needs as many blocks of a run
LEAST = 20


def block_means(times_ns, values, window_ns: tuple[int, int], blocks: int = 20, of=np.mean) -> pd.DataFrame:
    """One row per block of the window: block, start_s (from its start), value (NaN where empty), n.

    The mean of a run is the mean of its blocks; then the run is the unit again. `of` may be a median.
    """
    times, x = np.asarray(times_ns, np.int64), np.asarray(values, float)
    start, end = window_ns
    inside = (times >= start) & (times < end) & np.isfinite(x)
    number = ((times[inside] - start) * blocks // (end - start)).astype(int)
    groups = pd.Series(x[inside]).groupby(number)
    value, n = groups.agg(of).reindex(range(blocks)), groups.size().reindex(range(blocks), fill_value=0)
    length = (end - start) / blocks / 1e9
    return pd.DataFrame(
        {
            "block": range(blocks),
            "start_s": np.arange(blocks) * length,
            "value": value.to_numpy(),
            "n": n.to_numpy(),
        }
    )


def cross_correlation(one, two, most: int) -> pd.DataFrame:
    """Correlation of one[t + lag] with two[t] at lags -most ... most, as R's `ccf`: columns lag, value.

    Both series must lie on one grid (`block_means` with the same window and blocks) and hold no gaps.
    """
    a, b = np.asarray(one, float), np.asarray(two, float)
    if len(a) != len(b) or len(a) <= most or not np.isfinite(a).all() or not np.isfinite(b).all():
        raise TooFewValues(
            f"{len(a)} and {len(b)} blocks: need the same number, above the largest lag, no gaps"
        )
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    if not scale > 0:
        raise TooFewValues("a series that never changes has no correlation")
    n = len(a)
    lags = range(-most, most + 1)
    sums = [a[max(k, 0) : n + min(k, 0)] @ b[max(-k, 0) : n - max(k, 0)] for k in lags]
    return pd.DataFrame({"lag": list(lags), "value": np.array(sums) / scale})


def correlated(
    series: pd.DataFrame, one: str, two: str, most: int = 5, confidence: float = 0.95
) -> pd.DataFrame:
    """Correlation of two columns at each lag, by arm: arm, lag, value, lo, hi, runs; the run is the unit.

    `series` has arm, run, block; at a positive lag `one` is the later of the two. Runs with fewer than LEAST
    blocks, a gap between them, or a column that never changes are left out; an arm with fewer than three runs
    left, or less than half of its own, has no row.
    """
    rows = []
    for arm, runs in series.groupby("arm", sort=True):
        tables = [_lags(part.sort_values("block"), one, two, most) for _, part in runs.groupby("run")]
        known = [table for table in tables if table is not None]
        if len(known) >= max(3, len(tables) / 2):
            by_lag = pd.concat(known).groupby("lag")["value"]
            rows += [(arm, lag, *_ends(over_runs(values, confidence))) for lag, values in by_lag]
    return pd.DataFrame(rows, columns=["arm", "lag", "value", "lo", "hi", "runs"])


def correlation_sentence(found: pd.DataFrame) -> str:
    """The largest correlation of each arm, or why there is none."""
    if not len(found):
        few = f"fewer than three runs of an arm, or fewer than half of them, have {LEAST} snapshots in a row"
        return f"not measurable: {few} between which the backlog moves"
    top = found.loc[found["value"].abs().groupby(found["arm"]).idxmax()]
    parts = [f"{r.arm} {r.value:.2f} [{r.lo:.2f}, {r.hi:.2f}] at lag {r.lag}" for r in top.itertuples()]
    return f"largest correlation: {', '.join(parts)}"


def _lags(part: pd.DataFrame, one: str, two: str, most: int) -> pd.DataFrame | None:
    if len(part) < LEAST or (part["block"].diff().iloc[1:] != 1).any():
        return None
    try:
        return cross_correlation(part[one], part[two], most)
    except TooFewValues:
        return None


def _ends(estimate: Estimate) -> tuple:
    return estimate.value, estimate.lo, estimate.hi, estimate.n


def over_runs(correlations: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Mean correlation over runs with its t interval on Fisher's z; one value a run."""
    r = np.asarray(correlations, float)
    if len(r) < 2:
        raise TooFewValues("a correlation over runs needs at least 2 runs")
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    half = float(stdtrit(len(z) - 1, 0.5 + confidence / 2)) * float(z.std(ddof=1)) / math.sqrt(len(z))
    ends = np.tanh([z.mean(), z.mean() - half, z.mean() + half])
    return Estimate(*map(float, ends), "1", len(r), confidence, "t over runs on Fisher's z")
