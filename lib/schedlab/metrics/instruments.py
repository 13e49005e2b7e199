"""The same servers through different load tools: what each says, and what its clock includes.

One row per run and instrument. Quantiles of a closed loop and of an open loop answer different questions,
so the rows stand beside each other and are never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.metrics.as_told import of_bins
from schedlab.metrics.latency import latencies
from schedlab.metrics.throughput import THROUGHPUT
from schedlab.model.run import Run

COLUMNS = (
    "arm", "scenario", "instrument", "loop", "clock starts", "run", "throughput_per_s", "p50_s", "p99_s",
    "requests", "errors",
)  # fmt: skip
QS = (0.5, 0.99)


def compare(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per run and instrument, ordered so that one arm's instruments stand together."""
    rows = [row for run in runs if run.capture != "instrumented" for row in _rows(run)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["scenario", "arm", "instrument", "run"], ignore_index=True)


def _rows(run: Run) -> list[tuple]:
    kinds = [(kind, read) for kind, read in _READ.items() if run.has(kind)]
    return [(run.arm, run.scenario, *read(run)) for _, read in kinds]


def _ours(run: Run) -> tuple:
    tables = {"REQUESTS": ingest.tables(run, "REQUESTS", "requests")}
    values = latencies(tables, run)
    p50, p99 = np.quantile(values, QS) if len(values) else (np.nan, np.nan)
    errors = int((~tables["REQUESTS"]["ok"]).sum())
    loop = str(run.factors.get("loop", ""))
    start = "intended start" if loop == "open" else "send"
    return "ours", loop, start, run.id, THROUGHPUT.compute(tables, run), p50, p99, len(values), errors


def _wrk_dump(run: Run) -> tuple:
    found = ingest.reading(run, "wrk_hist")
    bins = found.tables["LATENCY_BINS"]
    p50, p99 = (of_bins(bins, q) for q in QS)
    rate = found.facts["requests"] / (found.facts["duration_us"] / 1e6)
    errors = int(sum(found.facts[k] for k in ("connect", "read", "write", "status", "timeout")))
    count = int(found.facts["requests"])
    return "wrk, correction undone", "closed", "write after connect", run.id, rate, p50, p99, count, errors


def _wrk_text(run: Run) -> tuple:
    found = ingest.reading(run, "wrk")
    report = found.facts["reports"][0]
    quantiles = found.tables["LATENCY_QUANTILES"].set_index("q")["value_s"]
    p50, p99 = (float(quantiles.get(q, np.nan)) for q in QS)
    errors = int(report["socket_errors"] + report["status_errors"])
    rate, count = report["requests_per_s"], report["requests"]
    return "wrk, as printed", "closed", "write after connect", run.id, rate, p50, p99, count, errors


def _locust(run: Run) -> tuple:
    found = ingest.reading(run, "locust")
    bins = found.tables["LATENCY_BINS"]
    p50, p99 = (of_bins(bins, q) for q in QS)
    series = found.tables["LOAD_SERIES"]
    total = series[series["endpoint"] == ""] if (series["endpoint"] == "").any() else series
    seconds = total["duration_s"].sum()
    rate = total["requests"].sum() / seconds if seconds else np.nan
    told = run.measured.get("locust_achieved_rate", run.measured.get("achieved_rate"))
    rate = told or rate  # the last second of its series is a part of one
    count = int(bins["count"].sum())
    return (
        "Locust",
        "closed",
        "send, connect included",
        run.id,
        rate,
        p50,
        p99,
        count,
        int(total["errors"].sum()),
    )


def _logged(name: str, kind: str, starts: str) -> Callable[[Run], tuple]:
    """How a tool is read that logs every request and keeps to a rate, with its own words for its clock."""

    def rows(run: Run) -> tuple:
        requests = ingest.tables(run, "REQUESTS", kind)
        good = requests.loc[requests["ok"], "latency_s"].to_numpy()
        p50, p99 = np.quantile(good, QS) if len(good) else (np.nan, np.nan)
        seconds = (requests["sent_ns"].max() - requests["sent_ns"].min()) / 1e9
        rate = len(good) / seconds if seconds else np.nan
        return name, "open", starts, run.id, rate, p50, p99, len(requests), len(requests) - len(good)

    return rows


#: kind of artifact -> how its instrument is read
_READ = {
    "requests": _ours,
    "wrk_hist": _wrk_dump,
    "wrk": _wrk_text,
    "vegeta": _logged("vegeta", "vegeta", "send, connect included"),
    "ghz": _logged("ghz", "ghz", "send, on an open connection"),
    "locust": _locust,
}
