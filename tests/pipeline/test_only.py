"""A notebook that is about some runs of its data is shown no others, and no others make it run again."""

import json

import pytest
from pipeline_helpers import REPO, make_run, notebook

from schedlab.errors import FormatError
from schedlab.pipeline import keys, plan, runner

SAYS = """
import schedlab
page = schedlab.page('x', data=data)
page.value('runs', ' '.join(run.id for run in page.runs))
"""
ELSEWHERE = ("page.data", "page.catalog", "read_run")


def add(project, name, order, **fields):
    """A run in the real schema with other fields than usual."""
    file = make_run(project / "data" / "small", name, order) / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))
    return file


@pytest.fixture
def chosen(project):
    """A plan whose one notebook is about quiet runs, and quiet and instrumented runs of two arms."""
    for order, (arm, capture) in enumerate([("a", "quiet"), ("b", "quiet"), ("a", "instrumented")], 1):
        add(project, arm, order, capture=capture)
    path = notebook(project / "notebooks" / "x.ipynb", SAYS, parameters="data = 'data/small'")
    text = f"[[notebook]]\npath = '{path}'\nruns = {{ capture = ['quiet'] }}\n"
    (project / "report" / "plan.toml").write_text(text)
    return project


def step(project):
    return plan.read_plan(project / "report" / "plan.toml").steps[0]


def said(project):
    (outcome,) = runner.run([step(project)], quiet=True)
    values = json.loads((outcome.folder / "publish" / "values.json").read_text())
    return outcome.status, values["runs"]["value"]


def test_a_run_of_another_kind_is_not_shown_and_makes_nothing_run_again(chosen):
    assert said(chosen) == ("ran", "a-01 b-02")
    add(chosen, "b", 4, capture="instrumented")
    assert said(chosen) == ("cached", "a-01 b-02")
    add(chosen, "b", 5, capture="quiet")
    assert said(chosen) == ("ran", "a-01 b-02 b-05")


@pytest.mark.parametrize("change", [{"arm": "c"}, {"host": {"label": "another host"}}])
def test_where_other_runs_have_another_arm_or_host_every_run_is_shown(chosen, change):
    """The arms and hosts that a page speaks of are then those of all its data, as by hand."""
    add(chosen, "a", 4, capture="instrumented", **change)
    assert said(chosen)[1].split()[-1] == "a-04"


def test_a_file_of_a_chosen_run_is_part_of_the_key_and_of_others_not(chosen):
    def key():
        keys._file_hash.cache_clear()
        return keys.key(step(chosen))

    before = key()
    (chosen / "data" / "small" / "a-03" / "log.txt").write_text("more")
    assert key() == before
    (chosen / "data" / "small" / "a-01" / "log.txt").write_text("more")
    assert key() != before


@pytest.mark.parametrize("wanted", ["{ colour = ['red'] }", "{ capture = 'quiet' }"])
def test_what_chooses_no_runs_is_refused(chosen, wanted):
    path = chosen / "report" / "plan.toml"
    path.write_text(path.read_text().replace("{ capture = ['quiet'] }", wanted))
    with pytest.raises(FormatError, match="runs"):
        step(chosen)


def test_notebooks_that_are_about_some_runs_get_them_from_their_page_alone():
    steps = plan.read_plan(REPO / "report" / "plan.toml").steps
    about_some = [one for one in steps if one.only]
    assert len(about_some) > 9
    assert not [one.stem for one in about_some if any(word in one.path.read_text() for word in ELSEWHERE)]
