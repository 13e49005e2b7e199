"""Where things are: everything is relative to the root of the project, never to the working directory."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    """The project's folder: SCHEDLAB_ROOT, else the checkout this library lies in, else the nearest above."""
    if chosen := os.environ.get("SCHEDLAB_ROOT"):
        return Path(chosen).resolve()
    checkout = Path(__file__).resolve().parents[3]
    candidates = (checkout, *(p for p in (Path.cwd(), *Path.cwd().parents)))
    return next((p for p in candidates if (p / "report" / "plan.toml").is_file()), checkout)


def resolve(path: str | Path) -> Path:
    """A path given by a person: absolute as it is, otherwise below the root."""
    return (root() / Path(path).expanduser()).resolve()


def shown(path: Path) -> str:
    """A path for a message: relative to the root where it lies below it."""
    return str(path.relative_to(root())) if path.is_relative_to(root()) else str(path)


def cache() -> Path:
    """The folder of finished notebook runs."""
    return root() / ".cache" / "runs"


def build() -> Path:
    """The folder of the rendered report: SCHEDLAB_BUILD, else report/_build."""
    return resolve(os.environ.get("SCHEDLAB_BUILD") or "report/_build")
