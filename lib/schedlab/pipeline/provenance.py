"""Where a result comes from: the commit, the machine, the versions."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from schedlab.pipeline import places


@lru_cache(maxsize=1)
def of_this_machine() -> dict[str, Any]:
    """The commit (with + where files differ from it), Python, processor and cores."""
    return {
        "commit": commit(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
    }


def commit() -> str:
    """The short hash of the commit, `+` after it where the files differ, empty outside a repository."""
    found = _git("rev-parse", "--short=10", "HEAD")
    return found + ("+" if found and _git("status", "--porcelain", "--untracked-files=no") else "")


def time_stamp() -> int:
    """Seconds since 1970 that date the report: SOURCE_DATE_EPOCH, else the commit's, else the plan's file."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if found := _git("log", "-1", "--format=%ct"):
        return int(found)
    return int((places.root() / "report" / "plan.toml").stat().st_mtime)


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(places.root()), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
