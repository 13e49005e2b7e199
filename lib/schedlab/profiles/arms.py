"""The profiles of an arm: those of all its runs, merged into one."""

from __future__ import annotations

from collections.abc import Iterable

from schedlab.errors import MissingTable
from schedlab.model.profile import Profile
from schedlab.model.run import Run
from schedlab.profiles.algebra import merge
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
