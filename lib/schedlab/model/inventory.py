"""What the data holds, experiment by experiment: how much, under which disturbance, and what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pandas as pd

from schedlab.model.run import Run


def experiments(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per experiment: runs, arms, scenarios, files, and one hash over the hashes of all its files."""
    return pd.DataFrame([{"experiment": name, **_extent(own)} for name, own in _by_experiment(runs)])


def conditions(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per experiment: under what disturbance its runs were made, as the harness measured it.

    `remade` runs were repeated because others used the CPU; `left_out` are those that give no number;
    shares are of all CPU time of the host: other programs' (median, most), stolen by the hypervisor (most).
    """
    return pd.DataFrame([{"experiment": name, **_disturbance(own)} for name, own in _by_experiment(runs)])


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
        "remade": int((attempt > 1).sum()),
        "left_out": sum(bool(run.left_out) for run in runs),
        "with_warnings": sum(bool(run.warnings) for run in runs),
        "others_median_share": float(foreign.median()),
        "others_most_share": float(foreign.max()),
        "stolen_most_share": float(stolen.max()),
    }


#: what the harness measures beside every run
_SHARES = ("foreign_cpu_share", "steal_share", "attempt")
