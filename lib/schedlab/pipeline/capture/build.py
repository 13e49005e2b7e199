"""Making the programs of the testbed with one Go toolchain, outside of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.checker import source
from schedlab.pipeline.capture.instruments import INSTRUMENTS
from schedlab.pipeline.capture.plan import Plan, Scenario
from schedlab.pipeline.capture.program import Program

#: the module that pins the load tools written in Go
TOOLS = "tools"
Programs = dict[tuple[str, str], Program]


def find_go(root: Path, wish: str | None = None) -> str:
    """The Go to use: the one asked for, else the one in .venv-capture, else the one on the PATH."""
    for candidate in (wish, root / ".venv-capture" / "bin" / "go", shutil.which("go")):
        if candidate and Path(candidate).is_file():
            return str(candidate)
    raise SchedlabError(
        "no Go found; make one with: python3 -m venv .venv-capture && "
        ".venv-capture/bin/pip install -r data/testbed/tools.lock"
    )


def build_all(plan: Plan, go: str) -> Programs:
    """Every program the plan needs, by (module, program): servers, clients, mechanisms, load tools."""
    arms = [arm for way in plan.ways for arm in plan.arms_of(way)]
    wanted = {(arm.module, arm.program) for arm in arms if arm.program}
    if plan.scenario:
        wanted |= {client_of(arm.protocol) for arm in arms}
    tools = {tool for s in plan.scenario for tool in instruments_of(s) if INSTRUMENTS[tool].package}
    wanted |= {(TOOLS, tool) for tool in tools}
    return {key: build(plan.testbed, *key, go) for key in sorted(wanted)}


def client_of(protocol: str) -> tuple[str, str]:
    """Our load client for a protocol: only gRPC needs more than the standard library."""
    return ("frameworks" if protocol == "grpc" else ".", "load")


def instruments_of(scenario: Scenario) -> tuple[str, ...]:
    """The load tools of a scenario, the one that joins in last."""
    return (scenario.instrument, *(beside.instrument for beside in scenario.beside))


def build(testbed: Path, module: str, program: str, go: str) -> Program:
    """Build one program; SchedlabError repeats what the compiler said."""
    target = cache() / module.strip(".").replace("/", "-") / program
    target.parent.mkdir(parents=True, exist_ok=True)
    package = INSTRUMENTS[program].package if module == TOOLS else f"./{source(program)}"
    command = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(target), package]
    _run(command, testbed / module)
    said = _run([go, "version", "-m", str(target)], testbed).splitlines()
    return Program(target, said[0].rsplit(" ", 1)[1], "\n".join(line.strip() for line in said[1:]))


def cache() -> Path:
    """Where built programs are kept: apart from the repository, so that profiles do not name its place."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "schedlab" / "testbed"


def _run(command: list[str], folder: Path) -> str:
    env = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SchedlabError(f"{' '.join(command[1:])} in {folder} failed: {done.stderr.strip()}")
    return done.stdout
