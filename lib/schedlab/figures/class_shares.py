"""CPU by mechanism: the share of every class in every arm, with its interval over runs."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures import flame_colours
from schedlab.figures.style import house, looks


def class_shares(table: pd.DataFrame, title: str) -> Figure:
    """One line a mechanism, one mark with its 95 % interval an arm, largest share on top.

    `table` has the columns arm, mechanism, share, lo_share, hi_share, runs.
    """
    arms = sorted(table["arm"].unique())
    order = table.groupby("mechanism")["share"].max().sort_values(ascending=False).index.tolist()
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.9 + 0.3 * len(order)))
        for row, mechanism in enumerate(order):
            axes.axhspan(row - 0.4, row + 0.4, color=flame_colours.MECHANISMS[mechanism], alpha=0.35, lw=0)
        look = looks(arms)
        for place, arm in enumerate(arms):
            rows = table[table["arm"] == arm].set_index("mechanism").reindex(order)
            _marks(
                axes, rows, np.arange(len(order)) + 0.4 * ((place + 0.5) / len(arms) - 0.5), look[arm], arm
            )
        axes.set_yticks(range(len(order)), order)
        axes.set(ylim=(len(order) - 0.5, -0.5), xlabel="share of CPU samples (%), 95 % interval")
        axes.set_xlim(left=0)
        axes.set_title(title)
        axes.legend(loc="lower right")
    plt.close(figure)
    return figure


def _marks(axes, rows: pd.DataFrame, at: np.ndarray, look, arm: str) -> None:
    axes.hlines(at, 100 * rows["lo_share"], 100 * rows["hi_share"], color="black", linewidth=1.2)
    axes.plot(
        100 * rows["share"], at, look.marker, color=look.colour, markeredgecolor="black", markersize=5,
        linestyle="none", label=f"{arm} (n = {int(rows['runs'].max())} runs)",
    )  # fmt: skip
