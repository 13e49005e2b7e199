"""Flame graphs as vector figures: the static twin of the interactive ones, for paper.

The layout comes from `profiles.tree`; here it is only drawn. A name is written where it fits; nodes below
the threshold are one grey box with how many they are; the title states samples, duration, arm and host.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from schedlab import units
from schedlab.figures import flame_colours
from schedlab.figures.style import house
from schedlab.model.profile import Profile
from schedlab.profiles.classes import function_codes
from schedlab.profiles.entries import package
from schedlab.profiles.tree import OTHERS, Tree, tree

WIDTH_IN, ROW_IN, FONT_PT = 6.6, 0.115, 5.0


def flame(
    profile: Profile,
    kind: str | None = None,
    arm: str = "",
    host: str = "",
    colour: str = "mechanism",
    icicle: bool = False,
    threshold: float = 0.002,
) -> Figure:
    """A flame graph (root below) or icicle (root on top) of one profile; `colour` is mechanism or package."""
    nodes = tree(profile, kind, threshold=threshold)
    shades = node_colours(nodes, profile, colour)
    levels = int(nodes.depth.max()) + 1
    with house():
        figure, axes = plt.subplots(figsize=(WIDTH_IN, 0.75 + ROW_IN * levels))
        boxes(axes, nodes, shades)
        labels(axes, nodes, shades)
        axes.set(xlim=(0, 1), ylim=(levels, 0) if icicle else (0, levels))
        axes.axis("off")
        axes.set_title(title(profile, kind, arm, host), fontsize=8)
        if colour == "mechanism":
            _legend(axes, nodes, profile)
    plt.close(figure)
    return figure


def title(profile: Profile, kind: str | None, arm: str, host: str) -> str:
    """What every flame graph must say: of what, how much, how long, which arm, which host."""
    name, unit = profile.types[profile.index(kind)]
    parts = [arm, f"{name}: {amount(profile.total(kind), unit)}", *counted(profile)]
    if duration := profile.facts.get("duration_s"):
        parts.append(f"{units.show(duration, 's')} captured")
    return " · ".join(p for p in (*parts, host) if p)


def amount(value: float, unit: str) -> str:
    """A value as a person reads it; profiles count nanoseconds, bytes or things."""
    if unit == "nanoseconds":
        return units.show(value / 1e9, "s")
    return units.show(value, "bytes") if unit == "bytes" else f"{value:,.0f}".replace(",", "\u202f")


def counted(profile: Profile) -> list[str]:
    """How many events the profile counted, for its title."""
    names = [name for name, _ in profile.types]
    return [
        f"n = {profile.total(n):,} {n}".replace(",", "\u202f")
        for n in ("samples", "contentions")
        if n in names
    ][:1]


def node_colours(nodes: Tree, profile: Profile, colour: str) -> list[str]:
    """The colour of each node by its own function: its mechanism or its package."""
    if colour == "package":
        shades = [flame_colours.package_colour(package(str(n))) for n in nodes.names[:-2]]
    else:
        shades = [flame_colours.MECHANISMS[m] for m in node_mechanisms(nodes, profile)]
    shades = [*shades, flame_colours.ROOT, flame_colours.OTHERS]
    return [shades[i] for i in nodes.name]


def node_mechanisms(nodes: Tree, profile: Profile) -> list[str]:
    """The mechanism of each name that is a function."""
    paths = dict(zip(profile.functions["name"], profile.functions["file"], strict=True))
    names = nodes.names[:-2]
    known, codes = function_codes(names, [paths.get(n, "") for n in names])
    return [known[c & 63] for c in codes[0]]


def boxes(axes, nodes: Tree, shades: list[str], drawn=slice(None)) -> None:
    """Every node (or those of a mask) as a box of its colour."""
    left, right = nodes.start[drawn], (nodes.start + nodes.width)[drawn]
    low, high = nodes.depth[drawn] + 0.03, nodes.depth[drawn] + 0.97
    corners = np.stack([np.stack([left, low], 1), np.stack([right, low], 1),
                        np.stack([right, high], 1), np.stack([left, high], 1)], axis=1)  # fmt: skip
    chosen = np.array(shades, object)[drawn].tolist()
    axes.add_collection(PolyCollection(corners, facecolors=chosen, edgecolors="white", linewidths=0.25))


def labels(axes, nodes: Tree, shades: list[str], drawn=True) -> None:
    """The names that fit into their boxes, white on the dark ones."""
    room = nodes.width * WIDTH_IN * 72 / (FONT_PT * 0.62)
    for i in np.flatnonzero((room >= 4) & drawn):
        text = shorten(str(nodes.names[nodes.name[i]]), int(room[i]), int(nodes.merged[i]))
        if text:
            axes.text(
                nodes.start[i] + 0.001,
                nodes.depth[i] + 0.5,
                text,
                fontsize=FONT_PT,
                color="white" if flame_colours.dark(shades[i]) else "black",
                va="center",
                clip_on=True,
            )


def shorten(name: str, room: int, merged: int = 0) -> str:
    """The name if it fits, else without its path, else cut; nothing where three letters would be left."""
    if merged:
        name = f"{merged} {OTHERS}"
    name = "".join(c if c.isprintable() else " " for c in name[:400]).replace("$", "\\$")
    if len(name) > room and "/" in name:
        name = name[name.rfind("/") + 1 :]
    if len(name) <= room:
        return name
    return name[: room - 1] + "…" if room >= 5 else ""


def _legend(axes, nodes: Tree, profile: Profile) -> None:
    present = set(np.array(node_mechanisms(nodes, profile), object)[np.unique(nodes.name[nodes.site >= 0])])
    handles = [Patch(facecolor=c, edgecolor="#999999", linewidth=0.4, label=m)
               for m, c in flame_colours.MECHANISMS.items() if m in present]  # fmt: skip
    axes.legend(handles=handles, ncols=6, fontsize=5.5, loc="upper left", bbox_to_anchor=(0, 0),
                borderaxespad=0.2, handlelength=1.2, columnspacing=1.0)  # fmt: skip
