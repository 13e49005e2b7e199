"""One style: readable in greyscale, by colour-blind readers, on screen and on paper.

Colours are Okabe and Ito's (2008), with grey for their yellow, which is too pale on white, ordered so that
neighbours differ in lightness; each arm also has its own marker and line, so that no reading depends on
colour.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from schedlab import units

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#7A7A7A")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))

#: arms with a fixed look; others get one from their name, the same in every figure with the same arms
ARMS = ("gpr", "pool", "stdlib", "tarsgo", "grpc", "gin", "gokit", "mosn")

RC = {
    "figure.figsize": (6.6, 3.4),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "schedlab",
}


@dataclass(frozen=True)
class Look:
    """How one arm is drawn."""

    colour: str
    marker: str
    line: object


def looks(arms: Iterable[str]) -> dict[str, Look]:
    """The look of each arm; no two arms of one call share one (up to eight arms)."""
    taken: dict[int, str] = {}
    for arm in sorted(set(arms), key=lambda a: (a not in ARMS, a)):
        wanted = ARMS.index(arm) if arm in ARMS else zlib.crc32(arm.encode()) % len(COLOURS)
        free = next(
            (i for k in range(len(COLOURS)) if (i := (wanted + k) % len(COLOURS)) not in taken), wanted
        )
        taken[free if free not in taken else len(taken) + len(COLOURS)] = arm
    return {arm: Look(COLOURS[i % 8], MARKERS[i % 8], LINES[i % 8]) for i, arm in taken.items()}


@contextmanager
def house():
    """Draw inside this block to get the house style; nothing outside it changes.

    Where seaborn moves points aside by chance, it does so alike each time.
    """
    import matplotlib as mpl
    import numpy as np
    import seaborn as sns

    chance = np.random.get_state()
    np.random.seed(0)
    try:
        with sns.axes_style("ticks"), mpl.rc_context(RC):
            yield
    finally:
        np.random.set_state(chance)


def log_ticks(axis, show: Callable[[float], str], subs: tuple[int, ...] = (1, 2, 5)) -> None:
    """Ticks at 1, 2 and 5 of every decade of a logarithmic axis, labelled by `show`, and none between."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda v, _: show(v)))
    axis.set_minor_locator(NullLocator())


def plain_ticks(*axes) -> None:
    """Plain numbers instead of powers of ten on logarithmic axes, as many as have room."""
    for axis in axes:
        low, high = axis.get_view_interval()
        subs = (1, 2, 5) if high < 300 * low else (1, 3) if high < 1e4 * low else (1,)
        log_ticks(axis, lambda v: units.number(v, 1), subs)
