"""Does the host drift over the session of captures? Per-run values against their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues


@dataclass(frozen=True)
class Drift:
    """Trend of log values over the order of runs, arms taken out: `slope` is the relative change per run.

    `lo` and `hi` bound the slope (Theil-Sen), `p_value` is Kendall's, `total` the change over the session.
    """

    slope: float
    lo: float
    hi: float
    p_value: float
    total: float
    n: int
    warnings: tuple[str, ...] = ()


def sentence(values: pd.DataFrame) -> str:
    """The drift over the session in words, or why there is none to see."""
    try:
        found = drift(values)
    except TooFewValues as reason:
        return str(reason)
    ends = f"{100 * found.slope:+.2f} [{100 * found.lo:+.2f}, {100 * found.hi:+.2f}] % a run"
    told = "; ".join(found.warnings) or "no drift that Kendall's test would see"
    return f"{ends} over {found.n} runs; {told}"


def drift(values: pd.DataFrame, confidence: float = 0.95) -> Drift:
    """The drift over `order` of the per-run `value` > 0, each relative to the median of its `arm`."""
    from scipy.stats import kendalltau, theilslopes

    kept = values[np.isfinite(values["value"]) & (values["value"] > 0)]
    if len(kept) < 4:
        raise TooFewValues(f"{len(kept)} runs show no drift; at least 4 are needed")
    logs = np.log(kept["value"])
    relative = (logs - logs.groupby(kept["arm"]).transform("median")).to_numpy()
    order = kept["order"].to_numpy(float)
    if np.ptp(relative) == 0:
        return Drift(0.0, 0.0, 0.0, 1.0, 0.0, len(kept), ("all runs give the same value",))
    slope, _, lo, hi = theilslopes(relative, order, confidence)
    p = float(kendalltau(order, relative).pvalue)
    total = float(slope) * float(np.ptp(order))
    doubt = (
        f"the values drift by {100 * total:+.1f} % over the session (Kendall p {p:.2g}): pair runs by block"
    )
    return Drift(float(slope), float(lo), float(hi), p, total, len(kept), (doubt,) if p < 0.05 else ())
