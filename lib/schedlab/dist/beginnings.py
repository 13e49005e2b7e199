"""Where the fit of a mixture begins: expectation-maximisation from many ways to cut the sample into parts."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from schedlab.dist import stick
from schedlab.dist.moments import coarse

#: where a beginning may cut the sample into parts
CUTS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99)
#: steps of EM from each of them; coordinates nearer than this are one end, log-likelihoods are nearly as high
STEPS, SAME, NEAR = 40, 0.05, 1.92


def starts(k: int, own: int, z, weights) -> np.ndarray:
    """EM from every way to cut the sample at k - 1 of CUTS, on coarse atoms: the likeliest end, and below it
    those that are nearly as likely and elsewhere. Parts have `own` coordinates (see `kernels.mixtures`)."""
    from schedlab.kernels.mixture_em import mixture_begin

    z, weights = coarse(z, weights)
    cuts = _cuts(k)
    ends, top = np.empty((len(cuts), 3, k)), z[-1]
    heights = mixture_begin(np.exp(z - top) if own == 1 else z, weights, cuts, ends, own, STEPS)
    if own == 1:
        ends[:, 1] = np.log(ends[:, 1]) + top
    order = np.argsort(-heights, kind="stable")
    near = order[heights[order] >= heights[order[0]] - NEAR / weights.sum()]
    return _distinct(*_coordinates(own, ends[near]))


def start(k: int, own: int, z, weights) -> np.ndarray:
    """The likeliest of `starts`."""
    return starts(k, own, z, weights)[0]


@cache
def _cuts(k: int) -> np.ndarray:
    """Every way to cut a sample into k parts, a row each."""
    return np.array(list(combinations(CUTS, k - 1)))


def _coordinates(own: int, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each mixture, parts in order: the free coordinates, and how far the nearest two parts are apart."""
    each, ranked = np.arange(len(ends))[:, None], np.argsort(ends[:, 1])
    shares, places, variances = ends[each, :, ranked].transpose(2, 0, 1)
    laws = np.stack([places, 0.5 * np.log(variances)][:own], axis=2)
    gaps = np.abs(np.diff(laws, axis=1)).max(axis=2).min(axis=1)
    parts = stick.logits(shares / shares.sum(axis=1, keepdims=True))
    return np.concatenate([parts, laws.reshape(len(ends), -1)], axis=1), gaps


def _distinct(rows: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """The first, and rivals elsewhere; one with two parts at the same place is none, fewer parts would do."""
    first, rivals = rows[:1], rows[1:][gaps[1:] >= SAME]
    while len(rivals := rivals[np.abs(rivals - first[-1]).max(axis=1, initial=0.0) >= SAME]):
        first = np.concatenate([first, rivals[:1]])
    return first
