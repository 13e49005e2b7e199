"""How many kinds of request are there? The number of parts of a mixture, by runs left out and by BIC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from schedlab.dist import lognormal, lognormal_mixture
from schedlab.model.extend import Family
from schedlab.model.sample import Sample
from schedlab.stats.select import select


@dataclass(frozen=True)
class Parts:
    """`k` by runs left out (None without three runs) and `k_bic`; `table` has one row per number of parts."""

    k: int | None
    k_bic: int
    table: pd.DataFrame
    verdict: str


def lognormals(k: int) -> Family:
    """k lognormals; one of them is just the lognormal."""
    return lognormal.FAMILY if k == 1 else lognormal_mixture.family(k)


def parts(
    samples: Mapping[str, Sample],
    n_eff: float | None = None,
    most: int = 4,
    kind: Callable[[int], Family] = lognormals,
) -> Parts:
    """The fewest parts that foretell a run left out as well as the best number does.

    As well: the 95 % interval, over runs, of what they lose in mean log-density reaches 0. Numbers whose fit
    has no readable parameters (a part vanished, two coincide) are not chosen.
    """
    families = {kind(k).name: k for k in range(1, most + 1)}
    chosen = select(samples, [kind(k) for k in range(1, most + 1)], n_eff)
    table = chosen.table.assign(parts=chosen.table["family"].map(families)).sort_values("parts")
    sound = table[table["readable"]] if table["readable"].any() else table
    k_bic = int(sound.loc[sound["bic_deflated"].idxmin(), "parts"])
    k = None
    if len(samples) > 2:
        k = int(sound.loc[~(sound["lo"] > 0), "parts"].min())
    said = f"{k} by runs left out" if k else "too few runs to leave one out"
    return Parts(k, k_bic, table.reset_index(drop=True), f"{said}, {k_bic} by BIC")
