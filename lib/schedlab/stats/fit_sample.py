"""From a sample, in whatever form it was kept, to its likelihood; refuses what no latency can be."""

from __future__ import annotations

import math

import numpy as np

from schedlab.errors import SchedlabError, TooFewValues
from schedlab.model.sample import Sample
from schedlab.stats.compress import WORTH, Table, binned, tabled
from schedlab.stats.likelihood import Likelihood, Tail, intervals

#: more distinct values than this are grouped into bins of 1/128 octave before quadrature
MANY = 4096


def table_of(sample: Sample) -> Table | None:
    """The one pass over many raw values that all families share; None where it does not apply."""
    if sample.upper is not None or sample.counts is not None or len(sample.values) < WORTH:
        return None
    try:
        return tabled(sample.values)
    except ValueError:  # zeros, or what `check` names
        return None


def likelihood_of(sample: Sample, table: Table | None = None) -> Likelihood:
    """What the sample says; exact values stay exact (many of them as atoms). SchedlabError for bad values.
    `table` saves the pass over the values."""
    if sample.upper is not None:
        return _of_bins(sample)
    if table := table or table_of(sample):
        places, weights = table.atoms()
        return Likelihood(np.log(places), weights, tails=_tails(sample), warnings=sample.warnings)
    return _of_atoms(sample)


def grouped(sample: Sample, tick: float = 0.0, clock: str = "round", table: Table | None = None) -> Sample:
    """The sample as bins: each value may lie anywhere within the clock's tick around (or above) it.

    `clock` is round (the true value within half a tick) or floor (up to one tick above). Without a tick, or
    with more than MANY distinct values, bins of 1/128 octave are used: they too bound the likelihood.
    """
    if sample.upper is not None:
        return sample
    if tick <= 0.0 or (len(sample.values) > MANY and _distinct(sample) > MANY):
        return _in_bins(sample, table)
    return _in_ticks(sample, tick, clock)


def _distinct(sample: Sample) -> int:
    return len(np.unique(sample.values))


def _in_ticks(sample: Sample, tick: float, clock: str) -> Sample:
    check(sample)
    counts = np.ones(len(sample.values)) if sample.counts is None else sample.counts
    places, where = np.unique(sample.values, return_inverse=True)
    below = 0.5 * tick if clock == "round" else 0.0
    lo = np.maximum(places - below, 0.0)
    lo = np.where(lo < 1e-6 * tick, 0.0, lo)
    return _as_bins(sample, lo, places - below + tick, np.bincount(where, weights=counts))


def _in_bins(sample: Sample, table: Table | None) -> Sample:
    if table := table or table_of(sample):
        return _as_bins(sample, *table.bins())
    check(sample)
    seen = sample.values > 0
    lo, hi, held = binned(sample.values[seen], None if sample.counts is None else sample.counts[seen])
    if seen.all():
        return _as_bins(sample, lo, hi, held)
    zeros = float((~seen).sum() if sample.counts is None else sample.counts[~seen].sum())
    return _as_bins(sample, np.append(0.0, lo), np.append(lo[0], hi), np.append(zeros, held))


def _as_bins(sample: Sample, lo, hi, counts) -> Sample:
    return Sample(**{**vars(sample), "values": lo, "upper": hi, "counts": counts})


def check(sample: Sample) -> None:
    """SchedlabError for NaN, infinite or negative values, with how many and what to do."""
    values = sample.values
    broken = int((~np.isfinite(values)).sum())
    if broken:
        raise SchedlabError(f"{broken} values are NaN or infinite: drop them, or count them as censored")
    if (values < 0).any():
        raise SchedlabError(f"{int((values < 0).sum())} values are negative: no latency, check the clock")
    if sample.counts is not None and not (np.isfinite(sample.counts).all() and (sample.counts >= 0).all()):
        raise SchedlabError("counts must be finite and not negative")


def _of_atoms(sample: Sample) -> Likelihood:
    check(sample)
    counts = np.ones(len(sample.values)) if sample.counts is None else sample.counts
    zero, seen = sample.values <= 0.0, counts > 0
    tails, warnings = _tails(sample), sample.warnings
    if zero.any():
        smallest = float(sample.values[~zero & seen].min(initial=math.inf))
        if not math.isfinite(smallest):
            raise TooFewValues("all values are 0: below the clock's resolution; use a finer clock")
        tails += (Tail("below", smallest, float(counts[zero].sum())),)
        warnings += (f"{int(counts[zero].sum())} zeros taken as below {smallest:g} {sample.unit}",)
    inner = ~zero & seen
    return Likelihood(np.log(sample.values[inner]), counts[inner], tails=tails, warnings=warnings)


def _of_bins(sample: Sample) -> Likelihood:
    check(sample)
    lo, hi, counts = sample.values, sample.upper, sample.counts
    if (hi < lo).any() or np.isnan(hi).any():
        raise SchedlabError("a bin ends before it begins")
    seen, zero, above = counts > 0, lo <= 0.0, np.isinf(hi)
    exact = seen & (lo == hi) & ~zero
    inner = seen & ~exact & ~zero & ~above
    tails = (
        _tails(sample) + _edges("below", hi, counts, seen & zero) + _edges("above", lo, counts, seen & above)
    )
    more = intervals(lo[inner], hi[inner], counts[inner]) if inner.any() else {}
    return Likelihood(np.log(lo[exact]), counts[exact], tails=tails, warnings=_doubts(sample), **more)


def _edges(side: str, at, counts, which) -> tuple[Tail, ...]:
    return tuple(Tail(side, float(x), float(c)) for x, c in zip(at[which], counts[which], strict=True))


def _tails(sample: Sample) -> tuple[Tail, ...]:
    tails = ()
    if sample.censored_above:
        tails += (Tail("above", sample.censor_at, float(sample.censored_above)),)
    if sample.truncated_below:
        tails += (Tail("above", sample.truncated_below, -float(sample.n)),)
    return tails


def _doubts(sample: Sample) -> tuple[str, ...]:
    if not sample.corrected:
        return sample.warnings
    note = "counts corrected for coordinated omission are no observations: no standard errors, no tests"
    return (*sample.warnings, note)
