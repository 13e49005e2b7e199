"""What a result depends on, as one hash: equal key, equal result, so nothing need run again.

The key covers five things, always: the notebook's cells, its resolved parameters, the library, the data it
reads, and the lock file (with Python's version); and the keys of the notebooks whose values it reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from schedlab.pipeline import notebook as nb
from schedlab.pipeline import only, places
from schedlab.pipeline.plan import Step, runs_of

_PASSED_OVER = ("__pycache__", ".ipynb_checkpoints")


def key(step: Step, after: Iterable[str] = (), trees: dict[Path, str] | None = None) -> str:
    """The key of one notebook run, 32 hexadecimal digits."""
    return digest(parts(step, after, trees))[:32]


def parts(step: Step, after: Iterable[str] = (), trees: dict[Path, str] | None = None) -> dict[str, Any]:
    """What the key is made of, each part hashed by itself, so that a person can see which one changed.

    `trees` remembers the hashes of data between steps that read the same.
    """
    trees = {} if trees is None else trees
    about = places.resolve(step.parameters["data"]) if step.only else None
    reads = [path for path in step.reads if path != about]
    trees.update({path: tree_hash(path) for path in reads if path not in trees})
    return {
        "notebook": notebook_hash(step.path),
        "parameters": step.parameters,
        "library": library_hash(),
        "data": {places.shown(path): trees[path] for path in reads} | _chosen(about, step.only),
        "lock": lock_hash(),
        "after": sorted(after),
    }


def _chosen(data: Path | None, wanted: dict[str, list[str]]) -> dict[str, str]:
    """The hash of the runs that a step is about, where it is not about all."""
    if data is None:
        return {}
    said = ", ".join(f"{name} {' or '.join(levels)}" for name, levels in sorted(wanted.items()))
    runs = {places.shown(run.folder): tree_hash(run.folder) for run in only.chosen(runs_of(data), wanted)}
    return {f"{places.shown(data)} ({said})": digest(runs)}


def digest(content: Any) -> str:
    """sha256 of JSON with sorted keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def notebook_hash(path: Path) -> str:
    """The cells' kind, text and tags; outputs and editor metadata do not count."""
    cells = nb.read(path)["cells"]
    return digest([(cell["cell_type"], nb.source(cell), nb.tags(cell)) for cell in cells])


@cache
def library_hash() -> str:
    """Everything in the schedlab package that runs, whichever checkout it lies in."""
    return tree_hash(Path(__file__).resolve().parents[1])


@cache
def lock_hash() -> str:
    """The lock file, and the Python that runs."""
    lock = places.root() / "requirements.lock"
    return digest([tree_hash(lock) if lock.is_file() else "no lock", sys.version])


def tree_hash(path: Path) -> str:
    """Names and contents of the files below a folder, or of one file; hidden and unfinished ones excepted."""
    if path.is_file():
        return _file_hash(str(path), *_stamp(path.stat()))
    return digest(sorted((name, _file_hash(file, *stamp)) for name, file, stamp in _below(str(path), "")))


def _below(folder: str, prefix: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """(name from the top, path, stamp) of every file that counts; strings, for there are thousands."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name in _PASSED_OVER or name.endswith((".partial", ".pyc")):
                continue
            if entry.is_dir():
                yield from _below(entry.path, f"{prefix}{name}/")
            elif entry.is_file():
                yield prefix + name, entry.path, _stamp(entry.stat())


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


@cache
def _file_hash(path: str, size: int, mtime_ns: int) -> str:
    """Contents are read once per process: several notebooks read the same runs."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
