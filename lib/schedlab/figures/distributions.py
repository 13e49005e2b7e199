"""How a sample is distributed, and how well families describe it: survival and QQ figures.

Each takes a Sample and its fits and returns a matplotlib Figure. The grey band is simultaneous: the whole
true curve lies in it at the stated confidence, if the observations are independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures import style
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit_empirical import Empirical, empirical

#: more points than this are thinned, evenly in the logarithm of the tail's share
POINTS = 1500


def survival(
    sample: Sample, fits: Sequence[Fit] = (), name: str = "latency", n_eff: float | None = None
) -> Figure:
    """Share of observations above x, on logarithmic axes: power-law tails are straight, others bend down."""
    seen = thinned(empirical(sample, n_eff))
    size, _ = units.scale(seen.x, sample.unit)
    with style.house():
        figure, axes = one(f"{name}: survival, {counted(sample, n_eff)}")
        positive = (seen.sf > 0) & (seen.x > 0)
        x, sf = seen.x[positive] / size, seen.sf[positive]
        axes.fill_between(
            x, np.maximum(sf - seen.half, 0.2 / seen.n), np.minimum(sf + seen.half, 1.0), **BAND
        )
        axes.step(x, sf, where="post", color="black", lw=1.4, label="observed")
        grid = np.geomspace(x[0], x[-1] * 2.0, 400)
        for fit, look in zip(fits, looks_of(fits), strict=True):
            axes.plot(grid, fit.sf(grid * size), label=fit.family.name, **look)
        axes.set(xscale="log", yscale="log", ylim=(0.5 / seen.n, 1.3))
        axes.set(xlabel=units.label(name, sample.unit, seen.x), ylabel="share above")
        style.plain_ticks(axes.xaxis, axes.yaxis)
        axes.legend()
    return figure


def quantile_quantile(
    sample: Sample, fits: Sequence[Fit], name: str = "latency", n_eff: float | None = None
) -> Figure:
    """Observed against fitted quantiles: a family that fits stays on the diagonal within the band."""
    seen = thinned(empirical(sample, n_eff))
    size, unit = units.scale(seen.x, sample.unit)
    inner = (seen.middle > 0) & (seen.middle < 1) & (seen.x > 0)
    x, q = seen.x[inner] / size, seen.middle[inner]
    with style.house():
        figure, axes = one(f"{name}: QQ, {counted(sample, n_eff)}")
        for fit, look in zip(fits, looks_of(fits), strict=True):
            lo, hi = (
                fit.ppf(np.clip(q + d, 0.5 / seen.n, 1 - 0.5 / seen.n)) / size
                for d in (-seen.half, seen.half)
            )
            axes.fill_between(fit.ppf(q) / size, lo, hi, **BAND)
            axes.plot(fit.ppf(q) / size, x, label=fit.family.name, **look)
        axes.plot([x[0], x[-1]], [x[0], x[-1]], color="black", lw=0.8)
        axes.set(xscale="log", yscale="log", xlabel=f"fitted quantile ({unit})", ylabel=f"observed ({unit})")
        style.plain_ticks(axes.xaxis, axes.yaxis)
        axes.legend()
    return figure


def survival_by(samples: Mapping[str, Sample], name: str = "latency") -> Figure:
    """The survival curves of several arms or runs in one figure, each in its own look."""
    first = next(iter(samples.values()))
    size, _ = units.scale([s.values.max(initial=0.0) for s in samples.values()], first.unit)
    with style.house():
        figure, axes = one(f"{name}: survival")
        for (key, sample), look in zip(samples.items(), style.looks(samples).values(), strict=True):
            seen = thinned(empirical(sample))
            label = f"{key}, n = {units.number(sample.n, 1)}"
            axes.step(seen.x / size, seen.sf, where="post", color=look.colour, ls=look.line, label=label)
        axes.set(xscale="log", yscale="log", ylabel="share above")
        axes.set_xlabel(units.label(name, first.unit, [size]))
        style.plain_ticks(axes.xaxis, axes.yaxis)
        axes.legend()
    return figure


def blank(why: str) -> Figure:
    """A figure that says in one line why there is nothing to see."""
    with style.house():
        figure = Figure(figsize=(6.6, 0.6))
        figure.text(0.02, 0.5, why, va="center")
    return figure


def counted(sample: Sample, n_eff: float | None) -> str:
    """n in a title, and how many independent ones it is worth where that is known to be fewer."""
    worth = f", worth {units.number(n_eff, 1)} independent ones" if n_eff and n_eff < 0.95 * sample.n else ""
    return f"n = {units.number(sample.n, 1)}{worth}"


def thinned(seen: Empirical) -> Empirical:
    """At most POINTS of the steps, evenly spaced in log share above and in log share below."""
    if len(seen.x) <= POINTS:
        return seen
    tail = np.log(np.maximum(1.0 - seen.middle, 0.5 / seen.n)) - np.log(np.maximum(seen.middle, 0.5 / seen.n))
    wanted = np.linspace(tail[0], tail[-1], POINTS)
    keep = np.unique(np.searchsorted(-tail, -wanted).clip(0, len(tail) - 1))
    return Empirical(seen.x[keep], seen.below[keep], seen.upto[keep], seen.half, seen.confidence, seen.n)


#: how every simultaneous band looks
BAND = {"color": "#bbbbbb", "alpha": 0.5, "lw": 0}


def one(title: str):
    """A figure with one set of axes."""
    figure = Figure()
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def looks_of(fits: Sequence[Fit]) -> list[dict]:
    """One colour and line a family: the same family looks the same within a figure of any kind."""
    cycle = list(zip(style.COLOURS, style.LINES, strict=True))
    return [
        {"color": c, "ls": line, "lw": 1.3} for c, line in (cycle[i % len(cycle)] for i in range(len(fits)))
    ]
