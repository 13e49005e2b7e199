"""One run of a server under load, from start to run.json: warm-up, load, captures, the account of the CPU."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schedlab.pipeline.capture import loading, manifest, perf, proc_net, processes, profiles
from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.outcome import Outcome, Party, Setting, clock
from schedlab.pipeline.capture.server import Server, reached, serving


def execute(setting: Setting, task: Task, folder: Path, attempt: int = 1) -> dict[str, Any]:
    """Make one run in `folder` (which must exist, empty) and return its run.json, already written."""
    started_at, start = datetime.now(UTC).isoformat(timespec="seconds"), clock()
    with _server(setting, task, folder) as server, contextlib.ExitStack() as stack:
        stage = loading.Stage(setting, task, server, folder)
        tools = loading.start(stage, stack)
        window, measured, times = _watch(stage, tools)
        loading.wait(tools)
    clocks = {"start": start, "end": clock()} | times
    window, said = loading.said(tools, window)
    outcome = Outcome(
        started_at=started_at,
        clock=clocks,
        window_ns=window,
        go_version=server.go_version,
        gomaxprocs=server.gomaxprocs,
        godebug=_godebug(setting, task),
        measured=measured | said | {"attempt": attempt},
        parties=_parties(stage, tools),
        files={kind: file for tool in tools for kind, file in tool.load.files.items()} | manifest.SERVED,
        absent=_absent(setting, tools),
    )
    return manifest.write(setting, task, outcome, folder)


def _server(setting: Setting, task: Task, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The arm's server: ours to start, or one that the plan names."""
    if task.arm.service:
        return reached(task.arm.service, task.arm.debug)
    command = setting.command(task) + ["-contention"] * (task.capture == "instrumented")
    env = setting.env(task) | {"GODEBUG": _godebug(setting, task)}
    return serving(command, env, folder / "server.stderr.gz")


def _godebug(setting: Setting, task: Task) -> str:
    own = task.arm.env.get("GODEBUG", "")
    added = setting.plan.instrumented.godebug if task.capture == "instrumented" else ""
    return ",".join(filter(None, (own, added)))


def _watch(stage: loading.Stage, tools: list[loading.Running]) -> tuple:
    """Count CPU over the window, read runtime's and kernel's counters around it, profile inside it."""
    window, server, folder = loading.window_of(tools[0]), stage.server, stage.folder
    pids = server.pids | {"client": tools[0].process.pid}
    pids |= {f"{tool.load.tool}_beside": tool.process.pid for tool in tools[1:]}
    nice = processes.nice_of(tools[0].process.pid)
    _sleep_until(window[0])
    before, net = processes.read_meter(pids, time.monotonic()), proc_net.read()
    (folder / "metrics_before.json").write_bytes(server.get("/dump"))
    times = _profile(stage, window[1]) if stage.task.capture == "instrumented" else {}
    _sleep_until(window[1] - 50_000_000)
    after = processes.read_meter(pids, time.monotonic())
    _sleep_until(window[1])
    (folder / "metrics_after.json").write_bytes(server.get("/dump"))
    proc_net.write(folder / "proc_net.json", net, proc_net.read())
    return window, processes.shares(before, after, stage.setting.cores) | {"client_nice": nice}, times


def _profile(stage: loading.Stage, end_ns: int) -> dict[str, Any]:
    """Profiles one after the other, hardware counters beside them; returns when each was taken."""
    with perf.counting(stage.setting, stage.server, end_ns, stage.folder):
        return {"profiles": profiles.take(stage.server, stage.setting.plan.instrumented, stage.folder)}


def _parties(stage: loading.Stage, tools: list[loading.Running]) -> dict[str, Party]:
    arm, server = stage.task.arm, stage.server
    program = stage.setting.programs.get((arm.module, arm.program))
    prefix = stage.setting.plan.host.client_prefix
    loads = [tool.load for tool in tools]
    return {"server": Party(server.go_version, server.command, build=program.build if program else "")} | {
        load.tool: Party(load.version, [*prefix, *load.command], load.env) for load in loads
    }


def _absent(setting: Setting, tools: list[loading.Running]) -> dict[str, str]:
    """Why some artifacts cannot be there."""
    reason = "only our client in an open loop logs every request here; see the tool's own output"
    if getattr(tools[0].job.scenario, "log", True) is False:
        reason = "the plan asks for no log of single requests; the client's histogram has all latencies"
    return {"requests": reason, "perf_stat": perf.absent(setting)}


def _sleep_until(wall_ns: int) -> None:
    time.sleep(max(0.0, (wall_ns - time.time_ns()) / 1e9))
