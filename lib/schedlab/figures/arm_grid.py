"""Several quantities of several arms: a panel for each quantity, a row for each arm, mean and interval."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from schedlab import units
from schedlab.figures.levels import nothing
from schedlab.figures.style import house, looks

#: panels beside each other
MOST_COLUMNS = 3


def arm_grid(table: pd.DataFrame, quantity: str, title: str, most: int = 6) -> Figure:
    """One mark with its interval per arm, in a panel per metric, each on a logarithmic axis of its own.

    `table` is what `stats.matrix.by_arm` gives; drawn are its first `most` metrics with a positive value.
    """
    shown = table[table["value"] > 0]
    metrics = list(dict.fromkeys(shown["metric"]))[:most]
    if not metrics:
        return nothing(title)
    arms = sorted(shown["arm"].unique())
    columns = min(MOST_COLUMNS, len(metrics))
    lines = -(-len(metrics) // columns)
    with house():
        size = (1.2 + 2.1 * columns, 0.7 + lines * (0.75 + 0.2 * len(arms)))
        figure, grid = plt.subplots(lines, columns, figsize=size, sharey=True, squeeze=False)
        for axes, metric in zip(grid.flat, metrics, strict=False):
            _panel(axes, shown[shown["metric"] == metric], arms, metric)
        for axes in grid.flat[len(metrics) :]:
            axes.axis("off")
        figure.suptitle(title, fontsize=10)
        figure.supxlabel(f"{quantity}, mean with 95 % interval over runs (log scales)", fontsize=8)
    plt.close(figure)
    return figure


def _panel(axes, rows: pd.DataFrame, arms: list[str], metric: str) -> None:
    look = looks(arms)
    for row in rows.itertuples():
        line = arms.index(row.arm)
        ends = [e for e in (row.lo, row.hi) if np.isfinite(e) and e > 0]
        if len(ends) == 2:
            axes.plot(ends, [line, line], color="black", linewidth=1.2)
        axes.plot(row.value, line, look[row.arm].marker, color=look[row.arm].colour, markeredgecolor="black")
    counted = rows["runs"].max()
    axes.set_title(f"{metric} (n = {counted})", fontsize=7.5)
    axes.set_xscale("log")
    lo, hi = _limits(rows)
    axes.set(xlim=(lo, hi), ylim=(len(arms) - 0.5, -0.5), yticks=range(len(arms)), yticklabels=arms)
    unit = rows["unit"].iloc[0]
    axes.xaxis.set_major_locator(LogLocator(numticks=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: units.show(v, unit, 2)))
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    axes.tick_params(labelsize=7)


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """From a power of ten below every mark to one above, so that at least two ticks are written."""
    seen = rows[["value", "lo", "hi"]].to_numpy().ravel()
    seen = seen[np.isfinite(seen) & (seen > 0)]
    middle = rows["value"]
    lo, hi = max(seen.min(), middle.min() / 30), min(seen.max(), middle.max() * 30)
    return 10.0 ** np.floor(np.log10(lo * 0.9)), 10.0 ** np.ceil(np.log10(hi * 1.1))
