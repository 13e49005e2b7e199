"""What stands where a figure would: the data do not hold what it shows."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from schedlab.figures.style import house


def nothing(title: str, says: str = "Not measured: no run of these data gives a value.") -> Figure:
    """One line instead of a figure."""
    with house():
        figure, axes = plt.subplots(figsize=(6.6, 0.7))
        axes.axis("off")
        axes.set_title(title)
        axes.text(0, 0.3, says, transform=axes.transAxes)
    plt.close(figure)
    return figure
