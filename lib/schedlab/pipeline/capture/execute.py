"""One run, from start to run.json: server, warm-up, load, captures, the account of the CPU."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import load, manifest, processes, profiles
from schedlab.pipeline.capture.build import Program
from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.plan import Plan, Scenario
from schedlab.pipeline.capture.server import Server, serving


@dataclass(frozen=True)
class Setting:
    """What is the same for all runs of a session."""

    plan: Plan
    programs: dict[tuple[str, str], Program]
    host: dict[str, Any]
    experiment: str

    @property
    def cores(self) -> int:
        return self.host["cores"]

    @property
    def gomaxprocs(self) -> int:
        return self.plan.gomaxprocs or self.cores


@dataclass(frozen=True)
class Outcome:
    """What a run observed, before it is written down."""

    window_ns: tuple[int, int]
    measured: dict[str, Any]
    gomaxprocs: int
    load: load.Load
    server_command: list[str]
    profile_times: dict[str, tuple[int, int]]
    started_at: str
    clock: dict[str, Any]


def execute(setting: Setting, task: Task, folder: Path, attempt: int = 1) -> dict[str, Any]:
    """Make one run in `folder` (which must exist, empty) and return its run.json, already written."""
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    clock = {"start": _clock()}
    command, env = _server(setting, task)
    with serving(command, env, folder / "server.stderr.gz") as server:
        tool, window, measured, times = _load(setting, task, server, folder)
    clock["end"] = _clock()
    window = load.window_of(task.scenario, folder, window)
    measured |= load.facts(task.scenario, folder) | {"attempt": attempt}
    outcome = Outcome(window, measured, server.gomaxprocs, tool, command, times, started_at, clock)
    content = manifest.compose(setting, task, outcome, folder)
    (folder / "run.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return content


def _server(setting: Setting, task: Task) -> tuple[list[str], dict[str, str]]:
    program = setting.programs[task.arm.module, task.arm.program]
    command = [*setting.plan.host.server_prefix, str(program.path), *task.arm.arguments]
    env = {"GOMAXPROCS": str(setting.gomaxprocs), "GODEBUG": "", **task.arm.env}
    if task.capture == "instrumented":
        env["GODEBUG"] = ",".join(filter(None, (env["GODEBUG"], setting.plan.instrumented.godebug)))
        command.append("-contention")
    return command, env


def _load(setting: Setting, task: Task, server: Server, folder: Path):
    """Warm up, load and watch; returns the tool, its window, what was measured, and when profiles ran."""
    client = setting.programs.get((task.arm.module, "load")) if task.arm.protocol != "http1" else None
    client = client or setting.programs[".", "load"]
    scenario = task.scenario
    if scenario.instrument != "ours":
        _warm_up(setting, task, server, client)
    tool = load.make(setting.plan, scenario, server.service, task.seed, folder, client)
    if task.arm.protocol != "http1" and scenario.instrument == "ours":
        tool = replace(tool, command=[*tool.command, f"-protocol={task.arm.protocol}"])
    command = [*setting.plan.host.client_prefix, *tool.command]
    out = (folder / tool.stdout).open("wb") if tool.stdout else subprocess.PIPE
    process = processes.start(command, tool.env, tool.nice, stdout=out, stderr=subprocess.DEVNULL)
    try:
        window = _window(process, scenario)
        measured, times = _watch(setting, task, server, process, window, folder)
        if process.wait(30):
            raise SchedlabError(f"{tool.tool} ended with exit code {process.returncode} in run {task.id}")
    finally:
        processes.end(process)
        if tool.stdout:
            out.close()
    return tool, window, measured, times


def _warm_up(setting: Setting, task: Task, server: Server, client: Program) -> None:
    """Other tools have no warm-up of their own: ours warms the server, closed loop, and is not recorded."""
    s = task.scenario
    options = [f"-target={server.service}", "-loop=closed", "-warm-up=0", f"-measure={s.warm_up_s}"]
    command = [str(client.path), *options, f"-connections={s.connections}", f"-body={s.body_bytes}"]
    quiet = subprocess.DEVNULL
    process = processes.start(command, {}, stdout=quiet, stderr=quiet)
    try:
        process.wait(s.warm_up_s + 10)
    finally:
        processes.end(process)


def _window(process: subprocess.Popen, scenario: Scenario) -> tuple[int, int]:
    """The measured part: our client announces it, for other tools it is from now on for their duration."""
    if scenario.instrument != "ours":
        now = time.time_ns()
        return now, now + int(max(1, round(scenario.measure_s)) * 1e9)
    line = process.stdout.readline()
    if not line:
        raise SchedlabError(f"the load client did not start: exit code {process.wait(5)}")
    window = json.loads(line)["window"]
    return window["start_ns"], window["end_ns"]


def _watch(setting, task, server, process, window, folder) -> tuple[dict[str, Any], dict]:
    """Count CPU over the window, dump the runtime's metrics around it, take profiles inside it."""
    pids = {"server": server.process.pid, "client": process.pid}
    nice = processes.nice_of(process.pid)
    _sleep_until(window[0])
    before = processes.read_meter(pids, time.monotonic())
    (folder / "metrics_before.json").write_bytes(server.get("/dump"))
    times = {}
    if task.capture == "instrumented":
        times = profiles.take(server, setting.plan.instrumented, folder)
    _sleep_until(window[1] - 50_000_000)
    after = processes.read_meter(pids, time.monotonic())
    _sleep_until(window[1])
    (folder / "metrics_after.json").write_bytes(server.get("/dump"))
    measured = processes.shares(before, after, setting.cores) | {"client_nice": nice}
    return measured, times


def _sleep_until(wall_ns: int) -> None:
    time.sleep(max(0.0, (wall_ns - time.time_ns()) / 1e9))


def _clock() -> dict[str, int]:
    """Both clocks read together, so that anything stamped by either can be laid on one axis."""
    return {"wall_ns": time.time_ns(), "monotonic_ns": time.monotonic_ns()}
