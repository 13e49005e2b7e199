"""Many conditions at once: is the arms' ratio the same under every scenario and rate, and what is it overall?

Each cell (one level of every factor) gives one shift of the log values, by blocks where all cells have enough
of them. Differences within a block are what a mixed model with a random block judges arms by: with
`common=True` and equally many runs a cell, effects, F and p are those of R's lmer(log(y) ~ arm * factors +
(1 | block)) under Satterthwaite's degrees of freedom. The default lets every cell have its own spread (Welch
1951; James 1951; Johansen 1980), as saturated and steady load do.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.compare import LEAST_BLOCKS, block_differences
from schedlab.stats.student import Shift, paired, welch


@dataclass(frozen=True)
class Factorial:
    """`cells` has one row per cell: the factors, effect (ratio treated / baseline), lo, hi, n1, n2.

    `overall` is the geometric mean of the cells' ratios, each cell counting once. `interactions` asks of each
    set of factors whether the ratio differs between their levels: term, f, df1, df2, p_value.
    """

    cells: pd.DataFrame
    overall: Estimate
    interactions: pd.DataFrame
    warnings: tuple[str, ...] = ()


def factorial(
    values: pd.DataFrame,
    baseline: str,
    treated: str,
    factors: Sequence[str] = ("scenario",),
    common: bool = False,
    confidence: float = 0.95,
) -> Factorial:
    """The arms under every combination of `factors`; one row a run: arm, block, factors, value > 0."""
    rows = values[np.isfinite(values["value"]) & values["arm"].isin([baseline, treated])]
    rows = rows.assign(value=np.log(rows["value"]))
    groups = {key: _groups(part, baseline, treated) for key, part in rows.groupby(list(factors), sort=True)}
    if not groups:
        raise TooFewValues(f"no cell of {', '.join(factors)} holds runs of {baseline} and {treated}")
    by_block = all(len(found[0]) >= LEAST_BLOCKS for found in groups.values())
    samples = [found[:1] if by_block else found[1:] for found in groups.values()]
    shifts = _pooled(samples) if common else [_shift(sample) for sample in samples]
    keys = pd.DataFrame(list(groups), columns=list(factors))
    sizes = [(len(sample[0]), len(sample[-1])) for sample in samples]
    method = (
        f"{'t over blocks' if by_block else 'Welch t'}, cells with {'one' if common else 'their own'} spread"
    )
    overall = _overall(shifts, common, confidence, sum(map(min, sizes)), method)
    doubts = () if len(shifts) == math.prod(keys.nunique()) else ("some combinations were not captured",)
    return Factorial(_cells(keys, shifts, sizes, confidence), overall, _terms(keys, shifts, common), doubts)


def possible(
    values: pd.DataFrame, baseline: str, treated: str, factors: Sequence[str] = ("scenario",)
) -> Factorial:
    """The same, with the reason as a warning and nothing in the tables where the runs do not allow it."""
    try:
        return factorial(values, baseline, treated, factors)
    except TooFewValues as reason:
        nothing = Estimate(math.nan, math.nan, math.nan, "1", 0, method="factorial", warnings=(str(reason),))
        cells = pd.DataFrame(columns=[*factors, "effect", "lo", "hi", "n1", "n2"])
        return Factorial(cells, nothing, _terms(cells[list(factors)], [], False), (str(reason),))


def _groups(part: pd.DataFrame, baseline: str, treated: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(differences by block, baseline, treated) of one cell, on the log scale."""
    one, two = (part[part["arm"] == arm] for arm in (baseline, treated))
    if min(len(one), len(two)) < 2:
        raise TooFewValues("every cell needs at least 2 runs of each arm")
    return block_differences(one, two)[0], one["value"].to_numpy(), two["value"].to_numpy()


def _shift(sample: tuple[np.ndarray, ...]) -> Shift:
    return paired(sample[0]) if len(sample) == 1 else welch(*sample)


