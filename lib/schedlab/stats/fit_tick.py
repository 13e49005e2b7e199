"""The clock's tick: found in the data, and whether it matters for a fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from schedlab.model.sample import Sample

#: how many values are looked at
LOOK = 4096


@dataclass(frozen=True)
class Tick:
    """Every value is a whole number of `size` (0: none found). `spread` is the sample's interquartile range
    in ticks, `digits` the number of significant digits where a tool rounded to those instead."""

    size: float
    spread: float
    digits: int = 0

    @property
    def matters(self) -> bool:
        """Whether exact values would mislead: under 50 ticks between the quartiles, or rounded digits."""
        return (self.size > 0 and self.spread < 50.0) or 0 < self.digits <= 3

    def warning(self, unit: str) -> str:
        """What a reader of the fit should know; empty where the tick does not matter."""
        if not self.matters:
            return ""
        if self.digits:
            return f"values have {self.digits} significant digits: fitted as intervals"
        poor = "; shape is not identifiable" if self.spread < 3.0 else ""
        return f"clock tick {self.size:g} {unit}, {self.spread:.1f} between quartiles: fitted in ticks{poor}"


def tick(sample: Sample) -> Tick:
    """The largest decimal step that all values are multiples of, from up to LOOK of them.

    Clocks that tick in other than whole decimal parts of the unit (down to 1e-12) are not found.
    """
    values = sample.values[sample.values > 0]
    values = values[:: max(1, len(values) // LOOK)]
    places = np.unique(values)
    if len(places) < 3:
        return Tick(0.0, math.inf)
    step = _common_step(places)
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = float(quartiles[1] - quartiles[0]) / step if step else math.inf
    return Tick(step, spread, _digits(places, step) if step else 0)


def _common_step(places: np.ndarray) -> float:
    """The greatest common divisor, found in whole numbers of a decimal unit; 0 where there is none."""
    for power in range(-3, 13):
        scaled = places * 10.0**power
        if scaled[-1] > 1e12:
            break
        whole = np.round(scaled)
        if (np.abs(scaled - whole) < np.maximum(1e-6, 1e-15 * scaled)).all():
            return float(np.gcd.reduce(whole.astype(np.int64))) / 10.0**power
    return 0.0


def _digits(places: np.ndarray, step: float) -> int:
    """How many significant decimal digits a tool kept: 0 unless large values step further than small ones."""
    scale = 10.0 ** np.floor(np.log10(places) + 1e-12)
    for digits in (1, 2, 3):
        shown = np.round(places / scale, digits - 1) * scale
        if (np.abs(shown - places) < 1e-9 * places).all():
            return digits if scale[-1] / 10.0 ** (digits - 1) > 1.5 * step else 0
    return 0


def rounded(sample: Sample, digits: int) -> Sample:
    """Values that a tool rounded to significant digits, as the intervals they stand for."""
    counts = np.ones(len(sample.values)) if sample.counts is None else sample.counts
    places, where = np.unique(sample.values, return_inverse=True)
    held, seen = np.bincount(where, weights=counts), places > 0
    places, held = places[seen], held[seen]
    step = 10.0 ** (np.floor(np.log10(places) + 1e-12) - digits + 1)
    below = np.where(np.abs(places / step - 10.0 ** (digits - 1)) < 1e-6, 0.05 * step, 0.5 * step)
    lo, hi = places - below, places + 0.5 * step
    return Sample(**{**vars(sample), "values": lo, "upper": hi, "counts": held})
