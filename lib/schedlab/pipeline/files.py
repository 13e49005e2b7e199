"""Files that are either complete or not there: written beside their place, then renamed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any


def write(path: Path, content: str | bytes) -> None:
    """Write a file so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    draft.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(draft, path)


def write_json(path: Path, content: Any) -> None:
    """Write JSON a person can read; not-a-number becomes null, which every JSON reader accepts."""
    write(path, json.dumps(_plain(content), indent=1, ensure_ascii=False) + "\n")


def swap(draft: Path, place: Path) -> None:
    """Put a finished folder in its place; the old one is gone only when the new one stands."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".{place.name}.{os.getpid()}.old")
    if place.exists():
        os.rename(place, old)
    os.rename(draft, place)
    shutil.rmtree(old, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove drafts `.NAME.PID.partial` that a killed process left, and only those."""
    for draft in folder.glob(".*.partial"):
        pid = draft.name.split(".")[-2]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(draft) if draft.is_dir() else draft.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, str):
        return _plain(value.item())
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
