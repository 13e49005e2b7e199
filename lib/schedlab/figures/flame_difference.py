"""The difference of two arms as a still flame graph, the vector twin of the interactive one.

Two icicles of the same layout, baseline above treated, so that a stack has the same place in both; colour is
the effect, grey what could be noise, paler what is less sure.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from schedlab.figures import flame_colours
from schedlab.figures.flame import ROW_IN, WIDTH_IN, boxes, labels, title
from schedlab.figures.style import house
from schedlab.profiles.compared import Compared


def flame_difference(both: Compared, host: str = "", least: float = 0.004) -> Figure:
    """Both arms in one icicle: width is the mean share, colour the difference; `least` share is drawn."""
    nodes = both.nodes
    drawn = nodes.width >= least
    levels = int(nodes.depth[drawn].max(initial=0)) + 1
    with house():
        figure, axes = plt.subplots(figsize=(WIDTH_IN, 0.95 + ROW_IN * levels))
        shades = difference_colours(both)
        boxes(axes, nodes, shades, drawn)
        labels(axes, nodes, shades, drawn)
        axes.set(xlim=(0, 1), ylim=(levels, 0))
        axes.axis("off")
        what = title(both.profile, both.kind, " against ".join(both.arms), host)
        axes.set_title(f"{what}\n{both.noise.method}; {_counts(both)}", fontsize=7)
        _legend(axes, both)
    plt.close(figure)
    return figure


def difference_colours(both: Compared) -> list[str]:
    """The colour of each node: its effect relative to the largest one, by the evidence for it."""
    strength, kinds = both.noise.difference / reach(both), both.nodes
    rows = zip(*kinds.value.T, strength, both.q, kinds.merged, strict=True)
    shades = [
        flame_colours.OTHERS if merged else flame_colours.difference_colour(a, b, s, q, both.seen)
        for a, b, s, q, merged in rows
    ]
    return [flame_colours.ROOT, *shades[1:]]


def reach(both: Compared) -> float:
    """The difference of shares that has the full colour: the largest there is, at least one point."""
    return float(np.nanmax(np.abs(both.noise.difference), initial=0.01))


def _counts(both: Compared) -> str:
    n = int((~np.isnan(both.q)).sum())
    sure = int(both.evident.sum()) if both.seen else 0
    return f"{sure} of {n} tested nodes beyond noise" if both.seen else both.noise.warnings[0]


def _legend(axes, both: Compared) -> None:
    baseline, treated = both.arms
    words = {
        "could be noise": flame_colours.NOISE,
        f"more in {treated}": flame_colours.MORE,
        f"less in {treated}": flame_colours.LESS,
        f"only in {treated}": flame_colours.NEW,
        f"only in {baseline}": flame_colours.GONE,
    }
    handles = [Patch(facecolor=c, edgecolor="#999999", linewidth=0.4, label=w) for w, c in words.items()]
    axes.legend(handles=handles, ncols=5, fontsize=5.5, loc="upper left", bbox_to_anchor=(0, 0),
                borderaxespad=0.2, handlelength=1.2, columnspacing=1.0)  # fmt: skip
