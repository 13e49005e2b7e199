"""A grid: every cell is a run of its own; what fails, fails alone; the table says how each went."""

import csv

import pytest
from pipeline_helpers import make_run, notebook

from schedlab.cli import main
from schedlab.errors import SchedlabError
from schedlab.pipeline import batch
from schedlab.pipeline.notebook import ParameterError

CELL = "import schedlab\npage = schedlab.page('x')\nassert scale < 3, 'too wide'\n"
CELL += "page.value('double', 2 * scale)"


@pytest.fixture
def path(project):
    return notebook(project / "notebooks" / "x.ipynb", CELL, parameters='scale = 1.0\nword = "a"\ndata = ""')


def test_the_grid_is_every_combination_in_the_types_of_the_defaults(path):
    cells = batch.grid(path, {"scale": "1,2", "word": "a,b"})
    assert cells == tuple({"scale": s, "word": w} for s in (1, 2) for w in ("a", "b"))


def test_a_name_that_the_notebook_lacks_is_refused(path):
    with pytest.raises(ParameterError, match="no parameter 'sclae'"):
        batch.grid(path, {"sclae": "1"})


def test_an_empty_grid_is_refused(path):
    with pytest.raises(SchedlabError, match="grid is empty"):
        batch.batch(path, [])


def test_a_failed_cell_fails_only_its_own_run(path, project):
    make_run(project / "data" / "small")
    cells = [{"scale": 1.0}, {"scale": 4.0}, {"scale": 2.0}, {"data": "data/none"}]
    rows = batch.table(batch.batch(path, cells, quiet=True))
    assert [row["status"] for row in rows] == ["ran", "failed", "ran", "skipped"]
    assert [row.get("double") for row in rows] == [2.0, None, 4.0, None]
    assert rows[1]["why"].endswith("AssertionError: too wide") and "data/none" in rows[3]["why"]


def test_the_command_writes_a_table_and_runs_nothing_twice(path, project, monkeypatch, capsys):
    line = ["schedlab", "batch", str(path), "--grid", "scale=1,4", "--quiet", "--out", str(project / "out")]
    monkeypatch.setattr("sys.argv", line)
    assert main() == 1
    with (project / "out" / "batch.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["scale"], row["status"], row["double"]) for row in rows] == [
        ("1", "ran", "2"),
        ("4", "failed", ""),
    ]
    assert sorted(p.name for p in (project / "out").iterdir()) == [
        "batch.csv",
        "scale=1.ipynb",
        "scale=4.ipynb",
    ]
    assert main() == 1
    said = capsys.readouterr()
    assert "1 cached, 1 failed" in said.err and "too wide" in said.out
