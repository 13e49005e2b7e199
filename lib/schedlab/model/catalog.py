"""The catalogue: every run below a folder, as values and as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from schedlab import units
from schedlab.model.folders import runs
from schedlab.model.run import Run
from schedlab.model.titles import title


def catalog(folder: str | Path) -> pd.DataFrame:
    """One row per run below `folder`: who, what, when, under which factors, with which artifacts."""
    return pd.DataFrame([_row(run) for run in runs(folder)]).set_index("run", drop=False)


def runs_of(folders: Iterable[str | Path]) -> tuple[Run, ...]:
    """Every run below any of the folders."""
    return tuple(run for folder in folders for run in runs(folder))


def select(runs: Iterable[Run], **wanted: object) -> tuple[Run, ...]:
    """The runs whose fields have the wanted values: `select(runs, arm=("gpr", "pool"), capture="quiet")`."""
    some = {name: values if isinstance(values, tuple) else (values,) for name, values in wanted.items()}
    return tuple(run for run in runs if all(getattr(run, k) in values for k, values in some.items()))


def label(table: pd.DataFrame, runs: Iterable[Run]) -> pd.DataFrame:
    """A table with a column `run` gets the columns arm, scenario, capture, block and order of its runs."""
    names = ("arm", "scenario", "capture", "block", "order")
    about = pd.DataFrame([{"run": r.id} | {n: getattr(r, n) for n in names} for r in runs])
    return table.merge(about, on="run", how="left", validate="many_to_one")


def measured(runs: Iterable[Run], name: str, unit: str) -> pd.DataFrame:
    """What the harness itself measured, in the form of `metrics.collect`; runs without it are NaN."""
    about = title(name)
    rows = [(run.id, name, unit, "lower", about, run.measured.get(name)) for run in runs]
    table = pd.DataFrame(rows, columns=["run", "metric", "unit", "better", "about", "value"])
    missing = table["value"].isna().map({True: "the harness did not record it", False: ""})
    return label(table.assign(value=table["value"].astype("float64"), missing_because=missing), runs)


def arms(runs: Iterable[Run], words: str | Path) -> pd.DataFrame:
    """The arms by name, what they are in words (their name, where the file of words has none), how they serve
    a request, and their runs."""
    known = pd.read_csv(words, dtype=str, keep_default_na=False).set_index("arm").to_dict("index")
    counts = pd.Series([run.arm for run in runs], dtype="str").value_counts().sort_index()
    rows = [
        (arm, *(known.get(arm, {}).get(column, other) for column, other in (("words", arm), ("how", ""))), n)
        for arm, n in counts.items()
    ]
    return pd.DataFrame(rows, columns=["arm", "words", "how", "runs"])


def loads(runs: Iterable[Run]) -> pd.DataFrame:
    """Under what load the arms ran, and who had the CPU: medians over the runs of a scenario and capture.

    Shares are of all CPU time of the host. A negative `nice` goes before others.
    """
    seen = pd.DataFrame([_load(run) for run in runs])
    keys = [
        "scenario",
        "capture",
        "protocol",
        "loop",
        "rate_per_s",
        "connections",
        "body_bytes",
        "client_nice",
    ]
    shares = {f"{who}_cpu_share": (f"{who}_cpu_share", "median") for who in ("server", "client")}
    return seen.groupby(keys, sort=True, dropna=False, as_index=False).agg(runs=("run", "size"), **shares)


_PLANNED = ("protocol", "loop", "connections", "body_bytes")
_MEASURED = ("server_cpu_share", "client_cpu_share", "client_nice")


def _load(run: Run) -> dict[str, object]:
    rate = run.factors.get("rate_per_s") if run.factors.get("loop") == "open" else None
    planned = {name: run.factors.get(name) for name in _PLANNED}
    measured = {name: float(run.measured.get(name, "nan")) for name in _MEASURED}
    return {
        "run": run.id, "scenario": run.scenario, "capture": run.capture, "rate_per_s": rate,
        **planned, **measured,
    }  # fmt: skip


def design(runs: Iterable[Run]) -> pd.DataFrame:
    """How many runs there are of each scenario and kind of capture, one column an arm."""
    table = pd.DataFrame([_row(run) for run in runs])
    counts = table.pivot_table(
        index=["scenario", "capture"], columns="arm", values="run", aggfunc="count", fill_value=0
    )
    return counts.rename_axis(columns=None).reset_index()


def hosts(runs: Iterable[Run]) -> pd.DataFrame:
    """What is known of the hosts: one row a property, with every value it has over the runs."""
    seen: dict[str, dict[str, None]] = {}
    for run in runs:
        for name, value in run.host.items():
            seen.setdefault(name, {})[_told(name, value)] = None
    rows = [(title(name.removesuffix("_bytes")), " | ".join(values)) for name, values in seen.items()]
    return pd.DataFrame(rows, columns=["property", "value"])


def _told(name: str, value) -> str:
    """A property of a host as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return units.show(float(value), "bytes") if name.endswith("_bytes") else str(value)


def tools(runs: Iterable[Run]) -> pd.DataFrame:
    """Tools with version and command line; commands that differ only in ports and seeds are one row."""
    rows = [(name, _version(tool), _command(tool)) for run in runs for name, tool in run.tools.items()]
    table = pd.DataFrame(rows, columns=["tool", "version", "command"])
    return table.groupby(["tool", "version", "command"], sort=True).size().reset_index(name="runs")


def _version(tool: dict) -> str:
    """The first line of what the tool says of itself, up to its list of features."""
    lines = str(tool.get("version", "")).splitlines() or [""]
    return lines[0].partition(" [")[0]


def _command(tool: dict) -> str:
    """The command line with # for what differs in every run: the port and the seed."""
    command = tool.get("command", "")
    line = command if isinstance(command, str) else " ".join(map(str, command))
    return re.sub(r"(?<=:)\d{4,5}\b|(?<=seed=)\d+", "#", line)


def _row(run: Run) -> dict[str, object]:
    return {
        "run": run.id,
        "experiment": run.experiment,
        "arm": run.arm,
        "scenario": run.scenario,
        "capture": run.capture,
        "repetition": run.repetition,
        "block": run.block,
        "order": run.order,
        "go_version": run.go_version,
        "gomaxprocs": run.gomaxprocs,
        **{f"factor_{name}": level for name, level in run.factors.items()},
        "duration_s": (run.window_ns[1] - run.window_ns[0]) / 1e9,
        "started_at": run.started_at,
        "host": run.host.get("label", run.host.get("cpu_model", "")),
        "artifacts": sum(a.path is not None for a in run.artifacts),
        "absent": sum(a.path is None for a in run.artifacts),
        "folder": str(run.folder),
    }
