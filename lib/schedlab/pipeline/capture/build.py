"""Making the programs of the testbed with one Go toolchain, outside of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.plan import Plan


@dataclass(frozen=True)
class Program:
    """A built program: where it is, which Go made it, and what `go version -m` says of it."""

    path: Path
    go_version: str
    build: str


def find_go(root: Path, wish: str | None = None) -> str:
    """The Go to use: the one asked for, else the one in .venv-capture, else the one on the PATH."""
    for candidate in (wish, root / ".venv-capture" / "bin" / "go", shutil.which("go")):
        if candidate and Path(candidate).is_file():
            return str(candidate)
    raise SchedlabError(
        "no Go found; make one with: python3 -m venv .venv-capture && "
        ".venv-capture/bin/pip install -r data/testbed/tools.lock"
    )


def build_all(plan: Plan, go: str) -> dict[tuple[str, str], Program]:
    """Every program the plan needs, by (module, program); the load client of each module too."""
    wanted = {(".", "load")} | {(arm.module, arm.program) for arm in plan.arm}
    wanted |= {(arm.module, "load") for arm in plan.arm if arm.protocol != "http1"}
    return {key: build(plan.testbed, *key, go) for key in sorted(wanted)}


def build(testbed: Path, module: str, program: str, go: str) -> Program:
    """Build one program; SchedlabError repeats what the compiler said."""
    target = cache() / module.strip(".").replace("/", "-") / program
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(target), f"./cmd/{program}"]
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
