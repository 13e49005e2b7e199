"""Scheduler snapshots over time, every run as a thin line, and goroutines by state."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.style import COLOURS, house, looks

#: states from bottom to top, with hatches so that the stack reads in greyscale
STATES = (
    ("running", COLOURS[2], ""),
    ("runnable", COLOURS[5], "//"),
    ("syscall", COLOURS[4], ".."),
    ("waiting", COLOURS[0], "\\\\"),
    ("dead", "#bbbbbb", "xx"),
)


def over_time(series: pd.DataFrame, column: str, title: str, ylabel: str) -> Figure:
    """`column` against `since_first_s`, one line a run (columns run, arm); the arms' mean as a thick line."""
    arms = sorted(series["arm"].unique())
    with house():
        figure, axes = plt.subplots()
        look = looks(arms)
        for (arm, _), rows in series.groupby(["arm", "run"], sort=True):
            axes.plot(rows["since_first_s"], rows[column], color=look[arm].colour, alpha=0.3, linewidth=0.8)
        for arm in arms:
            mine = series[series["arm"] == arm]
            mean = mine.groupby(mine["since_first_s"].round())[column].mean()
            n = mine["run"].nunique()
            axes.plot(
                mean.index, mean, color=look[arm].colour, linestyle=look[arm].line, marker=look[arm].marker,
                linewidth=2, label=f"{arm}: mean of {n} runs",
            )  # fmt: skip
        axes.set(xlabel="time since the first scheduler print (s)", ylabel=ylabel)
        axes.set_ylim(bottom=0)
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure


def states(counts: pd.DataFrame, title: str) -> Figure:
    """Mean goroutines by state, one bar an arm (columns arm, state, count, lo, hi; n runs an arm)."""
    arms = sorted(counts["arm"].unique())
    table = counts.pivot_table(index="arm", columns="state", values="count", aggfunc="sum").fillna(0.0)
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 1.2 + 0.55 * len(arms)))
        left = pd.Series(0.0, index=table.index)
        for state, colour, hatch in STATES:
            if state not in table:
                continue
            axes.barh(
                table.index, table[state], left=left, color=colour, hatch=hatch, label=state,
                edgecolor="white", linewidth=0.5, height=0.6,
            )  # fmt: skip
            left = left + table[state]
        axes.set(xlabel="goroutine descriptors (mean of snapshots, mean of runs)", ylabel="")
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure
