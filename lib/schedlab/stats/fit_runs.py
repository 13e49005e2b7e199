"""Every family fitted to every run, as one table: what the fit says of the tail, beside what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from schedlab import dist
from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit_all

COLUMNS = (
    "run", "family", "parameters", "n", "p50_s", "p50_fitted_s", "p99_s", "p99_fitted_s", "aic_above_best",
    "doubts",
)  # fmt: skip


def fit_runs(samples: Mapping[str, Sample], families: Iterable[Family] = dist.USUAL) -> pd.DataFrame:
    """One row per run and family, best first within a run.

    `p50_s` and `p99_s` are observed (type 7), `..._fitted_s` the family's. `aic_above_best` counts requests
    as independent, so it ranks these families and proves nothing.
    """
    families = tuple(families)
    rows = [row for run, sample in samples.items() for row in _rows(run, sample, fit_all(sample, families))]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(run: str, sample: Sample, fits: tuple[Fit, ...]) -> list[tuple]:
    p50, p99 = np.quantile(sample.values, [0.5, 0.99])
    best = min(fit.aic for fit in fits)
    return [
        (run, f.family.name, _shown(f), int(f.n), p50, *f.ppf(0.5).reshape(1), p99, *f.ppf(0.99).reshape(1),
         f.aic - best, "; ".join(f.warnings))
        for f in sorted(fits, key=lambda f: f.aic)
    ]  # fmt: skip


def _shown(fit: Fit) -> str:
    pairs = zip(fit.family.params, fit.params, fit.se, strict=True)
    return ", ".join(f"{name} {value:.4g} ± {se:.1g}" for name, value, se in pairs)
