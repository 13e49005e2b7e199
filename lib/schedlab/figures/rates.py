"""Latency against offered rate, one line an arm, up to the capacity that a closed loop found."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, log_ticks, looks
from schedlab.model.results import Estimate


def curves(found: pd.DataFrame, capacities: Mapping[str, Estimate], quantity: str, title: str) -> Figure:
    """One panel a protocol; `found` is one metric of `stats.capacity.curve`, capacities are answers a second.

    Bars are intervals over runs; a mark on the lower edge is an arm's capacity, with its interval.
    """
    import matplotlib.pyplot as plt

    if not len(found):
        return nothing(title)
    protocols = sorted(found["protocol"].unique())
    size, _ = units.scale(found["value"], found["unit"].iloc[0])
    with house():
        figure, grid = plt.subplots(
            len(protocols), 1, figsize=(6.6, 0.7 + 2.7 * len(protocols)), squeeze=False
        )
        for axes, protocol in zip(grid.flat, protocols, strict=True):
            _panel(axes, found[found["protocol"] == protocol], capacities, size)
            axes.set_title(protocol or "all arms")
            axes.set_ylabel(units.label(quantity, found["unit"].iloc[0], found["value"]))
        grid[-1, 0].set_xlabel("offered, and the most it takes (1/s)")
        figure.suptitle(title, fontsize=10)
    plt.close(figure)
    return figure


def _panel(axes, part: pd.DataFrame, capacities: Mapping[str, Estimate], size: float) -> None:
    arms = sorted(part["arm"].unique())
    look = looks(arms)
    for number, arm in enumerate(arms):
        mine = part[part["arm"] == arm]
        spread = [(mine["value"] - mine["lo"]) / size, (mine["hi"] - mine["value"]) / size]
        axes.errorbar(
            mine["offered_per_s"], mine["value"] / size, yerr=spread, color=look[arm].colour, capsize=2,
            marker=look[arm].marker, linestyle=look[arm].line, markersize=4.5, linewidth=1.2, elinewidth=0.8,
            label=f"{arm} (n = {_runs(mine)} a rate)",
        )  # fmt: skip
        if arm in capacities:
            _capacity(axes, capacities[arm], look[arm], 0.02 + 0.025 * number)
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        log_ticks(axis, lambda v: f"{v:,.6g}".replace(",", "\u202f"))
    axes.set_ylim(part["value"].min() / size / 4, part["value"].max() / size * 4)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7.5)


def _runs(part: pd.DataFrame) -> str:
    least, most = part["runs"].min(), part["runs"].max()
    return f"{least}" if least == most else f"{least} to {most}"


def _capacity(axes, estimate: Estimate, look, height: float) -> None:
    """A bar from lo to hi with the arm's marker, low in the panel and one below the other."""
    line = axes.get_xaxis_transform()
    axes.plot([estimate.lo, estimate.hi], [height] * 2, color=look.colour, linewidth=1.2, transform=line)
    axes.plot(
        estimate.value, height, look.marker, color=look.colour, mec="black", markersize=5, transform=line
    )
