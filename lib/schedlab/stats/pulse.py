"""The response to a burst, aligned at its onset: peak, area and recovery of each run."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues

COLUMNS = ("run", "base", "peak", "peak_at_s", "area", "recovery_s", "missing_because")


def responses(series: pd.DataFrame, band: float = 3.0, hold: int = 3) -> pd.DataFrame:
    """One row per run of a frame with run, since_onset_s and value: how far, how much, how long.

    `base` is the median before the onset, `peak` the largest value above it after, `area` the integral of
    value - base from the onset to the recovery, which is the first time from the peak on from which `hold`
    values stay within `band` robust sd of the base. Without recovery it is NaN and says so. Compare the
    columns between arms with `compare.compare`, the run being the unit.
    """
    rows = [_response(run, part, band, hold) for run, part in series.groupby("run", sort=False)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_all(series: pd.DataFrame, quantities: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """The responses of every quantity, as metrics named `latency_peak` and the like.

    `quantities` maps each quantity of the series to its unit and words (`metrics.pulse.QUANTITIES`).
    """
    parts = [
        measured(series[series["quantity"] == name], unit).assign(
            metric=lambda t, n=name: n + "_" + t["metric"]
        )
        for name, (unit, _) in quantities.items()
    ]
    return pd.concat(parts, ignore_index=True)


def measured(series: pd.DataFrame, unit: str, band: float = 3.0, hold: int = 3) -> pd.DataFrame:
    """Peak, time of the peak, area and recovery of each run in the form of `metrics.collect`.

    `series` is one quantity of `metrics.pulse.series`; the area is in `unit` times seconds.
    """
    units = {
        "peak": unit,
        "peak_at_s": "s",
        "area": {"1/s": "1", "1": "s"}.get(unit, f"{unit}·s"),
        "recovery_s": "s",
    }
    found = responses(series.dropna(subset=["value"]), band, hold)
    about = series.drop_duplicates("run").set_index("run")[["arm", "block"]]
    wide = found.join(about, on="run").assign(better="lower")
    long = wide.melt(["run", "arm", "block", "better", "missing_because"], list(units), "metric")
    reasons = long["missing_because"].where(long["metric"] == "recovery_s", "")
    return long.assign(unit=long["metric"].map(units), missing_because=reasons)


def sentence(measured: pd.DataFrame) -> str:
    """How high the backlog peaks, by arm and over runs, and in how many runs it does not recover."""
    peaks = measured[measured["metric"] == "in_flight_peak"].dropna(subset=["value"])
    if not len(peaks):
        return "no run of these data holds a pulse"
    peak = peaks.groupby("arm")["value"].median()
    ends = f"{peak.min():.3g} to {peak.max():.3g}"
    most = f"most requests under way at once, medians of the {len(peak)} arms: {ends}"
    lasting = measured[(measured["missing_because"] != "") & (measured["metric"] == "in_flight_recovery_s")]
    return f"{most}; in {len(lasting)} of {measured['run'].nunique()} runs the backlog outlasts the run"


def _response(run: object, part: pd.DataFrame, band: float, hold: int) -> tuple:
    part = part.sort_values("since_onset_s")
    t, x = part["since_onset_s"].to_numpy(float), part["value"].to_numpy(float)
    before, after = x[t < 0], t >= 0
    if len(before) < 3 or after.sum() < hold + 1:
        raise TooFewValues(f"run {run}: a pulse needs 3 values before its onset and {hold + 1} after")
    base = float(np.median(before))
    spread = 1.4826 * float(np.median(np.abs(before - base)))
    t, above = t[after], x[after] - base
    top = int(above.argmax())
    back = _recovered(above, top, max(band * spread, 1e-12 * abs(base)), hold)
    end = len(t) if back is None else back + 1
    area = float(np.trapezoid(above[:end], t[:end]))
    recovery, why = (math.nan, "no recovery before the series ends") if back is None else (float(t[back]), "")
    return run, base, float(above[top]), float(t[top]), area, recovery, why


def _recovered(above: np.ndarray, top: int, bound: float, hold: int) -> int | None:
    """The first place from the peak on where `hold` values in a row are back within the bound."""
    calm = np.abs(above) <= bound
    for i in range(top, len(above) - hold + 1):
        if calm[i : i + hold].all():
            return i
    return None
