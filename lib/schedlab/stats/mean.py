"""The mean over runs with its t interval."""

from __future__ import annotations

import math

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.student import paired


def mean(values, unit: str = "1", scale: str = "difference", confidence: float = 0.95) -> Estimate:
    """Mean of per-run values with its Student interval; `scale="ratio"` means the geometric mean, via logs.

    One run has an infinite interval and says so; no finite value at all is TooFewValues.
    """
    x = np.asarray(values, dtype=float)
    kept = x[np.isfinite(x)]
    if not len(kept):
        raise TooFewValues("no run has a value; a mean needs one run, its interval two")
    doubts = (
        () if len(kept) == len(x) else (f"{len(x) - len(kept)} of {len(x)} runs have no value: left out",)
    )
    if len(kept) == 1:
        doubts += ("one run shows no spread: capture at least 2, better 5",)
    geometric = scale == "ratio" and bool((kept > 0).all())
    shift = paired(np.log(kept) if geometric else kept)
    ends = (shift.estimate, *shift.interval(confidence))
    value, lo, hi = (math.exp(v) if geometric and v < 700 else v for v in ends)
    name = "t over runs, geometric mean" if geometric else "t over runs"
    return Estimate(value, lo, hi, unit, len(kept), confidence, name, doubts)
