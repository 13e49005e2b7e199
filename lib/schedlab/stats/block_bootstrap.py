"""Intervals within one run whose requests depend on each other: blocks of it are drawn again, as runs are.

Neighbouring requests share queues, pauses and caches, so they are drawn in blocks longer than that memory
(Carlstein 1986), which then count as independent. The interval says how well this run is
known and nothing of others.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.bootstrap import REPLICATES, SEED
from schedlab.stats.dependence import autocorrelation
from schedlab.stats.histograms import compress
from schedlab.stats.pooled import replicated, symmetric
from schedlab.stats.quantiles import needed

BLOCKS = 25
#: neighbouring blocks more alike than this (three standard errors of none) are too short
ALIKE = 0.6


def within_run(
    values,
    qs,
    unit: str = "s",
    blocks: int = BLOCKS,
    confidence: float = 0.95,
    seed: int = SEED,
    replicates: int = REPLICATES,
) -> list[Estimate]:
    """Quantiles of the values of one run, in the order of time, each with its block bootstrap-t interval."""
    x = np.asarray(values, dtype=float)
    least = max(*map(needed, qs), 8 * blocks) if len(qs) else 0
    if len(x) < least:
        raise TooFewValues(f"{len(x)} values in {blocks} blocks: these quantiles need at least {least}")
    packed = compress(np.array_split(x, blocks))
    logs, errors = replicated(packed, qs, seed, replicates)
    doubts = tuple(_doubt(own) for own in packed.log_quantiles(qs))
    name = f"block bootstrap-t, {blocks} blocks of one run"
    return [
        Estimate(*map(math.exp, symmetric(log, se, confidence)), unit, blocks, confidence, name, doubt)
        for log, se, doubt in zip(logs.T, errors.T, doubts, strict=True)
    ]


def _doubt(own: np.ndarray) -> tuple[str, ...]:
    """Whether neighbouring blocks still know of each other."""
    lag_one = float(autocorrelation(own, 1)[1])
    return (f"blocks are alike (correlation {lag_one:.2f}): make them longer",) if lag_one > ALIKE else ()
