"""How to make the report again: the commands of the Makefile, the hashes of what it is made of."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pandas as pd

from schedlab.pipeline import places

_TARGET = re.compile(r"^([a-z][a-z-]*):.*?## (.+)$", re.MULTILINE)
#: what a report depends on besides its data and notebooks
_MADE_OF = ("requirements.lock", "pyproject.toml", "report/plan.toml", "data/testbed/tools.lock")


def commands(makefile: str | Path) -> pd.DataFrame:
    """What `make` can do: command, does, with (the variables that change it)."""
    text = Path(makefile).read_text(encoding="utf-8")
    rows = [(f"make {name}", *_words(said)) for name, said in _TARGET.findall(text)]
    return pd.DataFrame(rows, columns=["command", "does", "with"])


def made_of() -> pd.DataFrame:
    """The files that fix everything but the data, by the beginning of their SHA-256."""
    files = {name: places.root() / name for name in _MADE_OF}
    rows = [(name, _hash(path)) for name, path in files.items() if path.is_file()]
    return pd.DataFrame(rows, columns=["file", "sha256"])


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _words(said: str) -> tuple[str, str]:
    does, _, variables = said.partition("   ")
    return does.strip(), variables.strip()
