"""What the load achieved: answered requests a second, and the share of them that failed."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.window import requests_in_window
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _throughput(tables: dict[str, pd.DataFrame], run: Run) -> float:
    ended = tables["REQUESTS"].loc[tables["REQUESTS"]["ok"], "end_ns"]
    start, end = run.window_ns
    return float(((ended >= start) & (ended < end)).sum() / ((end - start) / 1e9))


def _by_second(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """From the load tool's count of good answers in each second, where it logs no single requests."""
    series = tables["LOAD_SERIES"]
    seconds = series["duration_s"].sum()
    return float(series["requests"].sum() / seconds) if seconds else float("nan")


def _error_rate(tables: dict[str, pd.DataFrame], run: Run) -> float:
    requests = requests_in_window(tables["REQUESTS"], run)
    return float((~requests["ok"]).mean()) if len(requests) else float("nan")


def _late_share(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Sent more than 1 ms after the schedule wanted it: the instrument, not the server, was late."""
    requests = requests_in_window(tables["REQUESTS"], run)
    late = requests["sent_ns"] - requests["intended_ns"] > 1_000_000
    return float(late.mean()) if len(late) else float("nan")


_BY_SECOND = Metric("throughput", "1/s", "higher", ("LOAD_SERIES",), _by_second)
THROUGHPUT = Metric(
    "throughput", "1/s", "higher", ("REQUESTS",), _throughput, "successful answers a second in the window",
    otherwise=_BY_SECOND,
)  # fmt: skip
ERROR_RATE = Metric("error_rate", "share", "lower", ("REQUESTS",), _error_rate, "failed / intended requests")
LATE_SENDS = Metric(
    "late_sends", "share", "lower", ("REQUESTS",), _late_share, "requests sent > 1 ms after their schedule"
)
METRICS = (THROUGHPUT, ERROR_RATE, LATE_SENDS)