def _pooled(samples: list[tuple[np.ndarray, ...]]) -> list[Shift]:
    """The cells' shifts with one spread for all of them."""
    parts = [part for sample in samples for part in sample]
    df = float(sum(len(part) - 1 for part in parts))
    variance = sum(float(((part - part.mean()) ** 2).sum()) for part in parts) / df
    return [
        Shift(_shift(sample).estimate, math.sqrt(variance * sum(1 / len(part) for part in sample)), df)
        for sample in samples
    ]


def _overall(shifts: list[Shift], common: bool, confidence: float, n: int, method: str) -> Estimate:
    """The mean of the cells' shifts; Satterthwaite's degrees of freedom where cells have their own spread."""
    variances = np.array([shift.se**2 for shift in shifts])
    freedom = np.array([shift.df for shift in shifts])
    total = float(variances.sum())
    df = float(freedom[0]) if common or total == 0 else total**2 / float((variances**2 / freedom).sum())
    mean = Shift(float(np.mean([s.estimate for s in shifts])), math.sqrt(total) / len(shifts), df)
    ends = (mean.estimate, *mean.interval(confidence))
    return Estimate(*map(math.exp, ends), "1", n, confidence, method)


def _cells(keys: pd.DataFrame, shifts: list[Shift], sizes: list, confidence: float) -> pd.DataFrame:
    ends = np.exp([(shift.estimate, *shift.interval(confidence)) for shift in shifts])
    effects = pd.DataFrame(ends, columns=["effect", "lo", "hi"])
    return pd.concat([keys, effects, pd.DataFrame(sizes, columns=["n1", "n2"])], axis=1)


def _terms(keys: pd.DataFrame, shifts: list[Shift], common: bool) -> pd.DataFrame:
    """One row for each set of factors; of a grid with gaps, only whether the cells differ at all."""
    rows = [(f"arm x {' x '.join(names)}", *_test(c, shifts, common)) for names, c in _contrasts(keys)]
    return pd.DataFrame(rows, columns=["term", "f", "df1", "df2", "p_value"])


def _contrasts(keys: pd.DataFrame):
    """(names, matrix) of what would be zero if the ratio did not depend on those factors."""
    levels = keys.nunique()
    if len(keys) < math.prod(levels):
        yield ["cell"], _steps(len(keys))
        return
    varied = [name for name in keys if levels[name] > 1]
    for size in range(1, len(varied) + 1):
        for names in itertools.combinations(varied, size):
            matrix = np.ones((1, 1))
            for name in keys:
                k = levels[name]
                matrix = np.kron(matrix, _steps(k) if name in names else np.full((1, k), 1 / k))
            yield list(names), matrix


def _steps(k: int) -> np.ndarray:
    """Each level minus the first, shape (k - 1, k)."""
    return np.hstack([-np.ones((k - 1, 1)), np.eye(k - 1)])


def _test(contrast: np.ndarray, shifts: list[Shift], common: bool) -> tuple[float, float, float, float]:
    """(F, df1, df2, p) of all rows of the contrast being zero."""
    estimates = contrast @ [shift.estimate for shift in shifts]
    variances, freedom = (np.array([getattr(s, name) for s in shifts]) for name in ("se", "df"))
    variances = variances**2
    inverse = np.linalg.pinv(contrast * variances @ contrast.T)
    wald, q = float(estimates @ inverse @ estimates), len(contrast)
    if common:
        return wald / q, q, float(freedom[0]), float(fdtrc(q, freedom[0], wald / q))
    weights = variances * np.einsum("ij,ik,kj->j", contrast, inverse, contrast)
    spread = float((weights**2 / freedom).sum())
    f = wald / (q + 2 * spread - 6 * spread / (q + 2))
    df2 = q * (q + 2) / (3 * spread) if spread else math.inf
    return f, q, df2, float(fdtrc(q, df2, f))
