"""Several quantities of several arms: a panel for each quantity, a row for each arm, mean and interval."""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from schedlab import units
from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, log_ticks, looks
from schedlab.model.titles import title as words

#: panels beside each other
MOST_COLUMNS = 3
#: what is said of the axes where only some are logarithmic
MIXED = " (log scales, but from 0 where a value may be 0)"
NO_BREAK = "\N{NO-BREAK SPACE}"


def arm_grid(table: pd.DataFrame, quantity: str, title: str, most: int = 6) -> Figure:
    """One mark with its interval per arm, in a panel per metric, each with an axis of its own.

    `table` is what `stats.matrix.by_arm` gives; drawn are its first `most` metrics with a positive value. An
    axis is logarithmic unless an arm or its interval reaches zero; what goes on beyond it ends in an arrow.
    """
    present = table[table["value"] > 0]["metric"]
    metrics = list(dict.fromkeys(present))[:most]
    if not metrics:
        return nothing(title)
    arms = sorted(table.loc[table["metric"].isin(metrics), "arm"].unique())
    columns = min(MOST_COLUMNS, len(metrics))
    lines = -(-len(metrics) // columns)
    with house():
        size = (1.2 + 2.1 * columns, 0.7 + lines * (0.75 + 0.2 * len(arms)))
        figure, grid = plt.subplots(lines, columns, figsize=size, sharey=True, squeeze=False)
        for axes, metric in zip(grid.flat, metrics, strict=False):
            _panel(axes, table[table["metric"] == metric], arms, metric)
        for axes in grid.flat[len(metrics) :]:
            axes.axis("off")
        figure.suptitle(title, fontsize=10)
        scales = {axes.get_xscale() for axes in grid.flat[: len(metrics)]}
        note = {"linear": "", "log": " (log scales)"}[scales.pop()] if len(scales) == 1 else MIXED
        figure.supxlabel(f"{quantity}, mean with 95 % interval over runs{note}", fontsize=8)
    plt.close(figure)
    return figure


def _panel(axes, rows: pd.DataFrame, arms: list[str], metric: str) -> None:
    look = looks(arms)
    ends = rows[["lo", "hi"]].where(np.isfinite(rows["hi"])).to_numpy()
    logarithmic = (rows["value"] > 0).all() and not (ends <= 0).any()
    limits = _around(rows["value"], ends) if logarithmic else (0.0, _above(rows["value"], ends))
    for row, (lo, hi) in zip(rows.itertuples(), ends, strict=True):
        line = arms.index(row.arm)
        _interval(axes, lo, hi, line, limits)
        style = {"color": look[row.arm].colour, "markeredgecolor": "black", "clip_on": False, "zorder": 3}
        axes.plot(row.value, line, look[row.arm].marker, **style)
    few, many = rows["runs"].min(), rows["runs"].max()
    counted = f"n = {many}" if few == many else f"n = {few} to {many}"
    axes.set_title(textwrap.fill(f"{words(metric)} ({counted.replace(' ', NO_BREAK)})", 34), fontsize=7.5)
    axes.set_xscale("log" if logarithmic else "linear")
    axes.set(xlim=limits, ylim=(len(arms) - 0.5, -0.5), yticks=range(len(arms)), yticklabels=arms)
    _ticks(axes.xaxis, rows["unit"].iloc[0], logarithmic, limits)
    axes.tick_params(labelsize=7)


def _interval(axes, lo: float, hi: float, line: int, limits: tuple[float, float]) -> None:
    """A line from end to end; an arrow where an end lies beyond the axis, except below zero."""
    if not np.isfinite([lo, hi]).all():
        return
    axes.plot(np.clip([lo, hi], *limits), [line, line], color="black", linewidth=1.2)
    beyond = ((lo < limits[0] > 0, "<", limits[0]), (hi > limits[1], ">", limits[1]))
    for outside, arrow, at in beyond:
        if outside:
            axes.plot(at, line, arrow, color="black", markersize=4, clip_on=False)


def _around(values: pd.Series, ends: np.ndarray) -> tuple[float, float]:
    """Limits of a logarithmic axis: all marks, intervals up to a factor of 30, and room for two ticks."""
    seen = np.append(values, ends[np.isfinite(ends)])
    lo, hi = max(seen.min(), values.min() / 30) / 1.6, min(seen.max(), values.max() * 30) * 1.6
    wider = max(1.0, np.sqrt(6 * lo / hi))
    return lo / wider, hi * wider


def _above(values: pd.Series, ends: np.ndarray) -> float:
    """Where an axis from zero ends."""
    seen = np.append(values, ends[np.isfinite(ends)])
    return 1.08 * min(seen.max(), 30 * values.max())


def _ticks(axis, unit: str, logarithmic: bool, limits: tuple[float, float]) -> None:
    if not logarithmic:
        axis.set_major_locator(MaxNLocator(3))
        axis.set_major_formatter(FuncFormatter(lambda v, _: units.show(v, unit, 2) if v else "0"))
        return
    decades = np.log10(limits[1] / limits[0])
    log_ticks(
        axis,
        lambda v: units.show(v, unit, 1),
        (1, 2, 5) if decades < 1.1 else (1, 3) if decades < 2 else (1,),
    )
    if decades > 4:
        axis.set_major_locator(LogLocator(numticks=5))
