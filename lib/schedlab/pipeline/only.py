"""Which runs of its data a notebook is about: the plan's `runs = { capture = ["quiet"] }`.

The notebook is shown these runs alone, so a run of another kind cannot change what it says, and need not
make it run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schedlab.errors import FormatError, UnknownName
from schedlab.model.run import Run

_FIELDS = ("scenario", "capture")


def check(path: Any, wanted: dict[str, Any]) -> None:
    """FormatError where the plan names a field that does not choose runs, or gives no list of levels."""
    for name, levels in wanted.items():
        if name not in _FIELDS:
            raise FormatError(path, str(UnknownName("field of runs", name, _FIELDS)))
        if not isinstance(levels, list):
            raise FormatError(path, f"runs.{name} must be a list")


def chosen(runs: Sequence[Run], wanted: dict[str, list[str]]) -> tuple[Run, ...]:
    """The runs that the notebook is about, in their order."""
    return tuple(run for run in runs if all(getattr(run, name) in wanted[name] for name in wanted))


def is_as_all(runs: Sequence[Run], wanted: dict[str, list[str]]) -> bool:
    """Whether the chosen runs have all arms and hosts of the data: else a notebook is shown everything."""
    return _about(chosen(runs, wanted)) == _about(runs)


def _about(runs: Sequence[Run]) -> tuple[set[str], list[str]]:
    """What a page says of its runs beside the runs themselves."""
    return {run.arm for run in runs}, sorted({str(sorted(run.host.items())) for run in runs})
