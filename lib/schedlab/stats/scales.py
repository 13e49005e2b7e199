"""The scales on which arms are compared: ratios of values, differences, odds of shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schedlab.errors import UnknownName


@dataclass(frozen=True)
class Scale:
    """`forward` takes per-run values to where effects add up, `back` an added effect to what is reported."""

    name: str
    null: float
    forward: Callable
    back: Callable
    legal: Callable
    margin: Callable


def _logit(p):
    return np.log(p) - np.log1p(-p)


def _same(x):
    return x


RATIO = Scale("ratio", 1.0, np.log, np.exp, lambda x: bool((x > 0).all()), np.log1p)
DIFFERENCE = Scale("difference", 0.0, _same, _same, lambda x: True, _same)
ODDS = Scale("odds", 1.0, _logit, np.exp, lambda x: bool(((x > 0) & (x < 1)).all()), np.log1p)

#: every scale: ratio and odds report treated / baseline, difference treated - baseline
SCALES = (RATIO, DIFFERENCE, ODDS)


def scale_for(name: str, values: np.ndarray) -> tuple[Scale, tuple[str, ...]]:
    """The scale of that name, or the difference and a warning where the values do not fit it."""
    wanted = next((s for s in SCALES if s.name == name), None)
    if wanted is None:
        raise UnknownName("scale", name, [s.name for s in SCALES])
    if wanted.legal(values):
        return wanted, ()
    return DIFFERENCE, (f"some values have no {name} (zero or out of range): shown as a difference instead",)
