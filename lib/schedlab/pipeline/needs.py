"""What a notebook needs of its data; a chapter whose data is not there steps aside in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schedlab.errors import FormatError, UnknownName
from schedlab.model.run import Run

_LISTS = ("artifacts", "scenarios", "factors")


@dataclass(frozen=True)
class Needs:
    """What some run has: kinds of artifact (`a|b`: one of them), scenarios, factors; and the least number of
    arms."""

    artifacts: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    arms: int = 1


def read_needs(path: Any, entry: dict[str, Any]) -> Needs:
    """The plan's `needs = { artifacts = [...], scenarios = [...], arms = 2 }`, checked."""
    for name, value in entry.items():
        if name not in (*_LISTS, "arms"):
            raise FormatError(path, str(UnknownName("field of needs", name, (*_LISTS, "arms"))))
        if not isinstance(value, list if name in _LISTS else int):
            raise FormatError(path, f"needs.{name} must be a {'list' if name in _LISTS else 'number'}")
    return Needs(*(tuple(entry.get(name, ())) for name in _LISTS), entry.get("arms", 1))


def lacking(needs: Needs, runs: Sequence[Run]) -> str:
    """What the runs lack, as the end of a sentence; empty where they hold everything."""
    found = [f"no {_words(either)}" for either in needs.artifacts if not _held(either, runs)]
    scenarios = {run.scenario for run in runs}
    found += [f"no run of the scenario {s!r}" for s in needs.scenarios if s not in scenarios]
    found += [f"no {_words(f)}" for f in needs.factors if not any(run.factors.get(f) for run in runs)]
    arms = len({run.arm for run in runs})
    found += [f"{arms} of {needs.arms} arms"] if arms < needs.arms else []
    return ", ".join(found)


def _held(either: str, runs: Sequence[Run]) -> bool:
    return any(run.has(kind) for kind in either.split("|") for run in runs)


def _words(name: str) -> str:
    """`cpu_profile|trace` as `cpu profile or trace`."""
    return name.replace("_", " ").replace("|", " or ")
