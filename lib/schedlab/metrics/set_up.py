"""How a run was set up, as its files tell it: what a claim about somebody's testbed is held against."""

from __future__ import annotations

import re

import pandas as pd

from schedlab import ingest
from schedlab.errors import TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: how long Locust was told to run: `-t 5s`, `--run-time 5`
_RUN_TIME = re.compile(r"(?:-t|--run-time)[ =](\d+)s?\b")


def _profile_time(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(ingest.reading(run, "cpu_profile").facts["duration_s"])


def _ramp(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """With `--reset-stats` Locust begins to count anew when the last user has started (its runners.py)."""
    command = str(run.tools.get("locust", {}).get("command", ""))
    told = _RUN_TIME.search(command)
    if not told or "--reset-stats" not in command:
        raise TooFewValues("Locust was not told how long to run, or not to count anew at full number")
    counted_s = max(e["duration_s"] for e in ingest.reading(run, "locust").facts["endpoints"])
    return float(told[1]) - counted_s


METRICS = (
    Metric(
        "cpu_profile_time", "s", "neither", ("STACK_SAMPLES",), _profile_time,
        "length of the CPU profile", "cpu_profile",
    ),
    Metric(
        "locust_ramp_time", "s", "neither", ("LOAD_SERIES",), _ramp,
        "time until Locust's last user had started: run time less what was counted at full number", "locust",
    ),
)  # fmt: skip
