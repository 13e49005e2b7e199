"""A project in miniature: its own root, notebooks and plan, so that tests never touch the real report."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from schedlab.pipeline import keys

HERE = Path(__file__).parent
REPO = HERE.parents[1]
sys.path.insert(0, str(HERE))
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


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The root of a project with two tiny notebooks; the library's hash is held still."""
    for variable in ("SCHEDLAB_PUBLISH", "SCHEDLAB_PUBLISHED", "SCHEDLAB_BUILD"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SCHEDLAB_ROOT", str(tmp_path))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(keys, "library_hash", lambda: "held still")
    shutil.copytree(HERE / "notebooks", tmp_path / "notebooks")
    report = tmp_path / "report"
    shutil.copytree(REPO / "report" / "_static", report / "_static")
    for name in ("conf.py", "report.typ"):
        shutil.copy(REPO / "report" / name, report)
    (report / "plan.toml").write_text(PLAN, encoding="utf-8")
    (report / "index.md").write_text(
        "# A made-up report\n\nIt is {value}`01-first.number`.\n", encoding="utf-8"
    )
    return tmp_path
