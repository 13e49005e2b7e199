"""A burst and what it does: every run thin, the median of an arm's runs bold, aligned at the onset."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, log_ticks, looks

_COLUMNS = 4


def responses(series: pd.DataFrame, unit: str, quantity: str, title: str, log: bool = False) -> Figure:
    """One panel an arm, on common axes; `series` is one quantity of `metrics.pulse.series`."""
    import matplotlib.pyplot as plt

    shown = series.dropna(subset=["value"])
    if not len(shown):
        return nothing(title)
    arms = sorted(shown["arm"].unique())
    columns = min(len(arms), _COLUMNS)
    rows = -(-len(arms) // columns)
    size, _ = units.scale(shown["value"], unit)
    with house():
        figure, grid = plt.subplots(
            rows, columns, figsize=(1.2 + 1.9 * columns if columns > 2 else 6.6, 0.8 + 2.0 * rows),
            sharex=True, sharey=True, squeeze=False,
        )  # fmt: skip
        for axes, arm in zip(grid.flat, arms, strict=False):
            _panel(axes, shown[shown["arm"] == arm], size, looks(arms)[arm].colour, arm)
        for axes in grid.flat[len(arms) :]:
            axes.set_visible(False)
        for axes in grid[:, 0]:
            axes.set_ylabel(units.label(quantity, unit, shown["value"]))
            if log:
                axes.set_yscale("log")
                log_ticks(axes.yaxis, lambda v: f"{v:g}")
        for axes in grid[-1]:
            axes.set_xlabel("since the onset (s)")
        figure.suptitle(title, fontsize=10)
    plt.close(figure)
    return figure


def _panel(axes, part: pd.DataFrame, size: float, colour: str, arm: str) -> None:
    axes.axvspan(0, part["until_s"].iloc[0], color="#e8e8e8", linewidth=0)
    wide = part.pivot(index="since_onset_s", columns="run", values="value") / size
    axes.plot(wide.index, wide, color=colour, linewidth=0.6, alpha=0.5)
    axes.plot(wide.index, np.nanmedian(wide, axis=1), color=colour, linewidth=1.8)
    axes.set_title(f"{arm} (n = {wide.shape[1]})", fontsize=8.5)
