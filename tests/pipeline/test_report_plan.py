"""The plan says what runs on what; a key covers notebook, parameters, library, data and lock, all five."""

import json

import pytest
from pipeline_helpers import make_run, notebook

from schedlab.errors import FormatError
from schedlab.pipeline import keys, plan
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.notebook import ParameterError


def step(project, **given):
    return plan.step(project / "notebooks" / "01-first.ipynb", given)


def test_the_plan_keeps_its_order_and_the_defaults_of_the_notebooks(project):
    found = plan.read_plan(project / "report" / "plan.toml")
    assert [s.stem for s in found.steps] == ["01-first", "02-second"]
    assert found.steps[0].parameters == {"scale": 2.0, "word": "tiny", "fail": False}
    assert found.steps[1].after == ("01-first",)


def test_an_override_reaches_every_notebook_that_has_the_parameter(project):
    make_run(project / "data" / "small")
    found = plan.read_plan(project / "report" / "plan.toml", {"data": "data/small"})
    assert "data" not in found.steps[0].parameters
    assert found.steps[1].parameters["data"] == "data/small"
    assert found.steps[1].reads == (project / "data" / "small",)


def test_an_override_that_no_notebook_has_is_refused_with_the_known_names(project):
    with pytest.raises(ParameterError, match=r"has a parameter 'scael'; there are: data, fail, offset"):
        plan.read_plan(project / "report" / "plan.toml", {"scael": "3"})


def test_a_misspelt_parameter_is_an_error_that_names_the_known_ones(project):
    with pytest.raises(ParameterError, match=r"no parameter 'scael'; its parameters are: scale, word, fail"):
        step(project, scael=3.0)


@pytest.mark.parametrize(("name", "value"), [("scale", "two"), ("fail", 1), ("word", 3), ("scale", True)])
def test_a_parameter_of_another_type_is_an_error(project, name, value):
    with pytest.raises(ParameterError, match=f"parameter {name!r} is"):
        step(project, **{name: value})


def test_what_a_person_types_gets_the_type_of_the_default(project):
    path = project / "notebooks" / "01-first.ipynb"
    known = nb.defaults(path, nb.read(path))
    assert nb.parse(path, "scale", "3", known) == 3
    assert nb.parse(path, "fail", "true", known) is True
    assert nb.parse(path, "word", "3", known) == "3"
    with pytest.raises(ParameterError, match="'scale' is float, not 'wide'"):
        nb.parse(path, "scale", "wide", known)


def test_parameters_that_are_not_literals_are_refused(project):
    path = notebook(project / "notebooks" / "x.ipynb", "pass", parameters="a = open('x')")
    with pytest.raises(FormatError, match="literals only"):
        plan.step(path, {})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("title = 1 2", "not valid TOML"),
        ("title = 'x'", "no notebooks"),
        ("[[notebook]]\npaht = 'x'", "no field of .* 'paht'"),
        ("[[notebook]]\npath = 3", "'path' must be str"),
        ("[[notebook]]\npath = 'notebooks/02-second.ipynb'\nneeds = {arm = 2}", "no field of needs 'arm'"),
        ("[[notebook]]\npath = 'notebooks/02-second.ipynb'\nneeds = {arms = '2'}", "needs.arms must be a"),
        ("[[notebook]]\npath = 'notebooks/77-none.ipynb'", "no such notebook"),
        ("[[notebook]]\npath = 'notebooks/02-second.ipynb'\nafter = ['01-first']", "comes after '01-first'"),
        ("[[notebook]]\npath = 'notebooks/01-first.ipynb'\n" * 2, "listed twice"),
    ],
)
def test_a_broken_plan_is_refused_with_what_is_wrong(project, text, what):
    (project / "report" / "plan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=what):
        plan.read_plan(project / "report" / "plan.toml")


def test_data_that_is_not_there_is_refused_before_anything_runs(project):
    with pytest.raises(FormatError, match=r"data/none: no such file or folder, but 02-second"):
        plan.read_plan(project / "report" / "plan.toml", {"data": "data/none"})


def test_a_notebook_that_is_not_json_is_named_with_its_line(project):
    path = project / "notebooks" / "01-first.ipynb"
    path.write_text('{\n"cells": [}', encoding="utf-8")
    with pytest.raises(FormatError, match=r"01-first\.ipynb:2: not a notebook"):
        plan.step(path, {})


def test_the_key_changes_with_each_of_the_five_and_with_what_comes_before(project, monkeypatch):
    data = make_run(project / "data" / "small")
    path = project / "notebooks" / "02-second.ipynb"
    seen = {keys.key(plan.step(path, {"data": "data/small"}))}

    def changed(**given):
        fresh = keys.key(plan.step(path, {"data": "data/small", **given}))
        assert fresh not in seen
        seen.add(fresh)

    changed(offset=2)
    (data / "more.txt").write_text("new", encoding="utf-8")
    changed()
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = "# Another question?"
    path.write_text(json.dumps(content), encoding="utf-8")
    changed()
    monkeypatch.setattr(keys, "library_hash", lambda: "edited")
    changed()
    monkeypatch.setattr(keys, "lock_hash", lambda: "another lock")
    changed()
    assert keys.key(plan.step(path, {"data": "data/small"}), ["k1"]) not in seen


def test_outputs_and_editor_metadata_do_not_change_the_key(project):
    before = keys.key(step(project))
    path = project / "notebooks" / "01-first.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["toc"] = {"base_numbering": 1}
    code = next(cell for cell in content["cells"] if cell["cell_type"] == "code")
    code["execution_count"] = 7
    path.write_text(json.dumps(content), encoding="utf-8")
    assert keys.key(step(project)) == before


def test_only_the_runs_that_are_read_count(project):
    make_run(project / "data" / "small", order=1)
    other = make_run(project / "data" / "large", order=2)
    path = project / "notebooks" / "02-second.ipynb"
    before = keys.key(plan.step(path, {"data": "data/small"}))
    (other / "more.txt").write_text("new", encoding="utf-8")
    assert keys.key(plan.step(path, {"data": "data/small"})) == before


def test_unfinished_captures_and_hidden_files_do_not_count(project):
    folder = project / "data" / "small"
    make_run(folder)
    before = keys.tree_hash(folder)
    make_run(folder, order=2).rename(folder / "gpr-02.partial")
    (folder / ".DS_Store").write_text("x", encoding="utf-8")
    assert keys.tree_hash(folder) == before


def test_a_file_named_by_a_parameter_counts_as_data(project):
    (project / "report" / "claims.csv").write_text("a", encoding="utf-8")
    path = notebook(project / "notebooks" / "90-x.ipynb", "pass", parameters='ledger = "report/claims.csv"')
    assert plan.step(path, {}).reads == (project / "report" / "claims.csv",)


def test_a_notebook_lacks_only_what_it_needs_and_the_data_does_not_hold(project):
    make_run(project / "data" / "small")
    entry = "[[notebook]]\npath = 'notebooks/02-second.ipynb'\n"
    for needs, lacks in [
        ("needs = {arms = 1, scenarios = ['steady']}", ""),
        ("needs = {arms = 2}", "data/small has 1 of 2 arms"),
        ("needs = {artifacts = ['cpu_profile']}", "data/small has no cpu profile"),
        ("needs = {scenarios = ['pulse']}", "data/small has no run of the scenario 'pulse'"),
    ]:
        (project / "report" / "plan.toml").write_text(entry + needs, encoding="utf-8")
        (found,) = plan.read_plan(project / "report" / "plan.toml", {"data": "data/small"}).steps
        assert found.lacks == lacks
