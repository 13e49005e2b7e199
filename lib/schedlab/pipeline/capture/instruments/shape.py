"""What a load tool is to the harness."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.plan import Beside, Scenario
from schedlab.pipeline.capture.program import Program

#: artifact kind -> (file name, format)
Files = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Job:
    """One run's worth of load: how much of it, on whom, and where its files go."""

    scenario: Scenario | Beside
    protocol: str
    target: str
    seed: int
    folder: Path
    testbed: Path
    program: Program | None = None
    measure_s: float = 0.0

    @property
    def seconds(self) -> int:
        """The duration for tools that count in whole seconds."""
        return max(1, round(self.measure_s))


@dataclass(frozen=True)
class Load:
    """One load tool ready to start: its command, environment, version, and the files it will leave."""

    tool: str
    version: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    stdout: str = ""
    nice: int = 0


@dataclass(frozen=True)
class Instrument:
    """A kind of load tool.

    `prepare` makes the command; `facts` says what the tool achieved, from the files it left; `window` reads
    there when it really loaded (Unix ns), for tools that take a while to start; `finish` turns its files
    into those it lists. `package` is what Go builds it from, in the module `tools/` of the testbed.
    """

    name: str
    protocols: tuple[str, ...]
    prepare: Callable[[Job], Load]
    facts: Callable[[Path], dict[str, Any]]
    window: Callable[[Path], tuple[int, int]] | None = None
    finish: Callable[[Job], None] | None = None
    package: str = ""


def find(tool: str) -> str:
    """Where an installed tool is; SchedlabError where it is not."""
    beside = Path.cwd() / ".venv-capture" / "bin" / tool
    found = str(beside) if beside.is_file() else shutil.which(tool)
    found = found or shutil.which(str(Path(sys.executable).with_name(tool)))
    if not found:
        raise SchedlabError(f"{tool} is not installed, but a scenario of the plan needs it")
    return found


def pack(file: Path) -> None:
    """Compress a file that a tool has left."""
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9))
    file.unlink()


def first_line(command: list[str]) -> str:
    """The first line that a command prints: mostly its version."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0].strip()
