"""A built program of the testbed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """Where it is, which Go made it, and what `go version -m` says of it."""

    path: Path
    go_version: str
    build: str

    @property
    def version(self) -> str:
        """Name and version of the module it was built from."""
        words = next((line.split() for line in self.build.splitlines() if line.startswith("mod")), [])
        return " ".join(words[1:3])
