"""Levels of a mechanism side by side, and a quantity of each over time."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.latency import survival
from schedlab.figures.nothing import nothing
from schedlab.figures.per_run import per_run
from schedlab.figures.style import house, looks, plain_ticks
from schedlab.stats.matrix import means

#: a range of values beyond this factor is drawn on a logarithmic axis
WIDE = 20


def levels(values: pd.DataFrame, metric: str, title: str) -> Figure:
    """One metric of a `metrics.collect` table by arm: a dot a run, the mean and its interval.

    Values that span more than a factor of twenty get a logarithmic axis. Without any value it says so.
    """
    mine = values[values["metric"] == metric].dropna(subset=["value"])
    if mine.empty:
        return nothing(title)
    figure = per_run(mine, means(mine), title)
    if mine["value"].min() > 0 and mine["value"].max() > WIDE * mine["value"].min():
        with house():
            axes = figure.axes[0]
            axes.set_xscale("log")
            plain_ticks(axes.xaxis)
    return figure


def tails(durations: dict[tuple[str, str], np.ndarray], title: str, quantity: str, things: str) -> Figure:
    """Survival curves of every run, by (arm, run): how many `things` have a longer `quantity`?"""
    held = {who: values for who, values in durations.items() if len(values)}
    if not held:
        return nothing(title)
    figure = survival(held, title)
    axes = figure.axes[0]
    axes.set(xlabel=quantity, ylabel=f"{things} with a longer one")
    for text in axes.get_legend().get_texts():
        text.set_text(text.get_text().replace("requests", things))
    return figure


def over_time(points: pd.DataFrame, quantity: str, title: str) -> Figure:
    """A thin line a run (columns arm, run, at_s, value): what piles up rises."""
    if points.empty:
        return nothing(title)
    arms = sorted(points["arm"].unique())
    with house():
        figure, axes = plt.subplots()
        look = looks(arms)
        for (arm, _), run in points.groupby(["arm", "run"]):
            axes.plot(
                run["at_s"], run["value"], color=look[arm].colour, linestyle=look[arm].line, linewidth=1
            )
        for arm in arms:
            runs = points.loc[points["arm"] == arm, "run"].nunique()
            label = f"{arm} (n = {runs} runs)"
            axes.plot([], [], color=look[arm].colour, linestyle=look[arm].line, linewidth=2, label=label)
        axes.set(xlabel="time since the window began (s)", ylabel=quantity)
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure
