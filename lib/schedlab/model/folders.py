"""Where runs lie: every run below a folder, in the order of its capture."""

from __future__ import annotations

from pathlib import Path

from schedlab.errors import RunError
from schedlab.model.run import Run, read_run


def runs(folder: str | Path) -> tuple[Run, ...]:
    """All runs below `folder` in the order they were captured; RunError where there are none.

    `folder` may be one run, one experiment or a folder of experiments. A run folder is one that holds a
    run.json; names starting with a dot or ending in `.partial` (captures cut short) are passed over.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise RunError(f"{folder}: no such folder")
    if (folder / "run.json").is_file():
        return (read_run(folder),)
    found = [read_run(path) for path in _run_folders(folder)]
    if not found:
        raise RunError(f"{folder}: no runs here; a run is a folder with a run.json (see data/README.md)")
    _check_unique(found)
    return tuple(sorted(found, key=lambda run: (run.experiment, run.order, run.id)))


def _run_folders(folder: Path) -> list[Path]:
    """Folders one or two levels down; a folder of an experiment without run.json is an error, not a gap."""
    found = []
    for child in sorted(p for p in folder.iterdir() if _counts(p)):
        if (child / "run.json").is_file():
            found.append(child)
            continue
        grandchildren = [p for p in sorted(child.iterdir()) if _counts(p)]
        found += grandchildren or [child]
    return found


def _counts(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and not path.name.endswith(".partial")


def _check_unique(found: list[Run]) -> None:
    seen: dict[tuple[str, str], Run] = {}
    for run in found:
        other = seen.setdefault((run.experiment, run.id), run)
        if other is not run:
            raise RunError(f"{run.folder}: run {run.id!r} of {run.experiment!r} is also in {other.folder}")
