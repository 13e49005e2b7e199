"""Notebooks and runs that tests write themselves."""

from __future__ import annotations

import json
from pathlib import Path


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
