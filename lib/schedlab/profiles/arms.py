"""The profiles of an arm: those of all its runs, merged into one."""

from __future__ import annotations

from collections.abc import Iterable

from schedlab.errors import MissingTable
from schedlab.model.profile import Profile
from schedlab.model.run import Run
from schedlab.profiles.algebra import merge
from schedlab.profiles.diff import Arm
from schedlab.profiles.names import read


def by_arm(runs: Iterable[Run], kind: str) -> dict[str, Profile]:
    """Arm to the merged profiles of that kind of artifact; runs without one are left out."""
    found: dict[str, list[Profile]] = {}
    for run in runs:
        if run.has(kind):
            found.setdefault(run.arm, []).append(read(run.artifact(kind).path))
    if not found:
        raise MissingTable(f"no run here has a {kind}")
    return {arm: merge(profiles) for arm, profiles in sorted(found.items())}


def arms(runs: Iterable[Run], kind: str) -> dict[str, Arm]:
    """Arm to its profiles, one a run, with the requests answered meanwhile (achieved rate times time)."""
    found: dict[str, list[tuple[Profile, float]]] = {}
    for run in runs:
        if run.has(kind):
            profile = read(run.artifact(kind).path)
            rate = run.measured.get("achieved_rate") or 0.0
            found.setdefault(run.arm, []).append((profile, rate * profile.facts["duration_s"]))
    if not found:
        raise MissingTable(f"no run here has a {kind}")
    return {name: _arm(name, pairs) for name, pairs in sorted(found.items())}


def _arm(name: str, pairs: list[tuple[Profile, float]]) -> Arm:
    requests = tuple(r for _, r in pairs if r > 0)
    return Arm(name, tuple(p for p, _ in pairs), requests if len(requests) == len(pairs) else ())
