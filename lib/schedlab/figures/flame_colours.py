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


def package_colour(package: str) -> str:
    """A tint of its own for each package, the same everywhere."""
    mixed = zlib.crc32(package.encode("utf-8", "replace"))
    red, green, blue = colorsys.hls_to_rgb((mixed % 360) / 360, 0.72 + (mixed >> 9) % 12 / 100, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
