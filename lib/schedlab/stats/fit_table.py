"""Several families fitted to one sample or to the runs of one arm, as one result that reads like a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from schedlab.dist import USUAL
from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit_all
from schedlab.stats.fit_dependence import effective_size
from schedlab.stats.fit_empirical import Empirical, empirical
from schedlab.stats.fit_interval import by_run
from schedlab.stats.fit_sample import check, grouped
from schedlab.stats.fit_tick import Tick, rounded, tick
from schedlab.stats.goodness import distance, quantile_errors, transport
from schedlab.stats.select import Selection, merged, select


@dataclass(frozen=True)
class Fits:
    """The fits of one sample, best (smallest deflated AIC) first.

    `sample` is what was fitted (ticks as bins), `n_eff` the number of independent requests it is worth.
    `selection` is there where several runs were given. `figure(fits)` draws it.
    """

    fits: tuple[Fit, ...]
    sample: Sample
    n_eff: float
    tick: Tick
    selection: Selection | None = None
    warnings: tuple[str, ...] = ()
    draw: Callable | None = field(default=None, repr=False, compare=False)

    @property
    def best(self) -> Fit:
        """The fit on top of the table."""
        return self.fits[0]

    def table(self) -> pd.DataFrame:
        """One row per family: parameters, likelihood, criteria, distance with interval, quantile errors."""
        seen = empirical(self.sample)
        return pd.DataFrame([_row(self.sample, seen, fit, self.n_eff) for fit in self.fits])

    def parameters(self) -> pd.DataFrame:
        """One row per family and parameter: value, standard error, 95 % interval."""
        rows = [
            (fit.family.name, name, value, se, lo, hi, fit.se_by)
            for fit in self.fits
            for name, value, se, (lo, hi) in zip(
                fit.family.params, fit.params, fit.se, fit.interval(), strict=True
            )
        ]
        return pd.DataFrame(rows, columns=["family", "parameter", "value", "se", "lo", "hi", "se_by"])

    def plot(self):
        """The survival curve of the sample with the best three fits, as a matplotlib Figure."""
        return self.draw(self.sample, [f for f in self.fits if f.converged][:3], n_eff=self.n_eff)

    def __len__(self) -> int:
        return len(self.fits)

    def __iter__(self):
        return iter(self.fits)

    def __str__(self) -> str:
        shown = self.table()[["family", "parameters", "aic_deflated", "ks", "p99_error", "converged"]]
        head = f"n {self.sample.n:,.0f}, worth {self.n_eff:,.0f} independent ones"
        verdict = [self.selection.verdict] if self.selection else []
        return "\n".join([head, shown.to_string(index=False), *verdict, *self.warnings])

    def _repr_html_(self) -> str:
        return self.table().drop(columns="warnings").to_html(index=False, float_format="{:.4g}".format)


def fits(
    observed: Sample | Mapping[str, Sample], families: Iterable[Family] = USUAL, clock: str = "round"
) -> Fits:
    """Fit every family to a sample, or to the runs of one arm together (then standard errors are by run).

    The clock's tick is found in the data; where it matters, values are fitted as the intervals they stand
    for (`clock` is round or floor). n_eff comes from the autocorrelation of values in the order of capture.
    """
    families = tuple(families)
    runs = dict(observed) if isinstance(observed, Mapping) else {"": observed}
    ticks = [_tick(s) for s in runs.values()]
    coarse = max(ticks, key=lambda t: (t.matters, t.size))
    n_eff = float(sum(_worth(s) for s in runs.values()))
    runs = {name: _prepared(s, coarse, clock) for name, s in runs.items()}
    together = merged(runs)
    found = tuple(replace(f, n_eff=n_eff) for f in _fitted(runs, together, families))
    ranked = tuple(sorted(found, key=lambda f: _criterion(f, n_eff)))
    chosen = select(runs, families, n_eff) if len(runs) > 2 else None
    lost = together.upper is not None and not coarse.matters
    notes = (coarse.warning(together.unit), _ORDER_LOST if lost else "")
    return Fits(ranked, together, n_eff, coarse, chosen, tuple(filter(None, notes)))


_ORDER_LOST = "histograms have lost the order of requests: their dependence is unknown, n counts in full"


def _tick(sample: Sample) -> Tick:
    check(sample)
    return tick(sample) if sample.upper is None else Tick(0.0, float("inf"))


def _worth(sample: Sample) -> float:
    """Requests in order tell how dependent they are; atoms and bins have lost it and count in full."""
    return effective_size(sample.values) if sample.counts is None else sample.n


def _prepared(sample: Sample, coarse: Tick, clock: str) -> Sample:
    if sample.upper is not None or not coarse.matters:
        return sample
    return rounded(sample, coarse.digits) if coarse.digits else grouped(sample, coarse.size, clock)


def _fitted(runs: Mapping[str, Sample], together: Sample, families) -> Iterable[Fit]:
    for plain in fit_all(together, families):
        sound = len(runs) > 2 and plain.converged and np.isfinite(plain.theta).all()
        yield replace(by_run(runs, plain.family), warnings=plain.warnings) if sound else plain


def _criterion(fit: Fit, n_eff: float) -> float:
    """Deflated AIC; what did not converge comes last."""
    value = 2.0 * (fit.nll * min(n_eff / fit.n, 1.0) + fit.k)
    return value if fit.converged and np.isfinite(value) else np.inf


def _row(sample: Sample, seen: Empirical, fit: Fit, n_eff: float) -> dict:
    row = {
        "family": fit.family.name,
        "parameters": _parameters(fit),
        "n": fit.n, "n_eff": n_eff, "loglik": fit.loglik, "aic": fit.aic, "bic": fit.bic,
        "aic_deflated": _criterion(fit, n_eff),
    }  # fmt: skip
    if np.isfinite(fit.theta).all():
        row |= _distances(sample, seen, fit, n_eff)
    more = {"gradient": fit.gradient, "condition": fit.condition, "converged": fit.converged}
    return row | more | {"warnings": "; ".join(fit.warnings)}


def _distances(sample: Sample, seen: Empirical, fit: Fit, n_eff: float) -> dict:
    """KS and Wasserstein distance with intervals, relative errors of the quantiles that n_eff supports."""
    row = dict(zip(("ks", "ks_lo", "ks_hi"), distance(sample, fit, n_eff, seen), strict=True))
    row |= dict(zip(("w1", "w1_lo", "w1_hi"), transport(sample, fit, n_eff, seen), strict=True))
    errors = quantile_errors(sample, fit, n_eff, seen=seen)
    for q, error in errors.loc[errors["supported"], ["q", "error"]].itertuples(index=False):
        row[f"p{100 * q:g}_error".replace(".", "_")] = error
    return row


def _parameters(fit: Fit) -> str:
    if not fit.readable:
        return "none: see warnings"
    each = zip(fit.family.params, fit.params, fit.se, strict=True)
    return ", ".join(f"{name} {value:.4g} ± {se:.1g}" for name, value, se in each)
