"""How often intervals covered the truth in simulation: a dot a setting, the promise as a stripe."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from schedlab.figures.nothing import nothing
from schedlab.figures.style import house


def coverage(table: pd.DataFrame, title: str) -> Figure:
    """One line a method of `stats.coverage.read`; bars are two Monte Carlo errors either way."""
    if not len(table):
        return nothing(title)
    methods = list(dict.fromkeys(table["what"]))
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.9 + 0.27 * len(methods)))
        for line, what in enumerate(methods):
            part = table[table["what"] == what]
            for row in part.drop_duplicates(["least", "most"]).itertuples():
                axes.fill_betweenx(
                    [line - 0.36, line + 0.36], row.least, row.most, color="#dfe9f3", linewidth=0
                )
            places = line + 0.5 * ((pd.Series(range(len(part))) + 0.5) / len(part) - 0.5)
            colours = part["within"].map({True: "#0072B2", False: "#D55E00"})
            axes.hlines(
                places, part["rate"] - 2 * part["mc_se"], part["rate"] + 2 * part["mc_se"], colours, lw=0.7
            )
            axes.scatter(part["rate"], places, s=7, c=colours, zorder=3)
        axes.set_yticks(
            range(len(methods)), [f"{m} (n = {(table['what'] == m).sum()})" for m in methods], fontsize=7
        )
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.set_xlabel("share of replicates that covered the truth; n settings a method")
        axes.grid(axis="y", visible=False)
        axes.set_title(title)
    plt.close(figure)
    return figure
