"""What every load tool says of every run in its own file: answers a second, median and p99.

Nothing is corrected or repaired here, and tools differ in what their clock includes: numbers of one tool are
compared with numbers of the same tool.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.metrics.window import requests_in_window
from schedlab.model.extend import Reading
from schedlab.model.run import Run

COLUMNS = (
    "run", "arm", "scenario", "tool", "block", "metric", "unit", "better", "value", "missing_because",
)  # fmt: skip
#: the rate's name in the facts of a file; k6 calls it just that
_RATES = ("requests_per_s", "throughput", "rps", "rate")
#: our client leaves a log of requests, or a histogram in its report
_OURS = {"requests": "ours", "client_report": "ours"}
_SILENT = "the tool's file does not say it"


def as_told(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per run, load tool and number, as `metrics.collect` gives them; its metric names the tool."""
    known = {run.id: run for run in runs}
    rows = [
        row
        for _, _, run, tool, found in ingest.loads(known.values())
        for row in _rows(known[run], tool, found)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def heads(values: pd.DataFrame, name: str) -> dict[str, str]:
    """The metrics that are this number of some tool -> tool and scenario, the words above a column."""
    chosen = values[values["metric"].str.startswith(f"{name}, ")].drop_duplicates("metric")
    pairs = zip(chosen["tool"].replace(_OURS), chosen["scenario"], strict=True)
    words = ["\n".join(dict.fromkeys(pair)).replace("_", " ") for pair in pairs]
    return dict(zip(chosen["metric"], words, strict=True))


def _rows(run: Run, tool: str, found: Reading) -> list[tuple]:
    scenario = f"{run.scenario} {run.capture}" if run.capture == "instrumented" else run.scenario
    requests = found.tables.get("REQUESTS")
    if requests is not None:
        found = replace(found, tables={**found.tables, "REQUESTS": requests_in_window(requests, run)})
    told = [
        ("throughput", "1/s", "higher", rate(found)),
        ("latency_p50", "s", "lower", quantile(found, 0.5)),
        ("latency_p99", "s", "lower", quantile(found, 0.99)),
    ]
    return [
        (
            *(run.id, run.arm, scenario, tool, run.block, f"{name}, {tool}, {scenario}", unit, better, value),
            _SILENT if np.isnan(value) else "",
        )
        for name, unit, better, value in told
    ]


def rate(found: Reading) -> float:
    """Answers a second, from requests, else as the file says it; NaN where it does neither."""
    return next((told for told in (way(found) for way in _WAYS) if told is not None), np.nan)


def _of_requests(found: Reading) -> float | None:
    requests = found.tables.get("REQUESTS")
    if requests is None or not len(requests):
        return None
    seconds = (requests["end_ns"].max() - requests["sent_ns"].min()) / 1e9
    return float(requests["ok"].sum() / seconds) if seconds else np.nan


def _said(found: Reading) -> float | None:
    """By the file itself, or by its first report."""
    known = (found.facts, *found.facts.get("reports", ())[:1])
    return next((float(facts[name]) for facts in known for name in _RATES if facts.get(name)), None)


def _of_endpoints(found: Reading) -> float | None:
    parts = [e for e in found.facts.get("endpoints", ()) if e.get("duration_s")]
    return float(sum(e["requests"] / e["duration_s"] for e in parts)) if parts else None


def _of_series(found: Reading) -> float | None:
    series = found.tables.get("LOAD_SERIES")
    seconds = 0.0 if series is None else series["duration_s"].sum()
    return float(series["requests"].sum() / seconds) if seconds else None


def _of_dump(found: Reading) -> float | None:
    """wrk's full dump has a count and the run's length."""
    count, length_us = found.facts.get("requests"), found.facts.get("duration_us")
    return 1e6 * count / length_us if count and length_us else None


_WAYS = (_of_requests, _said, _of_endpoints, _of_series, _of_dump)


def quantile(found: Reading, q: float) -> float:
    """Seconds, as measured: from good requests, else as printed, else from bins; NaN without any."""
    requests, bins = found.tables.get("REQUESTS"), found.tables.get("LATENCY_BINS")
    if requests is not None and requests["ok"].any():
        return float(np.quantile(requests.loc[requests["ok"], "latency_s"], q))
    printed = _printed(found.tables.get("LATENCY_QUANTILES"), q)
    return of_bins(bins, q) if np.isnan(printed) and bins is not None and len(bins) else printed


def of_bins(bins: pd.DataFrame, q: float) -> float:
    """The upper bound of the bin that holds the quantile: a bound, not an interpolation."""
    measured = bins[bins["kind"] == "as measured"]
    ordered = (measured if len(measured) else bins).sort_values("lo_s")
    reached = ordered["count"].cumsum() >= q * ordered["count"].sum()
    return float(ordered.loc[reached, "hi_s"].iloc[0]) if reached.any() else np.nan


def _printed(quantiles: pd.DataFrame | None, q: float) -> float:
    """The one that the tool printed for all endpoints together."""
    if quantiles is None:
        return np.nan
    found = quantiles[np.isclose(quantiles["q"], q) & (quantiles["endpoint"] == "")]
    return float(found["value_s"].iloc[0]) if len(found) else np.nan
