"""Latency quantiles of successful requests, from the intended start, one number per run.

The quantile is numpy's `linear` definition (Hyndman and Fan 1996, type 7), the same on both sides of every
comparison. A quantile is refused where the run cannot bear it: where n does not reach
log(0.025) / log(max(q, 1 - q)), the size at which a distribution-free 95 % interval of q exists; where late
wake-ups of the load client may be over a tenth of the requests beyond it; and where an open loop fell so far
behind its schedule that latency grows with the length of the run.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.window import requests_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: the client's late wake-ups, as a share of the requests beyond a quantile, that it bears
SPOILED = 0.1
#: the share of sends that waited for a free connection above which an open loop is behind its schedule
BEHIND = 0.1


def latencies(tables: dict[str, pd.DataFrame], run: Run) -> np.ndarray:
    """Seconds from the intended start to the end, successful requests of the window, float64."""
    requests = requests_in_window(tables["REQUESTS"], run)
    return requests.loc[requests["ok"], "latency_s"].to_numpy()


def quantile(q: float):
    """A function that computes the latency quantile `q` of one run, in seconds."""

    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        _refuse_load(run, q)
        values = latencies(tables, run)
        _refuse(q, len(values))
        return float(np.quantile(values, q))

    return compute


def quantile_of_bins(q: float):
    """The same from the client's histogram, bins of 1/64 relative width, where no request was logged."""

    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        _refuse_load(run, q)
        bins = tables["LATENCY_BINS"]
        bins = bins[bins["kind"] == "as measured"].sort_values("lo_s")
        upto = bins["count"].cumsum().to_numpy()
        _refuse(q, int(upto[-1]) if len(upto) else 0)
        place = int(np.searchsorted(upto, q * upto[-1]))
        lo, hi, count = bins[["lo_s", "hi_s", "count"]].iloc[place]
        return float(hi - (upto[place] - q * upto[-1]) / count * (hi - lo))

    return compute


def _refuse(q: float, n: int) -> None:
    needed = math.ceil(math.log(0.025) / math.log(max(q, 1 - q)))
    if n < needed:
        raise TooFewValues(f"quantile {q:g} needs {needed} requests, the run has {n}")


def _refuse_load(run: Run, q: float = 0.0) -> None:
    """TooFewValues where it was the load client, or an overload, that made the requests beyond q slow."""
    late = float(run.measured.get("late_wakeups_share") or 0)
    if late > SPOILED * (1 - q):
        raise TooFewValues(
            f"the load client itself woke late for over a tenth of the {1 - q:.2%} of sends beyond this "
            "quantile"
        )
    refuse_behind(run)


def refuse_behind(run: Run) -> None:
    """TooFewValues where an open loop was so far behind that the run's length decides its numbers."""
    if waited(run) > BEHIND:
        raise TooFewValues(
            f"over {BEHIND:.0%} of the sends waited for a free connection: the open loop fell behind its "
            "schedule, and what it gives depends on the length of the run"
        )


def waited(run: Run) -> float:
    """The share of an open loop's sends that waited over 1 ms for a connection: the server was slower."""
    if run.factors.get("loop") != "open":
        return 0.0
    late, woke = (float(run.measured.get(f"late_{what}_share") or 0) for what in ("sends", "wakeups"))
    return max(late - woke, 0.0)


def _mean(tables: dict[str, pd.DataFrame], run: Run) -> float:
    _refuse_load(run)
    values = latencies(tables, run)
    if not len(values):
        raise TooFewValues("no successful request in the window")
    return float(values.mean())


def of_any_quantile(name: str) -> Metric | None:
    """The metric named `latency_q0.95`, any quantile in (0, 1); None where the name is none of those."""
    found = re.fullmatch(r"latency_q(0?\.\d+)", name)
    return _metric(f"q{found[1]}", float(found[1])) if found and float(found[1]) > 0 else None


def _metric(name: str, q: float) -> Metric:
    about = f"latency quantile {q:g} from the intended start"
    binned = Metric(
        f"latency_{name}", "s", "lower", ("LATENCY_BINS",), quantile_of_bins(q), about, "client_report"
    )
    return Metric(f"latency_{name}", "s", "lower", ("REQUESTS",), quantile(q), about, otherwise=binned)


def _service_p99(tables: dict[str, pd.DataFrame], run: Run) -> float:
    requests = requests_in_window(tables["REQUESTS"], run)
    good = requests[requests["ok"]]
    _refuse(0.99, len(good))
    return float(np.quantile((good["end_ns"] - good["sent_ns"]) / 1e9, 0.99))


#: the tail without the client's own lateness, so that every run gives it; what waits at a stall is not seen
SERVICE_P99 = Metric(
    "service_p99", "s", "lower", ("REQUESTS",), _service_p99, "quantile 0.99 from the actual send to the end"
)
P50, P90, P99, P999 = (_metric(n, q) for n, q in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)))
MEAN = Metric("latency_mean", "s", "lower", ("REQUESTS",), _mean, "mean latency from the intended start")
METRICS = (MEAN, P50, P90, P99, P999)
