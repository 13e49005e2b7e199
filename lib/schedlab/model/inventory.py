"""What the data holds, experiment by experiment: how much, under which disturbance, and what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pandas as pd

from schedlab.model.run import Run

#: two runs further apart than this belong to two sessions
SESSION_GAP_S = 1800.0


def experiments(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per experiment: runs, arms, scenarios, files, and one hash over the hashes of all its files."""
    return pd.DataFrame([{"experiment": name, **_extent(own)} for name, own in _by_experiment(runs)])


def conditions(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per experiment: under what disturbance its runs were made, as the harness measured it.

    `remade` runs were repeated because others used the CPU, at once or in a later session (they stand out of
    the order of time); `sessions` lie half an hour and more apart; `left_out` are runs that give no number;
    shares are of all CPU time of the host: other programs' (median, most), stolen by the hypervisor (most).
    """
    return pd.DataFrame([{"experiment": name, **_disturbance(own)} for name, own in _by_experiment(runs)])


def session_of(runs: Iterable[Run]) -> dict[str, int]:
    """Run id to the number of its session, from 1; half an hour without a capture ends a session."""
    runs = sorted(runs, key=lambda run: run.started_at)
    session = 1 + np.cumsum([0, *(_gaps_s(runs) > SESSION_GAP_S)])
    return {run.id: int(number) for run, number in zip(runs, session, strict=False)}


def absences(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per kind of artifact and reason why it is missing, with the number of runs."""
    rows = [(a.kind.replace("_", " "), a.absent_because) for r in runs for a in r.artifacts if a.path is None]
    table = pd.DataFrame(rows, columns=["artifact", "absent_because"])
    counted = table.groupby(["artifact", "absent_because"]).size().reset_index(name="runs")
    return counted.sort_values("runs", ascending=False, kind="stable", ignore_index=True)


def _by_experiment(runs: Iterable[Run]) -> list[tuple[str, list[Run]]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.experiment, []).append(run)
    return sorted(found.items())


def _extent(runs: list[Run]) -> dict[str, object]:
    files = sorted(f"{run.id}/{a.path.name} {a.sha256}" for run in runs for a in run.artifacts if a.path)
    return {
        "runs": len(runs),
        "arms": len({run.arm for run in runs}),
        "scenarios": len({run.scenario for run in runs}),
        "files": len(files),
        "sha256": hashlib.sha256("\n".join(files).encode()).hexdigest()[:16],
    }


def _disturbance(runs: list[Run]) -> dict[str, object]:
    measured = pd.DataFrame([dict.fromkeys(_SHARES) | run.measured for run in runs])
    foreign, stolen, attempt = (measured[name].astype("float64") for name in _SHARES)
    return {
        "runs": len(runs),
        "sessions": max(session_of(runs).values()),
        "remade": int(((attempt > 1) | _made_later(runs)).sum()),
        "left_out": sum(bool(run.left_out) for run in runs),
        "with_warnings": sum(bool(run.warnings) for run in runs),
        "others_median_share": float(foreign.median()),
        "others_most_share": float(foreign.max()),
        "stolen_most_share": float(stolen.max()),
    }


def _gaps_s(runs: list[Run]) -> np.ndarray:
    """Seconds from one start to the next, in the order of time."""
    return np.diff(np.sort(_started(runs)))


def _made_later(runs: list[Run]) -> np.ndarray:
    """Runs that began after one that the plan's order has behind them."""
    order = np.argsort([run.order for run in runs], kind="stable")
    started = _started(runs)[order]
    earliest_behind = np.minimum.accumulate(started[::-1])[::-1]
    late = np.empty(len(runs), bool)
    late[order] = started > earliest_behind
    return late


def _started(runs: list[Run]) -> np.ndarray:
    """Unix seconds."""
    return np.array([datetime.fromisoformat(run.started_at).timestamp() for run in runs])


#: what the harness measures beside every run
_SHARES = ("foreign_cpu_share", "steal_share", "attempt")
