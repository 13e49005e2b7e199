"""run.json: everything the analysis may ask about a run without opening an artifact (schema 1)."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

from schedlab.model.run import SCHEMA
from schedlab.pipeline.capture.profiles import PAGES

_METRICS = {
    "metrics_before": ("metrics_before.json", "runtime-metrics"),
    "metrics_after": ("metrics_after.json", "runtime-metrics"),
}


def compose(setting, task, outcome, folder: Path) -> dict[str, Any]:
    """The whole run.json of a run whose artifacts are in `folder`."""
    plan, s = setting.plan, task.scenario
    server = setting.programs[task.arm.module, task.arm.program]
    return {
        "schema": SCHEMA,
        "id": task.id,
        "experiment": setting.experiment,
        "arm": task.arm.name,
        "scenario": s.name,
        "capture": task.capture,
        "factors": factors(task),
        "repetition": task.repetition,
        "block": task.block,
        "order": task.order,
        "go_version": server.go_version,
        "gomaxprocs": outcome.gomaxprocs,
        "godebug": plan.instrumented.godebug if task.capture == "instrumented" else "",
        "started_at": outcome.started_at,
        "window": {"start_ns": outcome.window_ns[0], "end_ns": outcome.window_ns[1]},
        "clock": outcome.clock | _profile_times(outcome),
        "host": setting.host,
        "tools": tools(setting, task, outcome, folder),
        "measured": outcome.measured,
        "artifacts": artifacts(setting, task, outcome, folder),
        "warnings": warnings(setting, task, outcome),
    }


def factors(task) -> dict[str, Any]:
    """The levels that may differ between runs; loop is closed for every tool that waits for its answers."""
    s = task.scenario
    return {
        "instrument": s.instrument,
        "loop": s.loop if s.instrument == "ours" else "closed",
        "arrivals": s.arrivals if s.loop == "open" and s.instrument == "ours" else "",
        "rate_per_s": s.rate_per_s,
        "connections": s.connections,
        "connection_per_request": s.connection_per_request,
        "body_bytes": s.body_bytes,
        "program": task.arm.program,
        "mode": " ".join(task.arm.arguments),
        "protocol": task.arm.protocol,
        "seed": task.seed,
    }


def tools(setting, task, outcome, folder: Path) -> dict[str, Any]:
    """Name -> version and command line of everything that took part; places are written relative."""
    server = setting.programs[task.arm.module, task.arm.program]
    places = {str(folder): ".", str(setting.plan.testbed): "testbed", str(server.path.parent): "bin"}
    client = [*setting.plan.host.client_prefix, *outcome.load.command]
    return {
        "server": {
            "version": server.go_version,
            "command": _relative(outcome.server_command, places),
            "build": server.build,
        },
        outcome.load.tool: {
            "version": outcome.load.version,
            "command": _relative(client, places),
            "env": {name: _relative([value], places) for name, value in outcome.load.env.items()},
        },
    }


def artifacts(setting, task, outcome, folder: Path) -> list[dict[str, str]]:
    """One entry per kind that a run of this class could have: its file, or why there is none."""
    for empty in (f for f in folder.iterdir() if not f.stat().st_size):
        empty.unlink()
    files = {**outcome.load.files, **_METRICS, "server_stderr": ("server.stderr.gz", "go-runtime-log")}
    files |= {page.kind: (page.file, page.format) for page in PAGES.values()}
    listed = [_artifact(kind, *files[kind], folder, task.capture) for kind in files]
    if "requests" not in files:
        reason = "only our client in an open loop logs every request; see the tool's own histogram"
        listed.append({"kind": "requests", "absent_because": reason})
    counters = setting.host["hardware_counters"]
    reason = counters if counters != "available" else "this harness does not take them yet"
    return [*listed, {"kind": "perf_stat", "absent_because": reason}]


def warnings(setting, task, outcome) -> list[str]:
    """Doubts that must travel with every number of this run."""
    measured, limit = outcome.measured, setting.plan.max_foreign_share
    doubts = []
    if measured["foreign_cpu_share"] > limit:
        used = f"{measured['foreign_cpu_share']:.1%} of the CPU"
        doubts.append(f"other programs used {used} (limit {limit:.0%}) in the best of several attempts")
    if not measured.get("kept_schedule", True):
        doubts.append(f"the client could not keep the schedule: {measured['client_says']}")
    return doubts


def _artifact(kind: str, name: str, form: str, folder: Path, capture: str) -> dict[str, str]:
    file = folder / name
    if not file.is_file():
        return {"kind": kind, "absent_because": f"not taken in a {capture} capture"}
    if kind == "server_stderr" and not gzip.decompress(file.read_bytes()):
        file.unlink()
        return {"kind": kind, "absent_because": "the server wrote nothing to stderr"}
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return {"kind": kind, "path": name, "format": form, "sha256": digest}


def _profile_times(outcome) -> dict[str, Any]:
    spans = outcome.profile_times
    return (
        {"profiles": {kind: {"start_ns": a, "end_ns": b} for kind, (a, b) in spans.items()}} if spans else {}
    )


def _relative(command: list[str], places: dict[str, str]) -> str:
    text = " ".join(command)
    for place, name in places.items():
        text = text.replace(place, name)
    return " ".join(Path(word).name if word.startswith("/") else word for word in text.split(" "))
