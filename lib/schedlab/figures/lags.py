"""Two series of a run against each other: their correlation at each lag, with its interval over runs."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, looks


def lags(found: pd.DataFrame, title: str) -> Figure:
    """`found` as `stats.series.correlated` gives it; arms stand side by side at each lag."""
    if not len(found):
        return nothing(title)
    arms = sorted(found["arm"].unique())
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 3.0))
        axes.axhline(0, color="black", linewidth=0.8)
        look = looks(arms)
        for place, arm in enumerate(arms):
            mine = found[found["arm"] == arm]
            spread = [mine["value"] - mine["lo"], mine["hi"] - mine["value"]]
            axes.errorbar(
                mine["lag"] + 0.6 * ((place + 0.5) / len(arms) - 0.5), mine["value"], yerr=spread,
                fmt=look[arm].marker, color=look[arm].colour, capsize=2, markersize=4,
                label=f"{arm} (n = {mine['runs'].max()} runs)",
            )  # fmt: skip
        axes.set(xlabel="lag (s)", ylabel="correlation", ylim=(-1.05, 1.05), title=title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure
