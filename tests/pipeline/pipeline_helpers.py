"""Notebooks and runs that tests write themselves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from schedlab.pipeline import keys

HERE = Path(__file__).parent
REPO = HERE.parents[1]
FRONT = "# A made-up report\n\nIt is {value}`01-first.number`.\n"
PLAN = """
title = "A made-up report"
subtitle = "for the tests"
[[notebook]]
path = "notebooks/01-first.ipynb"
[[notebook]]
path = "notebooks/02-second.ipynb"
after = ["01-first"]
"""


def make_project(root: Path, patch: pytest.MonkeyPatch) -> Path:
    """A project in miniature, so that tests never touch the real report; the library's hash is held still."""
    for variable in ("SCHEDLAB_PUBLISH", "SCHEDLAB_PUBLISHED", "SCHEDLAB_BUILD"):
        patch.delenv(variable, raising=False)
    patch.setenv("SCHEDLAB_ROOT", str(root))
    patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    patch.setattr(keys, "library_hash", lambda: "held still")
    shutil.copytree(HERE / "notebooks", root / "notebooks")
    report = root / "report"
    shutil.copytree(REPO / "report" / "_static", report / "_static")
    for name in ("conf.py", "report.typ", "glossary.csv"):
        shutil.copy(REPO / "report" / name, report)
    (report / "plan.toml").write_text(PLAN, encoding="utf-8")
    (report / "index.md").write_text(FRONT, encoding="utf-8")
    return root


def notebook(path: Path, *cells: str, parameters: str = "") -> Path:
    """Write a notebook of code cells, the first of them tagged as its parameters."""
    made = [_cell("markdown", f"# What does {path.stem} ask?")]
    made += [_cell("code", parameters, tags=["parameters"])] if parameters else []
    made += [_cell("code", text) for text in cells]
    for number, cell in enumerate(made):
        cell["id"] = f"c{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _cell(kind: str, text: str, tags: list[str] | None = None) -> dict:
    cell = {"cell_type": kind, "metadata": {"tags": tags} if tags else {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def make_run(folder: Path, arm: str = "gpr", order: int = 1, label: str = "made-up host") -> Path:
    """A run.json in the real schema, without artifacts: synthetic, for the pipeline's tests only."""
    run = folder / f"{arm}-{order:02d}"
    run.mkdir(parents=True)
    content = {
        "schema": 1,
        "id": run.name,
        "experiment": folder.name,
        "arm": arm,
        "scenario": "steady",
        "capture": "quiet",
        "factors": {},
        "repetition": 1,
        "block": 1,
        "order": order,
        "go_version": "go1.21.13",
        "gomaxprocs": 2,
        "started_at": "2026-01-01T00:00:00Z",
        "window": {"start_ns": 0, "end_ns": 1_000_000_000},
        "host": {"label": label},
        "tools": {},
        "artifacts": [],
    }
    (run / "run.json").write_text(json.dumps(content), encoding="utf-8")
    return run
