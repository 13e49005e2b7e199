"""The whole matrix at once: a row for each comparison, a panel for each metric, one interval each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from schedlab.figures.forest import COLOURS, draw_line, limits_of, round_ticks
from schedlab.figures.nothing import nothing
from schedlab.figures.style import house
from schedlab.model.results import Comparison
from schedlab.stats.say import factor

#: side by side no more panels than a page can show in letters that are read
_ACROSS = 3
#: small words need more contrast than marks
WORDS = {"cannot tell": "#555555"}


def forest_matrix(comparisons: Sequence[Comparison], columns: Mapping[str, str], title: str) -> Figure:
    """Comparisons on the ratio scale; `columns` maps the metrics to draw to the words above their panel.

    Each panel has its own logarithmic axis around 1. Beside a mark stand the ratio and what it means; the
    mark's shape says the same without colour.
    """
    import matplotlib.pyplot as plt

    shown = [c for c in comparisons if c.scale == "ratio" and c.metric in columns and math.isfinite(c.effect)]
    metrics = [metric for metric in columns if any(c.metric == metric for c in shown)]
    rows = list(dict.fromkeys((c.baseline, c.treated) for c in shown))
    if not shown:
        return nothing(title)
    down = math.ceil(len(metrics) / _ACROSS)
    across = math.ceil(len(metrics) / down)
    with house():
        figure, grid = plt.subplots(
            down,
            across,
            figsize=(7.0, 0.4 + (0.9 + 0.36 * len(rows)) * down),
            sharey=True,
            squeeze=False,
        )
        for axes, metric in zip(grid.flat, metrics, strict=False):
            _panel(axes, [c for c in shown if c.metric == metric], rows, columns[metric])
        for axes in grid.flat[len(metrics) :]:
            axes.set_axis_off()
        grid[0, 0].set_yticks(range(len(rows)), [f"{treated} / {baseline}" for baseline, treated in rows])
        grid[0, 0].set_ylim(len(rows) - 0.4, -0.6)
        figure.suptitle(title, fontsize=10)
        figure.supxlabel(
            f"ratio, {100 * shown[0].confidence:g} % interval over runs (log scales)", fontsize=9
        )
    plt.close(figure)
    return figure


def _panel(axes, comparisons: list[Comparison], rows: list, head: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    limits = limits_of(comparisons)
    axes.axvline(1, color="black", linewidth=0.8, zorder=1)
    for c in comparisons:
        line = rows.index((c.baseline, c.treated))
        draw_line(axes, line, c, limits)
        words = f"{factor(c.effect)} {c.verdict}"
        axes.annotate(
            words, (1.0, line - 0.42), xycoords=("axes fraction", "data"), ha="right", va="center",
            fontsize=7.2, color=WORDS.get(c.verdict, COLOURS[c.verdict]),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    axes.set(xscale="log", xlim=limits)
    axes.set_title(head, fontsize=9)
    axes.xaxis.set_major_locator(FixedLocator(round_ticks(limits[1], 2)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.3g}"))
    axes.grid(axis="y", visible=False)
