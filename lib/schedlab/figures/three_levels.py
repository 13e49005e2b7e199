"""The three levels of a pair of profiles in one figure: what differs, by how much, and is it noise."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.errors import TooFewValues
from schedlab.figures import flame_colours
from schedlab.figures.style import house
from schedlab.profiles.levels import LEVELS, in_words

#: half widths of the interval at which a difference is drawn at the edge, with an arrow
EDGE = 6.0
_LINE_IN = 0.23


def three_levels(table: pd.DataFrame, baseline: str, treated: str) -> Figure:
    """One line per thing measured (the table of `profiles.levels.levels`), grouped by level.

    Differences of all units share the axis: they stand in half widths of their own 95 % interval, so that a
    bar that crosses zero could be noise; the numbers themselves stand beside it.
    """
    shown = table[np.isfinite(table["lo"]) & (table["hi"] > table["lo"])].reset_index(drop=True)
    if shown.empty:
        raise TooFewValues("no difference here has an interval: two runs an arm are needed at least")
    lines = shown.index + 1.4 * shown["level"].rank(method="dense").to_numpy()
    with house():
        figure, axes = plt.subplots(figsize=(8.4, 0.8 + _LINE_IN * (lines.max() + 1)))
        for line, row in zip(lines, shown.itertuples(), strict=True):
            _draw(axes, line, row)
        for level, first in lines.to_series(index=shown["level"]).groupby(level=0).min().items():
            axes.text(
                -EDGE - 0.4, first - 1, f"{level} {LEVELS[level]}", fontsize=9, weight="bold", ha="left"
            )
        _dress(axes, lines, shown, baseline, treated)
    plt.close(figure)
    return figure


def _draw(axes, line: float, row) -> None:
    half = (row.hi - row.lo) / 2
    at, noise = row.difference / half, row.lo <= 0 <= row.hi
    shade = "#888888" if noise else flame_colours.MORE if at > 0 else flame_colours.LESS
    inside = float(np.clip(at, -EDGE, EDGE))
    if inside == at:
        axes.plot([row.lo / half, row.hi / half], [line, line], color=shade, linewidth=1.6)
    marker = "o" if noise else ">" if at > 0 else "<"
    axes.plot(inside, line, marker, color=shade, markersize=5, markerfacecolor="white" if noise else shade)
    axes.annotate(
        "; ".join(in_words(row)), (1.01, line), xycoords=("axes fraction", "data"), va="center", fontsize=8
    )


def _dress(axes, lines, shown: pd.DataFrame, baseline: str, treated: str) -> None:
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    axes.set(xlim=(-EDGE - 0.4, EDGE + 0.4), ylim=(lines.max() + 0.7, lines.min() - 1.6))
    axes.set_yticks(lines, shown["what"], fontsize=8.5)
    axes.grid(axis="y", visible=False)
    n, m = shown["runs"].iloc[0]
    axes.set_xlabel(
        f"{treated} - {baseline}, in half widths of its own 95 % interval; n = {n} + {m} runs", fontsize=8.5
    )
    axes.tick_params(axis="x", labelsize=8)
