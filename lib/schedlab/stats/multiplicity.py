"""Many metrics, many chances to be fooled: Holm for declared metrics, Benjamini-Hochberg for exploring.

Holm (1979) bounds the chance of any false difference in a family declared beforehand; Benjamini and
Hochberg (1995) bound the share of false ones among those reported; Benjamini and Yekutieli (2001) do so
under any dependence. Intervals stay as they are; a direction that does not survive becomes "cannot tell".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from schedlab.errors import UnknownName
from schedlab.model.results import Comparison

DIRECTIONS = ("faster", "slower", "higher", "lower")


def correct(comparisons: Sequence[Comparison], method: str = "holm") -> tuple[Comparison, ...]:
    """The comparisons as one family, each with its adjusted p and the verdict that survives it.

    A comparison without a p (no spread, or one run) counts with p = 1 and keeps its verdict.
    """
    p = np.array([c.p_value for c in comparisons])
    adjusted = adjust(p, method)
    return tuple(_judge(c, a, method, len(p)) for c, a in zip(comparisons, adjusted, strict=True))


def adjust(p_values, method: str = "holm") -> np.ndarray:
    """Adjusted p values in the order given, float64.

    NaN stays NaN and counts as 1: a family keeps the size that was announced, whatever the data gave.
    """
    if method not in METHODS:
        raise UnknownName("correction", method, METHODS)
    p = np.asarray(p_values, dtype=float)
    known = np.isfinite(p)
    return np.where(known, METHODS[method](np.where(known, p, 1.0)), math.nan)


def _holm(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _unsorted(stepped, order)


def _benjamini_hochberg(p: np.ndarray, factor: float = 1.0) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    raised = p[order] * factor * len(p) / np.arange(1, len(p) + 1)
    return _unsorted(np.minimum.accumulate(raised[::-1])[::-1], order)


def _benjamini_yekutieli(p: np.ndarray) -> np.ndarray:
    return _benjamini_hochberg(p, float((1 / np.arange(1, len(p) + 1)).sum()))


def _unsorted(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    back = np.empty(len(values))
    back[order] = np.minimum(values, 1)
    return back


#: every correction by the name under which it is reported
METHODS = {"holm": _holm, "bh": _benjamini_hochberg, "by": _benjamini_yekutieli}


def _judge(c: Comparison, adjusted: float, method: str, size: int) -> Comparison:
    kept = replace(c, adjusted_p=float(adjusted), family=f"{method} over {size}")
    if c.verdict not in DIRECTIONS or not adjusted > 1 - c.confidence:
        return kept
    doubt = f"{c.verdict} on its own, but not among {size} comparisons (adjusted p {adjusted:.3g}, {method})"
    return replace(kept, verdict="cannot tell", warnings=(*c.warnings, doubt))
