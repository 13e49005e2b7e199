"""Where a family goes wrong: PP in the middle, the hazard in time. Bands are simultaneous at 95 %."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from schedlab import units
from schedlab.figures import style
from schedlab.figures.distributions import BAND, counted, looks_of, one, thinned
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.fit_empirical import empirical, hazard_steps


def probability_probability(
    sample: Sample, fits: Sequence[Fit], name: str = "latency", n_eff: float | None = None
) -> Figure:
    """Observed against fitted shares: shows the body as QQ shows the tail; a fit stays within the band."""
    seen = thinned(empirical(sample, n_eff))
    with style.house():
        figure, axes = one(f"{name}: PP, {counted(sample, n_eff)}")
        axes.fill_between([0, 1], [-seen.half, 1 - seen.half], [seen.half, 1 + seen.half], **BAND)
        for fit, look in zip(fits, looks_of(fits), strict=True):
            axes.plot(fit.cdf(seen.x), seen.middle, label=fit.family.name, **look)
        axes.plot([0, 1], [0, 1], color="black", lw=0.8)
        axes.set(xlabel="fitted share below", ylabel="observed share below", xlim=(0, 1), ylim=(0, 1))
        axes.legend()
    return figure


def hazard(
    sample: Sample, fits: Sequence[Fit] = (), name: str = "latency", n_eff: float | None = None
) -> Figure:
    """The chance to end in the next moment, of those that have not: falling means the late get later."""
    steps = hazard_steps(sample, n_eff)
    middle = np.sqrt(steps["lo"] * steps["hi"]).to_numpy()
    size, _ = units.scale(steps["hi"], sample.unit)
    with style.house():
        figure, axes = one(f"{name}: hazard, {counted(sample, n_eff)}")
        bars = np.abs(steps[["rate_lo", "rate_hi"]].to_numpy().T - steps["rate"].to_numpy())
        axes.errorbar(
            middle / size, steps["rate"], yerr=bars, fmt="k.", lw=0.9, capsize=1.5, label="observed"
        )
        for fit, look in zip(fits, looks_of(fits), strict=True):
            grid = np.geomspace(steps["lo"].min(), steps["hi"].max(), 300)
            density = np.exp(fit.family.log_pdf(grid, *fit.law))
            axes.plot(grid / size, density / np.maximum(fit.sf(grid), 1e-300), label=fit.family.name, **look)
        low = steps.loc[steps["rate"] > 0, "rate"].min()
        axes.set(xscale="log", yscale="log", ylim=(0.3 * low, 5 * steps["rate_hi"].max()))
        axes.set(xlabel=units.label(name, sample.unit, steps["hi"]), ylabel=f"hazard (1/{sample.unit})")
        style.plain_ticks(axes.xaxis, axes.yaxis)
        axes.legend()
    return figure
