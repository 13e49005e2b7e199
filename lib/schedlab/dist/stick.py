"""Shares of a mixture, broken off a stick: `share_j` is the part of what the earlier shares left over."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import search_ppf
from schedlab.model.fit import Void


def shares(broken) -> np.ndarray:
    """The k shares from the k - 1 numbers in [0, 1]."""
    left = np.concatenate([[1.0], np.cumprod(1.0 - np.asarray(broken, dtype=np.float64))])
    return left * np.concatenate([broken, [1.0]])


def logits(parts: np.ndarray) -> np.ndarray:
    """The free coordinates of k shares, or of rows of them."""
    before, parts = np.cumsum(parts, axis=-1) - parts, parts[..., :-1]
    s = np.clip(parts / np.maximum(1.0 - before[..., :-1], 1e-300), 1e-9, 1.0 - 1e-9)
    return np.log(s) - np.log1p(-s)


def tidy(theta: np.ndarray, k: int, own: int) -> np.ndarray:
    """The same mixture with its parts in the order of their first coordinate."""
    laws = theta[k - 1 :].reshape(k, own)
    order = np.argsort(laws[:, 0], kind="stable")
    if (order == np.arange(k)).all():
        return theta
    parts = shares(1.0 / (1.0 + np.exp(-theta[: k - 1])))
    return np.concatenate([logits(parts[order]), laws[order].ravel()])


def log_sum(parts: np.ndarray, logs: list) -> np.ndarray:
    """Logarithm of the mixture of probabilities whose logarithms are given."""
    with np.errstate(divide="ignore"):
        return np.logaddexp.reduce([lead + log for lead, log in zip(np.log(parts), logs, strict=True)])


def ppf(q, log_cdf, log_sf, params, scales) -> np.ndarray:
    """Quantiles by search around the parts' scales."""
    lo, hi = math.log(min(scales)) - 60.0, math.log(max(scales)) + 60.0
    return search_ppf(q, lambda x: log_cdf(x, *params), lambda x: log_sf(x, *params), lo, hi)


def doubts(name: str, parts: np.ndarray, spans, own: int, data) -> tuple[str, ...]:
    """A part of a few observations is no part; one that no more bins hold than it has parameters, its share
    included, has no shape that could be told.

    `spans`: where the central 95 % of each part lie, in log x; `own`: parameters of a part but its share.
    """
    few = int((parts * data.n < 10.0).sum())
    hidden = sum(data.bins_in(lo, hi) < own + 2 for lo, hi in spans)
    return tuple(
        Void(f"{name}: {many} part(s) {what}")
        for many, what in (
            (few, "stand for fewer than 10 observations; fewer parts would do"),
            (hidden, f"lie within {own + 1} ticks or bins, too few to tell their shape"),
        )
        if many
    )
