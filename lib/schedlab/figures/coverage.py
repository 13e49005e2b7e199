"""How often intervals covered the truth in simulation: a dot a setting, the promise as a stripe."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.nothing import nothing
from schedlab.figures.style import house

_KEPT, _BROKEN = ("#0072B2", "o"), ("#D55E00", "X")


def coverage(table: pd.DataFrame, quantity: str, title: str) -> Figure:
    """One line a method of `stats.coverage.read`; bars are two Monte Carlo errors either way."""
    if not len(table):
        return nothing(title)
    methods = list(dict.fromkeys(table["what"]))
    names = [f"{method} (n = {(table['what'] == method).sum()})" for method in methods]
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.9 + 0.27 * len(methods)))
        for line, method in enumerate(methods):
            _line(axes, line, table[table["what"] == method])
        axes.set_yticks(range(len(methods)), names, fontsize=7)
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.set(xlabel=f"{quantity}; n settings a method", title=title)
        axes.grid(axis="y", visible=False)
    plt.close(figure)
    return figure


def _line(axes, line: int, part: pd.DataFrame) -> None:
    """The promise as a stripe, where there is one, and one dot a setting; crosses are not within it."""
    promised = part[part["most"] - part["least"] < 1]
    for least, most in promised[["least", "most"]].drop_duplicates().to_numpy():
        axes.fill_betweenx([line - 0.36, line + 0.36], least, most, color="#dfe9f3", linewidth=0)
    places = line + np.linspace(-0.25, 0.25, len(part)) if len(part) > 1 else np.array([float(line)])
    for kept, (colour, marker) in ((True, _KEPT), (False, _BROKEN)):
        mine, at = part[part["within"] == kept], places[part["within"] == kept]
        spread = 2 * mine["mc_se"]
        axes.errorbar(mine["rate"], at, xerr=spread, fmt=marker, color=colour, markersize=2.6, linewidth=0.7)
