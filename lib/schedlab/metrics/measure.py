"""Measuring one run: fetch the tables a metric needs, compute, and say why where there is no number."""

from __future__ import annotations

import math

from schedlab import ingest
from schedlab.errors import MissingTable, TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def measure(run: Run, metric: Metric) -> tuple[float, str]:
    """(value, "") in the metric's unit, or (NaN, the reason why there is none)."""
    if run.left_out:
        return math.nan, run.left_out
    try:
        tables = {name: ingest.tables(run, name, metric.artifact) for name in metric.needs}
        value = metric.compute(tables, run)
    except MissingTable as reason:
        return measure(run, metric.otherwise) if metric.otherwise else (math.nan, str(reason))
    except TooFewValues as reason:
        return math.nan, str(reason)
    if math.isnan(value):
        return math.nan, "nothing in the window to compute it from"
    return value, ""
