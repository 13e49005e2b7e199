"""Latency as survival curves: how many requests took longer than this?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from schedlab import units
from schedlab.figures.style import house, looks
from schedlab.model.results import Estimate

#: more arms than this have their legend beside the curves
_MANY = 4


def survival(
    latencies: dict[tuple[str, str], np.ndarray], title: str, marks: dict[str, Estimate] | None = None
) -> Figure:
    """One thin line a run: share of requests above each latency, both axes logarithmic.

    `latencies` maps (arm, run) to seconds; `marks` maps an arm to a quantile with its interval over runs,
    drawn as a dot with a bar at the share of requests that exceed it (`Estimate.method` names it).
    """
    arms = sorted({arm for arm, _ in latencies})
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 3.8))
        look = looks(arms)
        for (arm, _), values in sorted(latencies.items()):
            x, above = _steps(values)
            axes.plot(x, above, color=look[arm].colour, linestyle=look[arm].line, alpha=0.55, linewidth=0.9)
        for arm in arms:
            mine = [v for (a, _), v in latencies.items() if a == arm]
            requests = units.number(sum(map(len, mine)), 1)
            text = f"{arm}: n = {len(mine)} runs, {requests} requests"
            axes.plot([], [], color=look[arm].colour, linestyle=look[arm].line, linewidth=2, label=text)
        for arm, estimate in (marks or {}).items():
            _mark(axes, estimate, look[arm])
        _dress(axes, title)
    plt.close(figure)
    return figure


def quantiles_by_run(values: pd.DataFrame, title: str) -> Figure:
    """One quantile of each run, with its interval, against the order of capture: drift shows."""
    arms = sorted(values["arm"].unique())
    size, name = units.scale(values["hi"], "s")
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 3.0))
        look = looks(arms)
        for arm in arms:
            mine = values[values["arm"] == arm]
            spread = [(mine["value"] - mine["lo"]) / size, (mine["hi"] - mine["value"]) / size]
            axes.errorbar(
                mine["order"], mine["value"] / size, yerr=spread, fmt=look[arm].marker,
                color=look[arm].colour, capsize=2.5, label=f"{arm} ({len(mine)} runs)",
            )  # fmt: skip
        axes.set(xlabel="position in the session of captures", ylabel=f"latency ({name})")
        axes.set_title(title)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure


def _steps(values: np.ndarray, points: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """The survival curve at up to `points` places evenly spaced in log survival, down to 1 / n."""
    ordered = np.sort(values)
    n = len(ordered)
    above = np.unique(np.geomspace(1, n, points).round().astype(np.int64))[::-1]
    return ordered[n - above], above / n


def _mark(axes, estimate: Estimate, look) -> None:
    share = float(estimate.method.removeprefix("above "))
    axes.plot([estimate.lo, estimate.hi], [share] * 2, color="black", linewidth=2.2, solid_capstyle="butt")
    axes.plot(
        estimate.value, share, look.marker, color=look.colour, markeredgecolor="black", markersize=7, zorder=5
    )


def _dress(axes, title: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: units.show(v, "s", 1)))
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g} %"))
    axes.set(xlabel="latency from the intended start", ylabel="requests slower than this")
    axes.set_title(title)
    if len(axes.get_legend_handles_labels()[0]) <= _MANY:
        axes.legend(loc="lower left")
    else:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        axes.figure.set_figwidth(8.4)
