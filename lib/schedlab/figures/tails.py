"""The far tail: mean excess, Hill's and the moment estimator over thresholds, and the return level.

A straight mean excess, or a flat stretch of Hill's estimator, is where a generalised Pareto tail begins. Grey
bands are simultaneous at 95 %; n_eff (how many independent values there are) widens them.
"""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures import style
from schedlab.figures.distributions import BAND, blank, counted, one
from schedlab.model.sample import Sample
from schedlab.stats.tails import Tail

#: fewest values above a threshold that is drawn, and how many thresholds are
LEAST, THRESHOLDS = 30, 40
_FEW = "Too few latencies were logged one by one to draw a tail."


def mean_excess(sample: Sample, name: str = "latency", n_eff: float | None = None) -> Figure:
    """Mean time beyond a threshold, of those that exceed it: rising for power laws, level if exponential."""
    values, ks, share = _ladder(sample, n_eff, 0.5)
    if not len(ks):
        return blank(_FEW)
    above = [values[-k:] - values[-k - 1] for k in ks]
    centre = np.array([a.mean() for a in above])
    half = _z(len(ks)) * np.array([a.std(ddof=1) for a in above]) / np.sqrt(ks * share)
    size, unit = units.scale(centre, sample.unit)
    at, unit_at = units.scale(values[-ks], sample.unit)
    with style.house():
        figure, axes = one(f"{name}: mean excess, {counted(sample, n_eff)}")
        axes.fill_between(
            values[-ks - 1] / at, np.maximum(centre - half, 0.0) / size, (centre + half) / size, **BAND
        )
        axes.plot(values[-ks - 1] / at, centre / size, color="black", marker=".", lw=1.0)
        axes.set(xlabel=f"threshold ({unit_at})", ylabel=f"mean excess ({unit})", xscale="log")
        style.plain_ticks(axes.xaxis)
    return figure


def hill(sample: Sample, name: str = "latency", n_eff: float | None = None) -> Figure:
    """Hill's estimator of xi and the moment estimator against how many of the largest values they use."""
    from schedlab.stats import tails

    values, ks, share = _ladder(sample, n_eff, 0.2)
    if not len(ks):
        return blank(_FEW)
    xi = np.array([tails.hill(values, k) for k in ks])
    moment = np.array([tails.moment(values, k) for k in ks])
    half = _z(len(ks)) * xi / np.sqrt(ks * share)
    with style.house():
        figure, axes = one(f"{name}: tail index, {counted(sample, n_eff)}")
        axes.fill_between(ks, xi - half, xi + half, **BAND)
        axes.plot(ks, xi, color=style.COLOURS[0], label="Hill (power-law tails only)")
        axes.plot(ks, moment, color=style.COLOURS[1], ls="--", label="moment (any tail)")
        axes.axhline(0.0, color="black", lw=0.8)
        axes.set(xscale="log", xlabel="largest values used", ylabel="xi")
        style.plain_ticks(axes.xaxis)
        axes.legend()
    return figure


def return_level(found: Tail | None, name: str = "latency") -> Figure:
    """The latency that one request in so many exceeds, by generalised Pareto tails over all thresholds.

    Left of the dotted line the sample itself bounds it; to the right it is the family's word.
    """
    if found is None or not len(found.band):
        return blank(_FEW)
    curve = found.curve[np.isfinite(found.curve["value"])]
    size, unit = units.scale(curve["value"], found.unit)
    every = 1.0 / (1.0 - curve["q"])
    seen = curve[np.isfinite(curve["observed"])]
    with style.house():
        figure, axes = one(f"{name}: return level, n = {units.number(found.n, 1)}")
        axes.fill_between(every, curve["lo"] / size, curve["hi"] / size, **BAND)
        axes.plot(every, curve["value"] / size, color=style.COLOURS[0], label="generalised Pareto tail")
        axes.plot(1.0 / (1.0 - seen["q"]), seen["observed"] / size, "k.", ms=4, label="observed")
        if curve["supported"].any():
            edge = every[curve["supported"]].max()
            axes.axvline(edge, color="black", ls=":", lw=1.0, label="10 clusters beyond")
        axes.set(xscale="log", yscale="log", xlabel="one request in", ylabel=f"exceeds ({unit})")
        style.plain_ticks(axes.xaxis, axes.yaxis)
        axes.legend()
    return figure


def _ladder(sample: Sample, n_eff: float | None, most: float):
    """Ascending values, how many of the largest each step uses, and how much each value counts."""
    values = np.sort(sample.values)
    ks = np.unique(np.geomspace(LEAST, max(most * len(values), LEAST + 1), THRESHOLDS).astype(int))
    return values, ks[ks < len(values)], min((n_eff or sample.n) / sample.n, 1.0)


def _z(many: int) -> float:
    """The normal quantile for so many 95 % intervals at once (Bonferroni)."""
    from scipy.special import ndtri

    return float(ndtri(1.0 - 0.025 / max(many, 1))) if many else math.nan
