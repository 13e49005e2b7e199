"""Colours of flame graphs, the same in every drawing: by mechanism, by package, by difference.

Tints on which black text is readable; the scheduler's mechanisms share a hue, locks another. Colour is never
the only sign: frames carry names, and the legend lists what is there.
"""

from __future__ import annotations

import colorsys
import zlib

MECHANISMS = {
    "application": "#e3ddd0",
    "scheduler core": "#56b4e9",
    "steal": "#7cc4ee",
    "idle/spin": "#a9d8f5",
    "wake": "#2f9bdb",
    "netpoll": "#5fc9b0",
    "syscall": "#9bdcc9",
    "GC": "#e98a5a",
    "allocation": "#f3bd8b",
    "sync lock": "#d79ac0",
    "runtime lock": "#c07aa8",
    "channel": "#e8c2da",
    "timer": "#c9c3e6",
    "stack growth": "#f0e442",
    "preemption": "#f6efa0",
    "observer": "#bdbdbd",
    "unclassified runtime": "#ff6b6b",
}
ROOT, OTHERS = "#f7f7f7", "#ececec"

#: of a difference: more in the treated arm, less, new, gone; told apart by the colour-blind too
MORE, LESS, NEW, GONE, NOISE = "#d55e00", "#0072b2", "#7b3294", "#4d4d4d", "#d6d6d6"
#: opacity by evidence: q up to this bound, that opacity; halved where only sampling noise was seen
EVIDENCE = ((0.001, 1.0), (0.01, 0.85), (0.05, 0.7))


def difference_colour(baseline: float, treated: float, strength: float, q: float, seen: bool) -> str:
    """The colour of one node by its values in the arms; `strength` in [-1, 1] is the effect, up or down."""
    opacity = next((o for bound, o in EVIDENCE if q <= bound), 0.0) * (1.0 if seen else 0.5)
    if not opacity:
        return NOISE
    if not baseline or not treated:
        return _mixed(NEW if treated else GONE, opacity)
    return _mixed(MORE if strength > 0 else LESS, (0.25 + 0.75 * min(abs(strength), 1.0)) * opacity)


def dark(colour: str) -> bool:
    """Whether text on that colour must be white (Rec. 709 luma below one half)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5


def _mixed(colour: str, opacity: float) -> str:
    parts = [(int(colour[i : i + 2], 16), int(NOISE[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(c * opacity + grey * (1 - opacity)):02x}" for c, grey in parts)


def package_colour(package: str) -> str:
    """A tint of its own for each package, the same everywhere."""
    mixed = zlib.crc32(package.encode("utf-8", "replace"))
    red, green, blue = colorsys.hls_to_rgb((mixed % 360) / 360, 0.72 + (mixed >> 9) % 12 / 100, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
