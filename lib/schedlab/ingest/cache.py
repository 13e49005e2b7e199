"""Tables of runs, kept as Parquet under a key of what they came from: the file, the readers, the libraries.

`<cache>/tables/<key>/` holds one file per table and `reading.json`. An entry is written under a temporary
name and renamed; one that cannot be read is rebuilt. The cache is `.cache/` of the checkout, or
$SCHEDLAB_CACHE; deleting it costs time only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa

from schedlab.errors import FormatError, MissingTable, UnknownName
from schedlab.model.extend import Reader, Reading
from schedlab.model.run import Artifact, Run
from schedlab.model.tables import GAUGES, Table

_LIBRARY = Path(__file__).parents[1]
_DAMAGE = "damage"
#: libraries that another result may come from
_CALLED = ("numba", "numpy", "pandas", "pyarrow", "scipy")


def folder() -> Path:
    """Where cached tables are kept."""
    return home() / "tables"


def home() -> Path:
    """Where everything is kept that can be had again from the captures."""
    return Path(os.environ.get("SCHEDLAB_CACHE") or _LIBRARY.parents[1] / ".cache")


def table(
    run: Run, schema: Table, kind: str | None, readers: Sequence[Reader], read: Callable
) -> pd.DataFrame:
    """One table of a run (see `ingest.tables`)."""
    found = _artifacts(run, schema, kind, readers)
    if schema is not GAUGES:
        found = found[:1]
    frames = [_reading(artifact, readers, read).tables[schema.name] for artifact in found]
    return frames[0].copy() if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def reading(run: Run, kind: str, readers: Sequence[Reader], read: Callable) -> Reading:
    """The Reading of one artifact of a run (see `ingest.reading`)."""
    artifact = run.artifact(kind)
    if artifact.path is None:
        raise MissingTable(f"run {run.id} has no {kind}: {artifact.absent_because}")
    return _reading(artifact, readers, read)


def _artifacts(run: Run, schema: Table, kind: str | None, readers: Sequence[Reader]) -> list[Artifact]:
    """The artifacts of a run that yield the table; MissingTable says what is absent and why."""
    yields = {r.name: r.yields for r in readers}
    present = [a for a in run.artifacts if a.path is not None and kind in (None, a.kind)]
    found = [a for a in present if schema.name in yields.get(a.format, ())]
    if found:
        return found
    absent = [
        f"{a.kind}: {a.absent_because}" for a in run.artifacts if a.path is None and kind in (None, a.kind)
    ]
    reasons = f" (absent: {'; '.join(absent)})" if absent else ""
    wanted = f"{kind} with" if kind else "artifact that yields"
    raise MissingTable(f"run {run.id} has no {wanted} {schema.name}{reasons}")


def _reading(artifact: Artifact, readers: Sequence[Reader], read: Callable) -> Reading:
    stat = _stat(artifact.path)
    format = artifact.format
    if format not in {r.name for r in readers}:
        raise UnknownName("format", format, [r.name for r in readers])
    return _cached(str(artifact.path), stat.st_mtime_ns, stat.st_size, format, str(folder()), read)


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise FormatError(path, f"is listed in run.json but cannot be read: {error.strerror}") from error


@lru_cache(maxsize=128)
def _cached(path: str, mtime_ns: int, size: int, format: str, place: str, read: Callable) -> Reading:
    """In memory by the file's stamp, on disk by its content."""
    entry = Path(place) / _key(Path(path), format)
    found = _load(entry, lambda: read(path, format))
    if found is None:
        found = read(path, format)
        _store(entry, found)
    return found


def _key(path: Path, format: str) -> str:
    return hashlib.sha256(f"{format} {content(path)} {_code_hash()}".encode()).hexdigest()[:40]


def content(path: Path) -> str:
    """The hash of a file, read once a process while its stamp is the same; FormatError where it is gone."""
    stat = _stat(path)
    return _content(str(path), stat.st_mtime_ns, stat.st_size)


@cache
def _content(path: str, mtime_ns: int, size: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _code_hash() -> str:
    """What decides what a table holds: readers, kernels, schemas, units."""
    return code_hash("ingest", "kernels", "model")


@lru_cache(maxsize=4)
def code_hash(*rooms: str) -> str:
    """One hash over the sources in these folders of the library, what lies below all, and what they call."""
    digest = hashlib.sha256(" ".join([sys.version, *map(version, _CALLED)]).encode())
    sources = [p for room in rooms for p in sorted((_LIBRARY / room).rglob("*.py"))]
    for source in [*sources, _LIBRARY / "units.py", _LIBRARY / "errors.py"]:
        digest.update(str(source.relative_to(_LIBRARY)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def _load(entry: Path, again: Callable[[], Reading]) -> Reading | None:
    """The stored reading, or None where there is none or it is broken."""
    try:
        stored = json.loads((entry / "reading.json").read_text(encoding="utf-8"))
        frames = _Stored(entry, stored["tables"], again)
        damage = pd.read_parquet(entry / f"{_DAMAGE}.parquet") if stored["damage"] else None
        return Reading(stored["format"], frames, stored["facts"], damage, tuple(stored["warnings"]))
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None


class _Stored(Mapping):
    """The tables of an entry, each read when it is first asked for: most questions need one of them."""

    def __init__(self, entry: Path, names: Sequence[str], again: Callable[[], Reading]):
        self._entry, self._again = entry, again
        self._frames: dict[str, pd.DataFrame | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> pd.DataFrame:
        if self._frames[name] is None:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def _read(self, name: str) -> pd.DataFrame:
        """From disk; where that file is broken the artifact is read again, and the entry made anew."""
        try:
            return pd.read_parquet(self._entry / f"{name}.parquet")
        except (OSError, ValueError, pa.ArrowException):
            found = self._again()
            shutil.rmtree(self._entry, ignore_errors=True)
            _store(self._entry, found)
            return found.tables[name]


def _store(entry: Path, found: Reading) -> None:
    """Write under a temporary name, then rename; a reader that was quicker wins."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=entry.parent))
    try:
        for name, frame in found.tables.items():
            frame.to_parquet(draft / f"{name}.parquet", compression="zstd")
        if found.damage is not None:
            found.damage.to_parquet(draft / f"{_DAMAGE}.parquet")
        (draft / "reading.json").write_text(json.dumps(_summary(found)), encoding="utf-8")
        if _load(entry, lambda: found) is None:
            shutil.rmtree(entry, ignore_errors=True)
        with contextlib.suppress(OSError):
            draft.rename(entry)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _summary(found: Reading) -> dict:
    return {
        "format": found.format,
        "tables": list(found.tables),
        "facts": dict(found.facts),
        "damage": found.damage is not None,
        "warnings": list(found.warnings),
    }
