"""One dot a run, one interval an arm: the honest picture of repeated captures."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures import clocks
from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, looks
from schedlab.model.results import Estimate


def per_run(values: pd.DataFrame, means: dict[str, Estimate], title: str) -> Figure:
    """Per-run values (columns arm, value, unit, about) with the mean of each arm and its interval.

    A column `clock` says what latencies are measured from; where it differs, each arm is labelled with it.
    """
    shown = values.dropna(subset=["value"])
    if not len(shown):
        return nothing(title)
    unit = shown["unit"].iloc[0]
    size, _ = units.scale(shown["value"], unit)
    arms, clock = sorted(means), clocks.labels(shown)
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.9 + 0.55 * len(arms)))
        look = looks(arms)
        scaled = shown.assign(value=shown["value"] / size)
        sns.stripplot(
            scaled, x="value", y="arm", order=arms, ax=axes, size=4.5, jitter=0.16, alpha=0.65,
            hue="arm", palette={a: look[a].colour for a in arms}, legend=False,
        )  # fmt: skip
        for row, arm in enumerate(arms):
            _interval(axes, means[arm], row, size, look[arm])
        axes.set(xlabel=units.label(shown["about"].iloc[0], unit, shown["value"]), ylabel="")
        axes.set_yticks(range(len(arms)), [f"{a} (n = {means[a].n}){clock[a]}" for a in arms])
        axes.set_title(title)
        axes.set_ylim(len(arms) - 0.35, -0.6)
    plt.close(figure)
    return figure


def _interval(axes, estimate: Estimate, row: int, size: float, look) -> None:
    lo, hi = estimate.lo / size, estimate.hi / size
    axes.plot([lo, hi], [row + 0.27] * 2, color="black", linewidth=1.6, solid_capstyle="butt")
    axes.plot(
        estimate.value / size,
        row + 0.27,
        look.marker,
        color=look.colour,
        markeredgecolor="black",
        markersize=7,
    )
