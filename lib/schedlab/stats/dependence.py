"""How much a run's requests depend on each other, and how many independent ones they are worth.

For diagnosis within a run: intervals between arms use one value per run and need none of this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues


@dataclass(frozen=True)
class Dependence:
    """`n` values are worth `n_eff` independent ones for their mean; `inflation` is n / n_eff."""

    n: int
    n_eff: float
    lag_one: float
    window: int

    @property
    def inflation(self) -> float:
        return self.n / self.n_eff


def autocorrelation(values, most: int | None = None) -> np.ndarray:
    """Autocorrelation at lags 0, 1, ..., most (default: 10 log10 n), as R's `acf`; float64."""
    x = np.asarray(values, float)
    if len(x) < 3:
        raise TooFewValues(f"{len(x)} values have no autocorrelation; 3 are the least")
    most = min(len(x) - 1, int(10 * math.log10(len(x))) if most is None else most)
    centred = x - x.mean()
    size = 1 << (2 * len(x) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    covariance = np.fft.irfft(power, size)[: most + 1]
    if not covariance[0] > 1e-12 * len(x) * float(np.abs(x).max()) ** 2:
        return np.concatenate([[1.0], np.zeros(most)])
    return covariance / covariance[0]


def effective_n(values, q: float | None = None) -> Dependence:
    """The effective number of values for their mean, or for the share below their quantile `q`.

    Sums autocorrelations of neighbouring pairs while they stay positive and fall (Geyer 1992).
    """
    x = np.asarray(values, float)
    if q is not None:
        x = (x <= np.quantile(x, q)).astype(float)
    rho = autocorrelation(x, most=len(x) - 1)
    pairs = rho[: len(rho) // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: negative[0] if len(negative) else len(pairs)])
    factor = max(2 * float(kept.sum()) - 1, 1 / len(x))
    return Dependence(len(x), min(len(x) / factor, float(len(x))), float(rho[1]), 2 * len(kept))


def of_runs(latencies: dict[tuple[str, str], np.ndarray], q: float) -> pd.DataFrame:
    """By arm: runs, requests a run, and the independent ones they are worth for the mean and for quantile q.

    `latencies` maps (arm, run) to values in the order of time; the table holds means over the runs.
    """
    known = {key: x for key, x in latencies.items() if len(x) > 2}
    rows = [(arm, len(x), effective_n(x).n_eff, effective_n(x, q).n_eff) for (arm, _), x in known.items()]
    names = ["arm", "requests", "worth for the mean", f"worth for quantile {q:g}"]
    table = pd.DataFrame(rows, columns=names).groupby("arm")
    return table.mean().round().assign(runs=table.size()).reset_index()
