"""The quantile shift function: at which quantiles do two arms differ, and by which factor?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, log_ticks

_COLUMNS = 3


def shift(found: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """One panel per comparison, on one scale: the ratio at each quantile, its interval, the band for all.

    `found` maps the name of a comparison (`pool / gpr`) to what `stats.shift.shift_function` gives.
    """
    import matplotlib.pyplot as plt

    if not found:
        return nothing(title)
    columns = min(len(found), _COLUMNS)
    rows = -(-len(found) // columns)
    with house():
        figure, grid = plt.subplots(
            rows, columns, figsize=(2.2 + 2.3 * columns if columns > 1 else 6.6, 0.8 + 2.4 * rows),
            sharex=True, sharey=True, squeeze=False,
        )  # fmt: skip
        for axes, (name, table) in zip(grid.flat, found.items(), strict=False):
            _panel(axes, name, table)
        for axes in grid.flat[len(found) :]:
            axes.set_visible(False)
        _dress(figure, grid, len(found), next(iter(found.values())), title)
    plt.close(figure)
    return figure


def _panel(axes, name: str, table: pd.DataFrame) -> None:
    place = np.arange(len(table))
    axes.axhline(1, color="black", linewidth=0.8)
    axes.fill_between(place, table["band_lo"], table["band_hi"], color="#0072B2", alpha=0.18, linewidth=0)
    spread = [table["effect"] - table["lo"], table["hi"] - table["effect"]]
    axes.errorbar(
        place, table["effect"], yerr=spread, fmt="o", color="#0072B2", markersize=3.5, linewidth=1.2
    )
    first = table.iloc[0]
    runs = (
        f"n = {first['n1']:g} blocks"
        if "blocks" in first["method"]
        else f"n = {first['n1']:g} + {first['n2']:g}"
    )
    axes.set_title(f"{name} ({runs})", fontsize=8.5)


def _dress(figure: Figure, grid: np.ndarray, panels: int, table: pd.DataFrame, title: str) -> None:
    shown = [*range(0, len(table) - 4, 2), *range(len(table) - 4, len(table))]
    for axes in list(grid.flat)[panels - grid.shape[1] : panels]:
        axes.tick_params(axis="x", labelbottom=True)
        axes.set_xticks(shown, [f"{100 * table['q'].iloc[i]:g}" for i in shown], rotation=60)
        axes.set_xlabel("quantile (%)")
    for axes in grid[:, 0]:
        axes.set_yscale("log")
        log_ticks(axes.yaxis, lambda v: f"×{v:.3g}")
        axes.set_ylabel("ratio of latencies")
    figure.suptitle(f"{title}: bars hold one by one, the band for all quantiles at once", fontsize=10)
