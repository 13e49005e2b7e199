"""Every notebook keeps the house form: a question, literals, short cells, no outputs; the plan knows it."""

import ast
import json
import re
from pathlib import Path

import pytest

from schedlab.pipeline import notebook as nb
from schedlab.pipeline.plan import read_plan

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EVERY = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.AsyncFor,
    ast.Lambda,
)
LONGEST = 12


def code(path):
    """(number, text, syntax tree) of every code cell."""
    cells = enumerate(nb.read(path)["cells"], start=1)
    return [(n, nb.source(c), ast.parse(nb.source(c))) for n, c in cells if c["cell_type"] == "code"]


@EVERY
def test_it_is_named_by_number_and_topic(path):
    assert re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", path.stem)


@EVERY
def test_it_is_committed_without_outputs(path):
    for cell in nb.read(path)["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert "papermill" not in cell["metadata"] and "execution" not in cell["metadata"]
    assert not {"widgets", "papermill"} & set(nb.read(path)["metadata"])


@EVERY
def test_it_opens_with_its_question_and_says_what_it_reads_and_writes(path):
    first = nb.read(path)["cells"][0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# .+\?\n", nb.source(first)), "the title is a question"
    assert "Reads" in nb.source(first)


@EVERY
def test_it_has_one_parameters_cell_of_literals_before_all_other_code(path):
    cells = [cell for cell in nb.read(path)["cells"] if cell["cell_type"] == "code"]
    assert ["parameters" in nb.tags(cell) for cell in cells] == [True] + [False] * (len(cells) - 1)
    statements = ast.parse(nb.source(cells[0])).body
    assert all(isinstance(statement, ast.Assign | ast.AnnAssign) for statement in statements)
    assert nb.defaults(path, nb.read(path))


@EVERY
def test_its_cells_are_short_and_define_and_loop_over_nothing(path):
    for number, text, tree in code(path):
        assert len(text.splitlines()) <= LONGEST, f"cell {number} is too long"
        found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, DEFINITIONS)]
        assert not found, f"cell {number} has {found}"


@EVERY
def test_it_names_no_path_outside_its_parameters(path):
    for number, _, tree in code(path)[1:]:
        strings = [
            n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        paths = [s for s in strings if re.search(r"^(\.{0,2}/|~|data/|report/)|\.(csv|parquet|json|gz)$", s)]
        assert not paths, f"cell {number} names {paths}"


@EVERY
def test_it_imports_nothing_that_it_does_not_use(path):
    names = {n.id for _, _, tree in code(path) for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for number, _, tree in code(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                unused = [a.name for a in node.names if (a.asname or a.name).split(".")[0] not in names]
                assert not unused, f"cell {number} imports {unused}"


@EVERY
def test_its_page_has_its_own_name(path):
    calls = [n for _, _, tree in code(path) for n in ast.walk(tree) if isinstance(n, ast.Call)]
    pages = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "page"]
    assert [c.args[0].value for c in pages] == [path.stem]


def test_cell_ids_are_unique_and_the_format_is_current():
    for path in NOTEBOOKS:
        content = json.loads(path.read_text(encoding="utf-8"))
        ids = [cell["id"] for cell in content["cells"]]
        assert len(set(ids)) == len(ids) and content["nbformat"] == 4, path.name


def test_the_plan_has_every_notebook_and_the_readme_too(monkeypatch):
    monkeypatch.setenv("SCHEDLAB_ROOT", str(ROOT))
    planned = [step.stem for step in read_plan(ROOT / "report" / "plan.toml").steps]
    assert sorted(planned) == [path.stem for path in NOTEBOOKS]
    readme = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert all(path.stem in readme for path in NOTEBOOKS)
