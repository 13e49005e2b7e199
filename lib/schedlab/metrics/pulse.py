"""A burst of requests, aligned at its onset: rate, requests under way, and latency in short steps of time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.model.run import Run

#: what is followed: unit and the words for it
QUANTITIES = {
    "rate": ("1/s", "answers a second"),
    "in_flight": ("1", "requests under way"),
    "latency": ("s", "median latency from the intended start"),
}
COLUMNS = ("arm", "run", "block", "since_onset_s", "until_s", "quantity", "value")


def pulsed(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with a pulse in their schedule and a log of their requests."""
    return tuple(
        r for r in runs if r.factors.get("pulse_rate_per_s") and r.has("requests") and not r.left_out
    )


def series(runs: Iterable[Run], step_s: float = 0.05) -> pd.DataFrame:
    """One row per run, quantity and step: `since_onset_s` is the middle of the step, the onset being 0.

    `latency` is the median of the requests due in the step, NaN where none was; `in_flight` is the mean
    number of requests between their intended start and their end.
    """
    parts = [_of_run(run, step_s) for run in pulsed(runs)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _of_run(run: Run, step_s: float) -> pd.DataFrame:
    requests = ingest.tables(run, "REQUESTS")
    onset, until = (float(run.factors[f"pulse_{end}_s"]) for end in ("start", "end"))
    length = (run.window_ns[1] - run.window_ns[0]) / 1e9
    edges = np.arange(-np.floor(onset / step_s), np.floor((length - onset) / step_s) + 1) * step_s
    zero = run.window_ns[0] + onset * 1e9
    due, end = ((requests[name].to_numpy() - zero) / 1e9 for name in ("intended_ns", "end_ns"))
    found = {
        "rate": np.histogram(end[requests["ok"]], edges)[0] / step_s,
        "in_flight": _under_way(due, end, edges),
        "latency": _medians(due, requests["latency_s"].to_numpy(), edges),
    }
    middle = np.round((edges[:-1] + edges[1:]) / 2, 9)
    about = {"arm": run.arm, "run": run.id, "block": run.block, "until_s": until - onset}
    parts = [
        pd.DataFrame({"since_onset_s": middle, "quantity": name, "value": value}).assign(**about)
        for name, value in found.items()
    ]
    return pd.concat(parts)[list(COLUMNS)]


def _under_way(due: np.ndarray, end: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Mean number of requests under way in each step: the time they spend in it, over its length."""
    spent = [np.clip(edges[:, None] - times, 0, None).sum(axis=1) for times in (due, end)]
    return np.diff(spent[0] - spent[1]) / np.diff(edges)


def _medians(due: np.ndarray, latency: np.ndarray, edges: np.ndarray) -> np.ndarray:
    step = np.digitize(due, edges) - 1
    return pd.Series(latency).groupby(step).median().reindex(range(len(edges) - 1)).to_numpy()
