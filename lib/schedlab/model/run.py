"""A run: one execution of one arm under one scenario, as its `run.json` describes it.

`run.json`, schema 1, stands beside the artifacts it lists. It is written once by the capture and never
changed. Everything the analysis may ask about a run without opening an artifact is in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedlab.errors import RunError, UnknownName

SCHEMA = 1

#: field of run.json -> (the types it may have, whether it must be there)
_FIELDS: dict[str, tuple[tuple[type, ...], bool]] = {
    "schema": ((int,), True),
    "id": ((str,), True),
    "experiment": ((str,), True),
    "arm": ((str,), True),
    "scenario": ((str,), True),
    "capture": ((str,), True),
    "factors": ((dict,), True),
    "repetition": ((int,), True),
    "block": ((int,), True),
    "order": ((int,), True),
    "go_version": ((str,), True),
    "gomaxprocs": ((int,), True),
    "started_at": ((str,), True),
    "window": ((dict,), True),
    "host": ((dict,), True),
    "tools": ((dict,), True),
    "artifacts": ((list,), True),
    "godebug": ((str,), False),
    "clock": ((dict,), False),
    "warnings": ((list,), False),
    "measured": ((dict,), False),
}

#: the classes of capture: latency only, or with schedtrace, profiles and traces, or with a second load tool,
#: or of a program that shows one mechanism by itself
CAPTURES = ("quiet", "instrumented", "second-instrument", "mechanism")


@dataclass(frozen=True)
class Artifact:
    """One file of a run, or the reason why there is none."""

    kind: str
    path: Path | None
    format: str = ""
    sha256: str = ""
    absent_because: str = ""


@dataclass(frozen=True)
class Run:
    """One execution; the unit of inference.

    `repetition` counts from 1 within arm and scenario, `block` groups the runs that were interleaved,
    `order` is the position in the session of captures. `window_ns` is (start, end) of the measured part
    as Unix nanoseconds, warm-up excluded. `factors` are the levels that differ between runs (offered rate,
    connections, ...), `measured` what the harness itself observed (share of CPU used by others, ...).
    """

    id: str
    experiment: str
    arm: str
    scenario: str
    capture: str
    factors: dict[str, Any]
    repetition: int
    block: int
    order: int
    go_version: str
    gomaxprocs: int
    godebug: str
    started_at: str
    window_ns: tuple[int, int]
    clock: dict[str, Any]
    host: dict[str, Any]
    tools: dict[str, Any]
    measured: dict[str, Any]
    artifacts: tuple[Artifact, ...]
    folder: Path
    warnings: tuple[str, ...] = field(default=())

    def artifact(self, kind: str) -> Artifact:
        """The artifact of that kind; UnknownName where run.json does not mention it at all."""
        for artifact in self.artifacts:
            if artifact.kind == kind:
                return artifact
        raise UnknownName(f"artifact of run {self.id}", kind, [a.kind for a in self.artifacts])

    def has(self, kind: str) -> bool:
        """Whether the run has a file of that kind."""
        return any(a.kind == kind and a.path is not None for a in self.artifacts)

    @property
    def left_out(self) -> str:
        """Why no number of this run may stand beside those of others; empty where it may."""
        kept = self.measured.get("kept_schedule", True)
        return "" if kept else "the load client could not keep the schedule of this run"


def read_run(folder: str | Path) -> Run:
    """Read and check `folder/run.json`; RunError says which field is wrong and what it should be."""
    folder = Path(folder)
    path = folder / "run.json"
    raw = _load(path)
    _check_fields(raw, path)
    return Run(
        **{k: raw[k] for k in ("id", "experiment", "arm", "scenario", "capture", "factors", "repetition")},
        **{k: raw[k] for k in ("block", "order", "go_version", "gomaxprocs", "started_at", "host", "tools")},
        godebug=raw.get("godebug", ""),
        window_ns=_window(raw["window"], path),
        clock=raw.get("clock", {}),
        measured=raw.get("measured", {}),
        warnings=tuple(raw.get("warnings", ())),
        artifacts=tuple(_artifact(a, i, path) for i, a in enumerate(raw["artifacts"])),
        folder=folder,
    )


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RunError(f"{path.parent}: no run.json; every run folder needs one (see data/README.md)")
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", 1)
        raise RunError(f"{path}:{line}: not valid JSON: {getattr(error, 'msg', error)}") from error
    if not isinstance(raw, dict):
        raise RunError(f"{path}:1: run.json must hold one object, not {type(raw).__name__}")
    return raw


def _check_fields(raw: dict[str, Any], path: Path) -> None:
    if raw.get("schema") != SCHEMA:
        raise RunError(f"{path}: schema is {raw.get('schema')!r}; this schedlab reads schema {SCHEMA}")
    for name, (kinds, required) in _FIELDS.items():
        if name not in raw:
            if required:
                raise RunError(f"{path}: field {name!r} is missing")
            continue
        if not isinstance(raw[name], kinds) or isinstance(raw[name], bool):
            wanted = " or ".join(k.__name__ for k in kinds)
            raise RunError(f"{path}: field {name!r} must be {wanted}, not {type(raw[name]).__name__}")
    if raw["capture"] not in CAPTURES:
        raise RunError(
            f"{path}: field 'capture' must be one of {', '.join(CAPTURES)}, not {raw['capture']!r}"
        )
    if raw["gomaxprocs"] < 1:
        raise RunError(f"{path}: field 'gomaxprocs' must be at least 1, not {raw['gomaxprocs']}")


def _window(raw: dict[str, Any], path: Path) -> tuple[int, int]:
    start, end = raw.get("start_ns"), raw.get("end_ns")
    if not (isinstance(start, int) and isinstance(end, int) and start < end):
        raise RunError(f"{path}: field 'window' needs integers start_ns < end_ns, not {raw!r}")
    return start, end


def _artifact(raw: Any, index: int, path: Path) -> Artifact:
    if not isinstance(raw, dict) or not isinstance(raw.get("kind"), str):
        raise RunError(f"{path}: artifacts[{index}] needs a 'kind'")
    kind = raw["kind"]
    if "path" not in raw:
        if not raw.get("absent_because"):
            raise RunError(f"{path}: artifact {kind!r} has neither 'path' nor 'absent_because'")
        return Artifact(kind, None, absent_because=str(raw["absent_because"]))
    file = path.parent / str(raw["path"])
    if not _within(file, path.parent):
        raise RunError(f"{path}: artifact {kind!r} points outside the run folder: {raw['path']!r}")
    return Artifact(kind, file, str(raw.get("format", "")), str(raw.get("sha256", "")))


def _within(file: Path, folder: Path) -> bool:
    """Whether the file lies in the folder, links followed; a plain name that is no link needs no look."""
    if file.parent == folder and file.name != ".." and not file.is_symlink():
        return True
    return file.resolve().is_relative_to(folder.resolve())
