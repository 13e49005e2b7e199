"""run.json: everything the analysis may ask about a run without opening an artifact (schema 1)."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from schedlab.model.run import SCHEMA
from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.outcome import Outcome, Party, Setting
from schedlab.pipeline.capture.perf import FILE as PERF
from schedlab.pipeline.capture.plan import Mechanism
from schedlab.pipeline.capture.profiles import PAGES

#: kinds of artifacts that every run may have, and those of a server
EVERY = {
    "server_stderr": ("server.stderr.gz", "go-runtime-log"),
    "proc_net": ("proc_net.json", "proc-net"),
}
SERVED = {
    "metrics_before": ("metrics_before.json", "runtime-metrics"),
    "metrics_after": ("metrics_after.json", "runtime-metrics"),
    **EVERY,
    **{page.kind: (page.file, page.format) for page in PAGES.values()},
    "perf_stat": PERF,
}


def write(setting: Setting, task: Task, outcome: Outcome, folder: Path) -> dict[str, Any]:
    """Write the run.json of a run whose artifacts are in `folder`, and return it."""
    content = {
        "schema": SCHEMA,
        "id": task.id,
        "experiment": setting.experiment,
        "arm": task.arm.name,
        "scenario": task.scenario.name,
        "capture": task.capture,
        "factors": factors(task),
        "repetition": task.repetition,
        "block": task.block,
        "order": task.order,
        "go_version": outcome.go_version,
        "gomaxprocs": outcome.gomaxprocs,
        "godebug": outcome.godebug,
        "started_at": outcome.started_at,
        "window": {"start_ns": outcome.window_ns[0], "end_ns": outcome.window_ns[1]},
        "clock": outcome.clock,
        "host": setting.host,
        "tools": {name: _tool(setting, party, folder) for name, party in outcome.parties.items()},
        "measured": outcome.measured,
        "artifacts": artifacts(outcome, folder, task.capture),
        "warnings": warnings(setting, outcome),
    }
    (folder / "run.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return content


def factors(task: Task) -> dict[str, Any]:
    """The levels that may differ between runs; loop is closed for every tool that waits for its answers."""
    s, arm = task.scenario, task.arm
    program = {"program": arm.program, "mode": " ".join(arm.arguments), "protocol": arm.protocol}
    env = {"env": " ".join(f"{name}={value}" for name, value in arm.env.items())}
    if isinstance(s, Mechanism):
        return {"instrument": "none", **program, **env, "seed": task.seed}
    open_loop = s.loop == "open" and s.instrument in ("ours", "vegeta", "ghz")
    shares = {"rate_share": s.rate_share, "capacity_per_s": task.capacity_per_s} if s.rate_share else {}
    names = ("pulse_rate_per_s", "pulse_start_s", "pulse_end_s")
    pulse = {name: getattr(s, name) for name in names} if s.pulse_rate_per_s else {}
    return {
        "instrument": " then ".join((s.instrument, *(b.instrument for b in s.beside))),
        "loop": "open" if open_loop else "closed",
        "arrivals": _arrivals(s.instrument, s.arrivals) if open_loop else "",
        "rate_per_s": s.rate_per_s,
        **shares,
        **pulse,
        "connections": s.connections,
        "connection_per_request": s.connection_per_request,
        "body_bytes": s.body_bytes,
        **program,
        **(env if arm.env else {}),
        "seed": task.seed,
    }


def _arrivals(instrument: str, planned: str) -> str:
    return planned if instrument == "ours" else "constant"


def artifacts(outcome: Outcome, folder: Path, capture: str) -> list[dict[str, str]]:
    """One entry per kind that a run of this class could have: its file, or why there is none."""
    for empty in (f for f in folder.iterdir() if not f.stat().st_size):
        empty.unlink()
    listed = [_artifact(kind, *file, folder, capture) for kind, file in outcome.files.items()]
    there = {entry["kind"] for entry in listed if "path" in entry}
    reasons = {kind: why for kind, why in outcome.absent.items() if kind not in there}
    return [entry for entry in listed if entry["kind"] not in reasons] + [
        {"kind": kind, "absent_because": why} for kind, why in reasons.items()
    ]


def warnings(setting: Setting, outcome: Outcome) -> list[str]:
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


def _tool(setting: Setting, party: Party, folder: Path) -> dict[str, Any]:
    """Version and command line; places are written relative."""
    bins = {str(program.path.parent): "bin" for program in setting.programs.values()}
    places = {str(folder): ".", str(setting.plan.testbed): "testbed", **bins}
    env = {name: _relative([value], places) for name, value in party.env.items()}
    about = {"version": party.version, "command": _relative(party.command, places)}
    return about | ({"env": env} if env else {}) | ({"build": party.build} if party.build else {})


def _relative(command: list[str], places: dict[str, str]) -> str:
    text = " ".join(command)
    for place, name in places.items():
        text = text.replace(place, name)
    return " ".join(Path(word).name if word.startswith("/") else word for word in text.split(" "))
