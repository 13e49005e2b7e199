"""The profiles of an arm: one a run, or all of its runs merged into one; and whatever else a run captured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from schedlab import ingest
from schedlab.errors import MissingTable
from schedlab.model.profile import Profile
from schedlab.model.run import Run
from schedlab.profiles.algebra import merge
from schedlab.profiles.classes import without_observer
from schedlab.profiles.diff import Arm
from schedlab.profiles.levels import Capture
from schedlab.profiles.pileups import Snapshot, of_dump
from schedlab.profiles.sources import read

#: kinds of profiles of waiting, in which the profiler's own handler would be the longest waiter
_WAITING = ("block_profile", "mutex_profile", "goroutine_profile", "goroutine_text")
_T = TypeVar("_T")


def by_arm(runs: Iterable[Run], kind: str) -> dict[str, Profile]:
    """Arm to the merged profiles of that kind of artifact; runs without one are left out."""
    return {name: merge(arm.profiles) for name, arm in arms(runs, kind).items()}


def arms(runs: Iterable[Run], kind: str) -> dict[str, Arm]:
    """Arm to its profiles, one a run, with the requests answered meanwhile (achieved rate times time).

    Profiles of waiting are without what the profiler itself waited for. MissingTable where no run has any.
    """
    found = _grouped(runs, lambda run: _profile(run, kind))
    if not found:
        raise MissingTable(f"no run here has a {kind}")
    return {name: _arm(name, pairs) for name, pairs in sorted(found.items())}


def captures(runs: Iterable[Run]) -> dict[str, list[Capture]]:
    """Arm to what each of its runs captured of the three levels; runs without any of it are left out."""
    return dict(sorted(_grouped(runs, _capture).items()))


def _grouped(runs: Iterable[Run], of: Callable[[Run], _T | None]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for run in runs:
        if (one := of(run)) is not None:
            found.setdefault(run.arm, []).append(one)
    return found


def _profile(run: Run, kind: str) -> tuple[Profile, float] | None:
    if not run.has(kind):
        return None
    profile = read(run.artifact(kind).path)
    rate = run.measured.get("achieved_rate") or 0.0
    return without_observer(profile) if kind in _WAITING else profile, rate * profile.facts["duration_s"]


def _arm(name: str, pairs: list[tuple[Profile, float]]) -> Arm:
    requests = tuple(r for _, r in pairs if r > 0)
    return Arm(name, tuple(p for p, _ in pairs), requests if len(requests) == len(pairs) else ())


def _capture(run: Run) -> Capture | None:
    kinds = ("cpu_profile", "goroutine_text", "trace")
    if not any(run.has(kind) for kind in kinds):
        return None
    trace = ingest.reading(run, "trace").tables if run.has("trace") else None
    cpu = read(run.artifact("cpu_profile").path) if run.has("cpu_profile") else None
    return Capture(cpu, snapshot(run), trace, run.measured.get("achieved_rate") or 0.0)


def snapshot(run: Run) -> Snapshot | None:
    """The goroutines at the end of the run, by its dump; None where it took none."""
    if not run.has("goroutine_text"):
        return None
    tables = ingest.reading(run, "goroutine_text").tables
    return of_dump(tables["GOROUTINES"], tables["FRAMES"])
