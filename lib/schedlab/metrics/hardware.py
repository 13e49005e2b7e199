"""Hardware counters of a run, where the host has them."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _cache_hits(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Which cache the two counters mean is the processor's choice: usually the last level."""
    counted = tables["GAUGES"].groupby("name")["value"].sum()
    if not counted.get("perf/cache-references", 0.0) > 0 or "perf/cache-misses" not in counted:
        raise TooFewValues("perf counted no cache references")
    return float(1 - counted["perf/cache-misses"] / counted["perf/cache-references"])


METRICS = (
    Metric(
        "cache_hit_share", "share", "higher", ("GAUGES",), _cache_hits,
        "cache references that were no misses", "perf_stat",
    ),
)  # fmt: skip
