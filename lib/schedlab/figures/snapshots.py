"""Scheduler snapshots over time, every run as a thin line, and goroutines by state."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.style import house, looks
from schedlab.stats.mean import mean


def over_time(series: pd.DataFrame, column: str, title: str, ylabel: str) -> Figure:
    """`column` against `since_first_s`, one line a run (columns run, arm); thick is the arms' mean."""
    arms = sorted(series["arm"].unique())
    with house():
        figure, axes = plt.subplots()
        look = looks(arms)
        for (arm, _), rows in series.groupby(["arm", "run"], sort=True):
            axes.plot(rows["since_first_s"], rows[column], color=look[arm].colour, alpha=0.3, linewidth=0.8)
        for arm in arms:
            _mean_line(axes, series[series["arm"] == arm], column, arm, look[arm])
        axes.set(xlabel="time since the first scheduler print (s)", ylabel=ylabel)
        axes.set_ylim(bottom=0)
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure


def _mean_line(axes, rows: pd.DataFrame, column: str, arm: str, look) -> None:
    """The mean over runs at each whole second, with its t interval as a band."""
    per_run = rows.groupby(["run", rows["since_first_s"].round()])[column].mean().unstack("run")
    at = [mean(values.dropna()) for _, values in per_run.iterrows()]
    axes.fill_between(
        per_run.index, [e.lo for e in at], [e.hi for e in at], color=look.colour, alpha=0.15, linewidth=0
    )
    axes.plot(
        per_run.index, [e.value for e in at], color=look.colour, linestyle=look.line, marker=look.marker,
        linewidth=2, label=f"{arm}: mean of {per_run.shape[1]} runs",
    )  # fmt: skip


def states(table: pd.DataFrame, title: str) -> Figure:
    """Goroutine descriptors by state: one mark with its interval per state and arm.

    `table` has the columns metric (the state), arm, value, lo, hi, runs, as `stats.matrix.by_arm` gives.
    """
    arms = sorted(table["arm"].unique())
    names = list(dict.fromkeys(table["metric"]))
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.9 + 0.42 * len(names)))
        look = looks(arms)
        for place, arm in enumerate(arms):
            mine = table[table["arm"] == arm].set_index("metric").reindex(names)
            rows = np.arange(len(names)) + 0.22 * (place - (len(arms) - 1) / 2)
            axes.hlines(rows, mine["lo"], mine["hi"], color="black", linewidth=1.4)
            axes.plot(
                mine["value"], rows, look[arm].marker, color=look[arm].colour, markeredgecolor="black",
                linestyle="none", label=f"{arm} (n = {int(mine['runs'].max())} runs)",
            )  # fmt: skip
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set(xlabel="goroutine descriptors in a snapshot, mean with 95 % interval over runs", ylabel="")
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure
