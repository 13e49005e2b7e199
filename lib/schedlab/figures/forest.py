"""The forest plot: every comparison on one line, effect and interval, readable without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.figures.style import house
from schedlab.model.results import Comparison
from schedlab.model.titles import title
from schedlab.stats.say import show_effect

#: verdict -> colour; differences are triangles that point to the side they lie on, and the words say the rest
COLOURS = {
    "faster": "#0072B2",
    "slower": "#D55E00",
    "lower": "#444444",
    "higher": "#444444",
    "equivalent": "#009E73",
    "cannot tell": "#888888",
}

_LINE_INCHES = 0.34
_FACTORS = (1.005, 1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)


def forest(comparisons: Sequence[Comparison], title: str = "", labels: Sequence[str] | None = None):
    """A figure with one line per comparison: name left, effect and interval drawn and written, n and verdict.

    Ratios go on a logarithmic axis around 1. Comparisons on the difference scale have no common axis and
    are left to tables: they raise TooFewValues when nothing else remains.
    """
    import matplotlib.pyplot as plt

    shown = [(c, name) for c, name in zip(comparisons, _names(comparisons, labels), strict=True) if _ratio(c)]
    if not shown:
        raise TooFewValues("no comparison on the ratio scale to draw; differences belong in a table")
    with house():
        fig, ax = plt.subplots(figsize=(7.6, 1.1 + _LINE_INCHES * len(shown)))
        limits = limits_of([c for c, _ in shown])
        for line, (c, _) in enumerate(shown):
            draw_line(ax, line, c, limits)
        _dress(ax, shown, limits, title)
    plt.close(fig)
    return fig


def _ratio(c: Comparison) -> bool:
    return c.scale in ("ratio", "odds") and c.effect > 0 and math.isfinite(c.effect)


def _names(comparisons: Sequence[Comparison], labels: Sequence[str] | None) -> Sequence[str]:
    return labels if labels is not None else [title(c.metric) for c in comparisons]


def limits_of(comparisons: Sequence[Comparison]) -> tuple[float, float]:
    """Axis limits that hold 1, every effect, and every interval up to four times the widest effect."""
    effects = np.abs(np.log([c.effect for c in comparisons]))
    ends = np.abs(np.log([e for c in comparisons for e in (c.lo, c.hi) if e > 0 and math.isfinite(e)] or [1]))
    reach = min(max(effects.max(), ends.max()), 4 * max(effects.max(), 0.02))
    reach = max(reach, effects.max(), 0.01) * 1.15
    return math.exp(-reach), math.exp(reach)


def draw_line(ax, line: int, c: Comparison, limits: tuple[float, float]) -> None:
    """The interval as a bar with arrow heads where it leaves the axis, the margin, and the verdict's mark."""
    marker, filled = _mark(c)
    colour = COLOURS[c.verdict]
    lo, hi = max(c.lo, limits[0]), min(c.hi, limits[1])
    ax.plot([lo, hi], [line, line], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    for end, gone, head in ((lo, c.lo < limits[0], "$\u2190$"), (hi, c.hi > limits[1], "$\u2192$")):
        ax.plot(end, line, marker=head if gone else "|", color=colour, ms=7, zorder=2)
    if c.margin is not None:
        edges = 1 / (1 + c.margin), 1 + c.margin
        ax.fill_betweenx([line - 0.38, line + 0.38], *edges, color="#e8e8e8", lw=0, zorder=0)
    face = colour if filled else "white"
    ax.plot(c.effect, line, marker=marker, ms=7, mfc=face, mec=colour, mew=1.4, zorder=3)


def _mark(c: Comparison) -> tuple[str, bool]:
    """(marker, filled): a triangle for a difference, a square for equivalent, a ring for cannot tell."""
    if c.verdict in ("equivalent", "cannot tell"):
        return ("s", True) if c.verdict == "equivalent" else ("o", False)
    return (">", True) if c.effect > 1 else ("<", True)


def _dress(ax, shown: list, limits: tuple[float, float], title: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter

    ax.axvline(1, color="black", lw=0.8, zorder=1)
    ax.set(xscale="log", xlim=limits, ylim=(len(shown) - 0.4, -0.6), title=title)
    ax.xaxis.set_major_locator(FixedLocator(round_ticks(limits[1])))
    ax.xaxis.set_minor_locator(_no_ticks())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.3g}"))
    ax.set_yticks(range(len(shown)), [name for _, name in shown])
    ax.grid(axis="y", visible=False)
    first = shown[0][0]
    arms = {(c.treated, c.baseline) for c, _ in shown}
    what = f"{first.treated} / {first.baseline}" if len(arms) == 1 else "treated / baseline"
    ax.set_xlabel(f"{what}, ratio with {100 * first.confidence:g} % interval over runs (log scale)")
    for line, (c, _) in enumerate(shown):
        text = f"{show_effect(c)}  {c.verdict}, n {c.n1}+{c.n2}"
        ax.annotate(text, (1.01, line), xycoords=("axes fraction", "data"), va="center", fontsize=8)


def round_ticks(limit: float, most: int = 4) -> list[float]:
    """Round factors up to `limit`, `most` fit on either side, with their reciprocals and 1."""
    least = math.log(limit) / most
    chosen: list[float] = []
    for factor in reversed([f for f in _FACTORS if least <= math.log(f) <= math.log(limit)]):
        if not chosen or math.log(chosen[-1] / factor) >= least:
            chosen.append(factor)
    return sorted([1.0, *chosen, *(1 / factor for factor in chosen)])


def _no_ticks():
    """No minor ticks: their labels would crowd a narrow log axis."""
    from matplotlib.ticker import NullLocator

    return NullLocator()
