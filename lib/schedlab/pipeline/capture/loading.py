"""The load of a run: started after a warm-up, joined by others, waited for, and asked what it achieved."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import processes
from schedlab.pipeline.capture.build import TOOLS, client_of
from schedlab.pipeline.capture.instruments import INSTRUMENTS, Instrument, Job, Load
from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.outcome import Setting
from schedlab.pipeline.capture.plan import Beside, Scenario
from schedlab.pipeline.capture.server import Server


@dataclass(frozen=True)
class Stage:
    """A run in the making: what, on which server, and where its files go."""

    setting: Setting
    task: Task
    server: Server
    folder: Path


@dataclass(frozen=True)
class Running:
    """A load tool at work."""

    instrument: Instrument
    job: Job
    load: Load
    process: subprocess.Popen


def start(stage: Stage, stack: contextlib.ExitStack) -> list[Running]:
    """Start the load, after a warm-up where the tool has none of its own, and whatever joins in."""
    if stage.task.scenario.instrument != "ours":
        _warm_up(stage)
    first = stack.enter_context(_loading(stage, stage.task.scenario))
    return [first, *_join(stage, stack)]


def window_of(tool: Running) -> tuple[int, int]:
    """The measured part: our client announces it, for other tools it is from now on for their duration."""
    if tool.instrument.name != "ours":
        now = time.time_ns()
        return now, now + tool.job.seconds * 10**9
    line = tool.process.stdout.readline()
    if not line:
        raise SchedlabError(f"the load client did not start: exit code {tool.process.wait(5)}")
    window = json.loads(line)["window"]
    return window["start_ns"], window["end_ns"]


def wait(tools: list[Running], patience_s: float = 30.0) -> None:
    """Wait until every tool is done and its files are as it lists them; SchedlabError when one failed."""
    for tool in tools:
        if code := processes.wait(tool.process, patience_s):
            raise SchedlabError(f"{tool.load.tool} ended with exit code {code}")
        if tool.instrument.finish:
            tool.instrument.finish(tool.job)


def said(tools: list[Running], window: tuple[int, int]) -> tuple[tuple[int, int], dict[str, Any]]:
    """The window, as a tool that starts late says it, and what each tool says; of the later ones by name."""
    all_facts: dict[str, Any] = {}
    for tool in reversed(tools):
        facts = tool.instrument.facts(tool.job.folder)
        later = {f"{tool.load.tool}_{key}": value for key, value in facts.items()}
        all_facts |= facts if tool is tools[0] else later
        if tool.instrument.window:
            really = tool.instrument.window(tool.job.folder)
            window = really if len(tools) == 1 else (min(window[0], really[0]), max(window[1], really[1]))
    return window, all_facts


def _join(stage: Stage, stack: contextlib.ExitStack) -> Iterator[Running]:
    for beside in stage.task.scenario.beside:
        time.sleep(beside.after_s)
        yield stack.enter_context(_loading(stage, beside))


@contextlib.contextmanager
def _loading(stage: Stage, how: Scenario | Beside) -> Iterator[Running]:
    """A load tool inside a `with`; it is ended when the block is left."""
    instrument, job = INSTRUMENTS[how.instrument], _job(stage, how)
    load = instrument.prepare(job)
    command = [*stage.setting.plan.host.client_prefix, *load.command]
    with contextlib.ExitStack() as stack:
        out = subprocess.PIPE
        if load.stdout:
            out = stack.enter_context((stage.folder / load.stdout).open("wb"))
        streams = {"stdout": out, "stderr": subprocess.DEVNULL}
        process = processes.start(command, load.env, load.nice, cwd=stage.folder, **streams)
        stack.callback(processes.end, process)
        yield Running(instrument, job, load, process)


def _job(stage: Stage, how: Scenario | Beside) -> Job:
    setting, task = stage.setting, stage.task
    key = client_of(task.arm.protocol) if how.instrument == "ours" else (TOOLS, how.instrument)
    return Job(
        scenario=how,
        protocol=task.arm.protocol,
        target=stage.server.service,
        seed=task.seed,
        folder=stage.folder,
        testbed=setting.plan.testbed,
        program=setting.programs.get(key),
        measure_s=task.scenario.measure_s,
    )


def _warm_up(stage: Stage) -> None:
    """Other tools have no warm-up of their own: ours warms the server, closed loop, and is not recorded."""
    s, protocol = stage.task.scenario, stage.task.arm.protocol
    client = stage.setting.programs[client_of(protocol)]
    options = {"target": stage.server.service, "protocol": protocol, "loop": "closed", "warm-up": 0}
    options |= {"measure": s.warm_up_s, "connections": s.connections, "body": s.body_bytes}
    command = [str(client.path), *(f"-{name}={value}" for name, value in options.items())]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = processes.start(command, {}, cwd=stage.folder, **quiet)
    try:
        processes.wait(process, s.warm_up_s + 10)
    finally:
        processes.end(process)
