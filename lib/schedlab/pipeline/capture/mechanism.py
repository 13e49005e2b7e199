"""One run of a mechanism program: executed once, its JSON kept, the account of the CPU around it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import manifest, perf, proc_net, processes
from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.outcome import Outcome, Party, Setting, clock
from schedlab.pipeline.capture.processes import Meter
from schedlab.pipeline.capture.profiles import PAGES
from schedlab.pipeline.capture.server import stamping

RESULT = ("mechanism.json", "schedlab-mechanism")


def execute(setting: Setting, task: Task, folder: Path, attempt: int = 1) -> dict[str, Any]:
    """Run a program in `folder` (which must exist, empty) and return its run.json, already written."""
    started_at, start = datetime.now(UTC).isoformat(timespec="seconds"), clock()
    command, env = [*setting.command(task), f"-seed={task.seed}"], setting.env(task)
    counted = [*perf.around(setting, folder), *command]
    net, before = proc_net.read(), _meter()
    _run(task.arm.program, counted, env, folder, limit_s=10 * task.scenario.measure_s + 10)
    after = _meter()
    proc_net.write(folder / "proc_net.json", net, proc_net.read())
    end = clock()
    program = setting.programs[task.arm.module, task.arm.program]
    outcome = Outcome(
        started_at=started_at,
        clock={"start": start, "end": end},
        window_ns=_window(folder / RESULT[0]) or (start["wall_ns"], end["wall_ns"]),
        go_version=program.go_version,
        gomaxprocs=int(env["GOMAXPROCS"]),
        godebug=env["GODEBUG"],
        measured=processes.shares(before, after, setting.cores) | {"attempt": attempt},
        parties={"server": Party(program.go_version, command, task.arm.env, program.build)},
        files={"mechanism": RESULT, "perf_stat": perf.FILE} | _written(folder) | manifest.EVERY,
        absent={"perf_stat": perf.absent(setting)},
    )
    return manifest.write(setting, task, outcome, folder)


def _run(name: str, command: list[str], env: dict[str, str], folder: Path, limit_s: float) -> None:
    """Execute to the end; SchedlabError repeats the last line of a program that failed."""
    with (folder / RESULT[0]).open("wb") as out:
        process = processes.start(command, env, cwd=folder, stdout=out, stderr=subprocess.PIPE)
        try:
            with stamping(process, folder / "server.stderr.gz"):
                processes.wait(process, limit_s)
        finally:
            processes.end(process)
    if process.returncode:
        lines = gzip.decompress((folder / "server.stderr.gz").read_bytes()).decode("utf-8", "replace")
        last = (lines.strip().splitlines() or ["nothing"])[-1].partition(" ")[2]
        raise SchedlabError(f"{name} ended with exit code {process.returncode}; the last it said: {last}")


def _meter() -> Meter:
    """The account of the CPU; programs that have ended count as the server."""
    times = os.times()
    meter = processes.read_meter({}, time.monotonic())
    ended = times.children_user + times.children_system
    return replace(meter, ours_s={**meter.ours_s, "server": ended})


def _window(path: Path) -> tuple[int, int] | None:
    """The measured part as the program says it; SchedlabError where it printed no JSON."""
    try:
        window = json.loads(path.read_text(encoding="utf-8")).get("window")
    except ValueError as error:
        raise SchedlabError(f"a mechanism program must print one JSON object: {error}") from error
    return (window["start_ns"], window["end_ns"]) if window else None


def _written(folder: Path) -> dict[str, tuple[str, str]]:
    """The profiles and the trace that the program left, compressed as those of a server."""
    raw = folder / "trace.out"
    if raw.is_file():
        (folder / "trace.out.gz").write_bytes(gzip.compress(raw.read_bytes(), 9))
        raw.unlink()
    return {page.kind: (page.file, page.format) for page in PAGES.values() if (folder / page.file).is_file()}
