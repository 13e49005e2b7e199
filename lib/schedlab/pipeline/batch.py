"""One notebook over a grid of parameters: every cell of the grid is a run of its own, kept by its key."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline import cite, files, places, runner
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.execute import Outcome
from schedlab.pipeline.plan import Step, step


@dataclass(frozen=True)
class Cell:
    """One cell of the grid: the levels that name it, and how its run went."""

    levels: dict[str, Any]
    outcome: Outcome


def grid(notebook: Path, texts: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """All combinations of the levels, typed as the notebook's defaults; {"q": "0.5,0.99"} gives two."""
    known = nb.defaults(notebook, nb.read(notebook))
    levels = {
        name: [nb.parse(notebook, name, text.strip(), known) for text in listed.split(",")]
        for name, listed in texts.items()
    }
    return tuple(
        dict(zip(levels, combination, strict=True)) for combination in itertools.product(*levels.values())
    )


def batch(
    notebook: Path,
    cells: Sequence[Mapping[str, Any]],
    *,
    fixed: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    slots: int = 2,
    quiet: bool = False,
) -> tuple[Cell, ...]:
    """Run the notebook once per cell; a cell that fails, or that cannot be run at all, fails only itself."""
    if not cells:
        raise SchedlabError(f"{notebook.name}: the grid is empty; give at least one NAME=VALUE,VALUE")
    steps: list[Step | Outcome] = [_step(notebook, {**(fixed or {}), **cell}, dict(cell)) for cell in cells]
    good = [one for one in steps if isinstance(one, Step)]
    ran = iter(runner.run(good, executor=executor, slots=slots, quiet=quiet))
    outcomes = [next(ran) if isinstance(one, Step) else one for one in steps]
    return tuple(Cell(dict(cell), outcome) for cell, outcome in zip(cells, outcomes, strict=True))


def table(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One row a cell: its levels, its status, seconds, what it published as numbers, and why it failed."""
    rows = []
    for cell in cells:
        outcome = cell.outcome
        row = {**cell.levels, "status": outcome.status, "seconds": round(outcome.seconds, 2)}
        if outcome.folder and outcome.status in ("ran", "cached"):
            row |= _values(outcome.folder)
        rows.append({**row, "why": outcome.why})
    return rows


def write(rows: Sequence[Mapping[str, Any]], cells: Sequence[Cell], out: Path) -> Path:
    """Write batch.csv and a copy of every executed notebook into `out`."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    names.remove("why")
    text = io.StringIO()
    writer = csv.DictWriter(text, [*names, "why"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    files.write(out / "batch.csv", text.getvalue())
    for cell in cells:
        if cell.outcome.folder and (cell.outcome.folder / "executed.ipynb").is_file():
            content = (cell.outcome.folder / "executed.ipynb").read_bytes()
            files.write(out / f"{name_of(cell.levels)}.ipynb", content)
    return out / "batch.csv"


def name_of(levels: Mapping[str, Any]) -> str:
    """A file's name for a cell: `scale=2.0,word=tiny`, what cannot stand in one replaced."""
    text = ",".join(f"{name}={value}" for name, value in levels.items())
    return "".join(c if c.isalnum() or c in "=,.-_" else "_" for c in text)


def _step(notebook: Path, given: dict[str, Any], levels: dict[str, Any]) -> Step | Outcome:
    name = name_of(levels)
    try:
        return replace(step(notebook, given), stem=name)
    except nb.ParameterError:
        raise
    except SchedlabError as error:
        return Outcome(name, "skipped", None, str(error))


def _values(folder: Path) -> dict[str, Any]:
    values = cite.load("", folder / "publish").of("value")
    return {name: value["value"] for name, value in values.items()}


def shown(rows: Sequence[Mapping[str, Any]], levels: Sequence[str]) -> str:
    """The table for a terminal: levels, status, seconds, why."""
    names = [*levels, "status", "seconds", "why"]
    lines = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def default_out(notebook: Path) -> Path:
    """Where a batch is written when nobody says: report/_build/batch/NOTEBOOK."""
    return places.build() / "batch" / notebook.stem
