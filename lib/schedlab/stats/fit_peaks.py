"""Likelihoods with several peaks: which one is the estimate, and whether another says something else."""

from __future__ import annotations

import math

import numpy as np

from schedlab.model.fit import Fit, Void
from schedlab.stats.fit_newton import Peak

#: coordinates nearer than this after a rough climb are the same peak
SAME = 1e-3
#: a peak lower by less than half the 95 % quantile of chi-square(1) cannot be told from the highest, and is
#: another solution where it is more than so many standard errors away
NEAR, APART = 1.92, 2.0


def highest(peaks: list[Peak]) -> list[Peak]:
    """The first or a likelier rival, then the others. One that ran over an edge has no height to compare."""
    first, *others = peaks
    rivals = [peak for peak in others if peak.converged]
    if first.edge >= 0 or not rivals:
        return [first, *rivals]
    return sorted([first, *rivals], key=lambda peak: -peak.row[0])


def distinct(begins: list[np.ndarray]) -> list[np.ndarray]:
    """The beginnings, each place once."""
    kept: list[np.ndarray] = []
    for begin in begins:
        if all(np.abs(begin - other).max() >= SAME for other in kept):
            kept.append(begin)
    return kept


def two_peaks(found: Fit, peak: Peak, rivals: list[Peak]) -> tuple[Void, ...]:
    """That a rival is nearly as likely and its parameters are beyond what the standard errors allow for."""
    if peak.edge >= 0:
        return ()
    sd = np.sqrt(np.where(np.diag(found.cov) > 0, np.diag(found.cov), math.nan))
    for rival in rivals:
        near = found.n * (peak.row[0] - rival.row[0]) < NEAR
        if near and (np.abs(rival.theta - peak.theta) > APART * sd).any():
            return (Void(f"{found.family.name}: two peaks nearly as likely as each other"),)
    return ()
