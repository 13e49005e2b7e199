"""Latencies of many runs in one interactive figure: choose load, arms, quantile and run; intervals follow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.figures import interactive
from schedlab.figures.interactive import Interactive
from schedlab.figures.latency import survival
from schedlab.figures.style import looks
from schedlab.model.sample import Sample
from schedlab.stats.mean import mean
from schedlab.stats.quantiles import interval, quantile

#: shares of requests slower than the latencies that a curve is drawn through
LEVELS = (0.999, 0.99, 0.97, 0.93, 0.85, 0.75, 0.65, *np.geomspace(0.5, 1e-5, 44))
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999)

#: (load, arm, run) to the latencies of that run's requests in seconds
Latencies = Mapping[tuple[str, str, str], np.ndarray]


def latency_explorer(latencies: Latencies, title: str, host: str = "") -> Interactive:
    """Survival curves, and a chosen quantile of each run and arm, of one load at a time.

    A run's interval is distribution-free and takes its requests as independent; an arm's is over its runs,
    about the geometric mean. The still twin shows the first load.
    """
    names = sorted({load for load, _, _ in latencies}, key=lambda load: (not load.endswith("quiet"), load))
    loads = {name: {run: v for run, v in latencies.items() if run[0] == name} for name in names}
    first = names[0] if names else "no runs"
    shown = {(arm, run): values for (_, arm, run), values in loads.get(first, {}).items()}
    payload = {
        "title": title, "host": host, "levels": [_short(level) for level in LEVELS], "quantiles": QUANTILES,
        "loads": [{"name": load, "arms": _arms(own)} for load, own in loads.items()],
    }  # fmt: skip
    still = partial(survival, shown, f"{title}: {first}")
    return Interactive(
        f"latency explorer: {title}", interactive.page("latency_explorer", payload), still, 640
    )


def _arms(latencies: Latencies) -> list[dict]:
    """Each arm with its look, its runs, and the mean of its runs' quantiles."""
    names = sorted({arm for _, arm, _ in latencies})
    look = looks(names)
    arms = []
    for name in names:
        runs = [_run(run, values) for (_, arm, run), values in latencies.items() if arm == name]
        means = [_mean([run["q"][i] for run in runs]) for i in range(len(QUANTILES))]
        arms.append({"name": name, "colour": look[name].colour, "runs": runs, "mean": means})
    return arms


def _run(name: str, values: np.ndarray) -> dict:
    """The curve down to 1 / n, and every quantile as [value, lo, hi], null where the run is too short."""
    shares = [level for level in LEVELS if level * len(values) >= 1]
    curve = np.quantile(values, [1 - share for share in shares])
    sample = Sample.of(values, "s")
    return {
        "name": name,
        "n": len(values),
        "at": [_short(v) for v in curve],
        "q": [_at(sample, q) for q in QUANTILES],
    }


def _at(sample: Sample, q: float) -> list[float | None] | None:
    try:
        value, bounds = quantile(sample, q), interval(sample, q, 0.95)
    except TooFewValues:
        return None
    return [_short(value), _short(bounds.lo), _short(bounds.hi)]


def _mean(quantiles: list[list[float | None] | None]) -> list[float | None] | None:
    """Over runs, where every run has it: an arm must not look better for lacking its longest run."""
    if not quantiles or None in quantiles:
        return None
    over = mean([value for value, _, _ in quantiles], "s", "ratio", 0.95)
    return [_short(over.value), _short(over.lo), _short(over.hi)]


def _short(value: float) -> float | None:
    """Four digits are more than a screen shows; an end that is not known is null."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
