"""Pile-ups over snapshots: which wait reasons grow, in every run of every arm."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.nothing import nothing
from schedlab.figures.style import house, looks


def slopes(table: pd.DataFrame, title: str) -> Figure:
    """One mark a run: how fast the goroutines of a wait reason grow, with the interval of its slope.

    `table` is that of `profiles.standing.growth`; a run whose whole interval is right of zero piles up.
    """
    shown = table.dropna(subset=["lo", "hi"])
    if shown.empty:
        return nothing(title, "No run here has the five snapshots that an interval of a slope needs.")
    reasons = list(dict.fromkeys(shown.sort_values("value", ascending=False)["metric"]))
    arms = sorted(shown["arm"].unique())
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 1.0 + 0.36 * len(reasons)))
        look = looks(arms)
        for arm in arms:
            _arm(axes, shown[shown["arm"] == arm], reasons, _spread(len(arms), arms.index(arm)), look[arm])
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_yticks(range(len(reasons)), reasons)
        axes.set(
            ylim=(len(reasons) - 0.4, -0.6), xlabel="goroutines more that wait (1/s), each with 95 % interval"
        )
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure


def _spread(arms: int, place: int) -> float:
    """How far the marks of an arm stand from the middle of their line."""
    return 0.5 * ((place + 0.5) / arms - 0.5)


def _arm(axes, rows: pd.DataFrame, reasons: list[str], aside: float, look) -> None:
    runs = sorted(rows["run"].unique())
    jitter = np.linspace(-0.08, 0.08, len(runs)) if len(runs) > 1 else np.zeros(1)
    at = rows["metric"].map(reasons.index) + aside + rows["run"].map(dict(zip(runs, jitter, strict=True)))
    axes.hlines(at, rows["lo"], rows["hi"], color=look.colour, linewidth=1.0, alpha=0.7)
    axes.plot(
        rows["value"], at, look.marker, color=look.colour, markersize=3.5, linestyle="none",
        label=f"{rows['arm'].iloc[0]} (n = {len(runs)} runs)",
    )  # fmt: skip
