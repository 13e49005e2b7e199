"""What is the same for all runs of a session, and what one run observed before it is written down."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from schedlab.pipeline.capture.order import Task
from schedlab.pipeline.capture.plan import Plan
from schedlab.pipeline.capture.program import Program


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

    def settle(self, task: Task) -> Task:
        """The task with the number of procs in its arm's arguments."""
        arguments = tuple(word.replace("{procs}", str(self.gomaxprocs)) for word in task.arm.arguments)
        return replace(task, arm=replace(task.arm, arguments=arguments))

    def command(self, task: Task) -> list[str]:
        """The program of an arm with its arguments, behind the server's prefix."""
        program = self.programs[task.arm.module, task.arm.program]
        return [*self.plan.host.server_prefix, str(program.path), *task.arm.arguments]

    def env(self, task: Task) -> dict[str, str]:
        """The environment of an arm: GOMAXPROCS and GODEBUG are always set, and its own may change them."""
        return {"GOMAXPROCS": str(self.gomaxprocs), "GODEBUG": "", **task.arm.env}


@dataclass(frozen=True)
class Party:
    """A program that took part in a run: its version, how it was started, and how it was built."""

    version: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    build: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a run observed. `files` maps kinds of artifacts to (file name, format), `absent` to a reason."""

    started_at: str
    clock: dict[str, Any]
    window_ns: tuple[int, int]
    go_version: str
    gomaxprocs: int
    godebug: str
    measured: dict[str, Any]
    parties: dict[str, Party]
    files: dict[str, tuple[str, str]]
    absent: dict[str, str] = field(default_factory=dict)


def clock() -> dict[str, int]:
    """Both clocks read together, so that anything stamped by either can be laid on one axis."""
    return {"wall_ns": time.time_ns(), "monotonic_ns": time.monotonic_ns()}
