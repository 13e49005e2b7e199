"""The plan: which notebooks make the report, in which order, with which parameters, on which data."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from schedlab.errors import FormatError, UnknownName
from schedlab.model.folders import runs
from schedlab.model.run import Run
from schedlab.pipeline import notebook as nb
from schedlab.pipeline import only, places
from schedlab.pipeline.needs import Needs, lacking, read_needs

_ENTRY = {
    "path": str,
    "part": str,
    "parameters": dict,
    "after": list,
    "reads": list,
    "needs": dict,
    "runs": dict,
    "timeout_s": int,
}


@dataclass(frozen=True)
class Step:
    """One notebook with all its parameters.

    `reads` are the files and folders its result depends on besides itself and the library: every parameter
    that is `data`, ends in `_data` or is the path of something that exists, and what the plan adds. `after`
    are the stems whose published values it reads. `timeout_s` is for the whole notebook. `lacks` says what
    its data lacks of what it needs: then it is not run, and its chapter is one sentence. `part` is the part
    of the report that it stands in. `only` are the runs of its data that it is about (see `only`), all where
    it is empty: the notebook is shown no others, so no others make it stale.
    """

    stem: str
    path: Path
    parameters: dict[str, Any]
    reads: tuple[Path, ...] = ()
    after: tuple[str, ...] = ()
    timeout_s: float = 600.0
    lacks: str = ""
    part: str = ""
    only: dict[str, list[str]] = field(default_factory=dict)
    label: str = field(default="", compare=False)


@dataclass(frozen=True)
class Plan:
    """The report: its title and its steps in the order of the chapters."""

    title: str
    steps: tuple[Step, ...]
    subtitle: str = ""


def read_plan(path: Path, overrides: dict[str, str] | None = None) -> Plan:
    """Read and check a plan; `overrides` (name -> text) set a parameter in every notebook that has it."""
    raw = _load(path)
    overrides = overrides or {}
    runs_of.cache_clear()
    steps = _parts([_step(path, entry, overrides) for entry in raw.get("notebook", [])])
    if not steps:
        raise FormatError(path, "no notebooks: a plan needs at least one [[notebook]] entry")
    _check_order(path, steps)
    _check_used(path, steps, overrides)
    return Plan(raw.get("title", "schedlab"), steps, raw.get("subtitle", ""))


def _parts(steps: list[Step]) -> tuple[Step, ...]:
    """A part of the report goes on until another begins."""
    parts = itertools.accumulate((s.part for s in steps), lambda above, own: own or above)
    return tuple(replace(step, part=part) for step, part in zip(steps, parts, strict=True))


def step(path: Path, given: dict[str, Any], reads: tuple[str, ...] = (), **more: Any) -> Step:
    """One notebook with `given` parameters over its defaults; ParameterError for one it does not have."""
    parameters = nb.resolve(path, nb.read(path), given)
    data = [v for n, v in parameters.items() if isinstance(v, str) and _is_input(n, v)]
    inputs = tuple(places.resolve(p) for p in (*data, *reads))
    for name in inputs:
        if not name.exists():
            raise FormatError(places.shown(name), f"no such file or folder, but {path.name} reads it")
    return Step(path.stem, path, parameters, inputs, **more)


def _is_input(name: str, value: str) -> bool:
    named = name == "data" or name.endswith("_data")
    return bool(value) and (named or ("/" in value and places.resolve(value).exists()))


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FormatError(places.shown(path), "no such plan")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FormatError(places.shown(path), f"not valid TOML: {error}") from error


def _step(path: Path, entry: dict[str, Any], overrides: dict[str, str]) -> Step:
    for name, value in entry.items():
        if name not in _ENTRY:
            raise FormatError(path, str(UnknownName("field of [[notebook]]", name, _ENTRY)))
        if not isinstance(value, _ENTRY[name]):
            raise FormatError(path, f"[[notebook]] field {name!r} must be {_ENTRY[name].__name__}")
    if "path" not in entry:
        raise FormatError(path, "a [[notebook]] entry needs a 'path'")
    file = places.resolve(entry["path"])
    known = nb.defaults(file, nb.read(file))
    chosen = {n: nb.parse(file, n, v, known) for n, v in overrides.items() if n in known}
    given = {**entry.get("parameters", {}), **chosen}
    more: dict[str, Any] = {"timeout_s": float(entry["timeout_s"])} if "timeout_s" in entry else {}
    more["part"] = entry.get("part", "")
    if "needs" in entry:
        more["lacks"] = _lacks(read_needs(path, entry["needs"]), {**known, **given})
    if "runs" in entry:
        more["only"] = _only(path, entry["runs"], {**known, **given})
    return step(file, given, tuple(entry.get("reads", ())), after=tuple(entry.get("after", ())), **more)


def _lacks(needs: Needs, parameters: dict[str, Any]) -> str:
    data = places.resolve(parameters["data"])
    found = lacking(needs, runs_of(data)) if data.is_dir() else ""
    return f"{places.shown(data)} has {found}" if found else ""


def _only(path: Path, wanted: dict[str, Any], parameters: dict[str, Any]) -> dict[str, list[str]]:
    only.check(path, wanted)
    data = places.resolve(parameters["data"])
    return wanted if data.is_dir() and only.is_as_all(runs_of(data), wanted) else {}


@cache
def runs_of(data: Path) -> tuple[Run, ...]:
    """The runs below a folder, read once within one reading of the plan: many notebooks ask the same."""
    return runs(data)


def _check_order(path: Path, steps: tuple[Step, ...]) -> None:
    seen: list[str] = []
    for one in steps:
        if one.stem in seen:
            raise FormatError(path, f"notebook {one.stem!r} is listed twice")
        for earlier in one.after:
            if earlier not in seen:
                raise FormatError(path, f"{one.stem} comes after {earlier!r}, which no earlier entry is")
        seen.append(one.stem)


def _check_used(path: Path, steps: tuple[Step, ...], overrides: dict[str, str]) -> None:
    known = {name for one in steps for name in one.parameters}
    for name in overrides:
        if name not in known:
            raise nb.ParameterError(
                f"no notebook of {places.shown(path)} has a parameter {name!r}; "
                f"there are: {', '.join(sorted(known))}"
            )
