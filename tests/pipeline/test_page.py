"""A page keeps what a notebook publishes, completely or not at all, with the host's label behind it."""

import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from pipeline_helpers import make_run

import schedlab
from schedlab.errors import RunError, SchedlabError, UnknownName
from schedlab.model.results import Estimate, Verdict
from schedlab.pipeline import cite, draw, markup
from schedlab.pipeline.readable import readable


@pytest.fixture
def page(project):
    make_run(project / "data" / "small", "gpr", 1)
    make_run(project / "data" / "small", "pool", 2)
    return schedlab.page("10-try", data="data/small")


def read(page, name):
    return json.loads((page.folder / name).read_text(encoding="utf-8"))


def test_data_is_found_from_the_root_whatever_the_working_directory_is(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path.parent)
    assert [run.id for run in schedlab.page("10-try", data="data/small").runs] == ["gpr-01", "pool-02"]


def test_by_hand_a_page_lies_in_the_build_folder(page, project):
    assert page.folder == project / "report" / "_build" / "by-hand" / "10-try"


def test_the_runner_decides_where_a_page_lies(project, monkeypatch, tmp_path):
    monkeypatch.setenv("SCHEDLAB_PUBLISH", str(tmp_path / "elsewhere"))
    assert schedlab.page("10-try").folder == tmp_path / "elsewhere"


def test_an_estimate_is_published_with_its_interval_and_its_warnings(page):
    page.value("ratio", Estimate(0.87, 0.81, 0.94, "1", 5, warnings=("few runs",)))
    entry = read(page, "values.json")["ratio"]
    assert (entry["value"], entry["lo"], entry["hi"], entry["n"]) == (0.87, 0.81, 0.94, 5)
    assert entry["text"] == "0.870 [0.810, 0.940]"
    assert read(page, "page.json")["warnings"] == ["few runs"]


def test_a_number_is_shown_in_a_readable_unit_and_kept_in_the_base_unit(page):
    page.value("wait", 0.00123, unit="s")
    assert read(page, "values.json")["wait"] == {
        "value": 0.00123,
        "unit": "s",
        "text": "1.23 ms",
    }


def test_not_a_number_becomes_null_in_the_file(page):
    page.value("nothing", float("nan"))
    entry = read(page, "values.json")["nothing"]
    assert entry["value"] is None and entry["text"] == "n/a"


def test_publishing_a_name_twice_is_an_error_within_a_kind(page):
    page.value("one", 1)
    page.table("one", pd.DataFrame({"a": [1]}))
    with pytest.raises(SchedlabError, match="a value 'one' is published already"):
        page.value("one", 1)


def test_a_name_that_cannot_be_cited_is_refused(page):
    with pytest.raises(SchedlabError, match="cannot name a value"):
        page.value("p99 ratio", 1)


def test_a_table_is_kept_in_base_units_as_parquet_and_csv(page):
    page.table("waits", pd.DataFrame({"arm": ["gpr"], "wait_s": [0.002]}), caption="Waits")
    assert pd.read_parquet(page.folder / "tables" / "waits.parquet")["wait_s"][0] == 0.002
    assert (page.folder / "tables" / "waits.csv").read_text() == "arm,wait_s\ngpr,0.002\n"


def test_the_label_of_the_host_follows_every_figure_and_table(page):
    figure, _ = plt.subplots()
    page.figure("empty", figure, caption="Nothing")
    page.table("rows", pd.DataFrame({"a": [1]}), caption="Rows")
    about = read(page, "page.json")
    assert about["figures"]["empty"]["caption"] == "Nothing. Captured on: made-up host."
    assert about["tables"]["rows"]["caption"] == "Rows. Captured on: made-up host."


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    def drawn(folder):
        figure, axes = plt.subplots()
        axes.plot([1, 2], label="a")
        axes.legend()
        return draw.write_figure(figure, tmp_path / folder, "line").content

    assert drawn("one") == drawn("two")


def test_a_figure_of_very_many_points_is_shown_as_pixels(tmp_path):
    figure, axes = plt.subplots()
    axes.plot(range(draw.MANY_POINTS + 1))
    assert draw.write_figure(figure, tmp_path, "many").file == "many.png"
    assert (tmp_path / "many.svg").is_file()


def test_an_interactive_figure_brings_its_still_twin(page):
    class Flame:
        def _repr_mimebundle_(self, **_):
            return {"text/html": "<b>x</b>", "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>"}

    page.figure("flame", Flame(), caption="A flame")
    assert (page.folder / "figures" / "flame.html").read_text() == "<b>x</b>"
    assert read(page, "page.json")["figures"]["flame"]["file"] == "figures/flame.svg"


def test_a_claim_is_kept_with_its_evidence(page):
    page.claim(
        Verdict("C1", "supported", "the interval decides", Estimate(2, 1.5, 3, "1", 6)), "twice as fast"
    )
    entry = read(page, "claims.json")["C1"]
    assert (entry["verdict"], entry["sentence"], entry["text"]) == (
        "supported",
        "twice as fast",
        "2.00 [1.50, 3.00]",
    )


def test_opening_a_page_again_removes_what_was_there(page):
    page.value("old", 1)
    assert read(schedlab.page("10-try", data="data/small"), "values.json") == {}


def test_one_arm_cannot_be_compared_and_the_message_says_what_to_do(project):
    make_run(project / "data" / "lonely", "gpr")
    page = schedlab.page("40-comparison", data="data/lonely")
    with pytest.raises(
        RunError, match=r"data/lonely: all runs belong to one arm, gpr; .* capture the other arm"
    ):
        page.pair()


def test_an_unknown_arm_is_named_with_the_known_ones(page):
    assert page.pair(treated="gpr") == ("pool", "gpr")
    with pytest.raises(UnknownName, match=r"no arm 'poll'; there are: gpr, pool"):
        page.pair("gpr", "poll")


def test_an_empty_data_folder_is_refused_in_one_sentence(project):
    (project / "data" / "nothing").mkdir(parents=True)
    with pytest.raises(RunError, match="no runs here"):
        schedlab.page("10-try", data="data/nothing")


def test_a_page_reads_what_another_published_by_hand(page):
    page.value("ratio", 0.5)
    assert cite.read_published("10-try").of("value")["ratio"]["value"] == 0.5
    with pytest.raises(SchedlabError, match="nothing is published by '99-none' yet"):
        page.published("99-none")


def test_readable_tables_choose_one_unit_a_column():
    frame = pd.DataFrame(
        {"wait_s": [0.001, 0.25], "gc_share": [0.1, None], "ok": [True, False], "n": [1, 20_000]}
    )
    shown = readable(frame)
    assert shown.header == ("wait (ms)", "GC (%)", "ok", "n")
    assert shown.rows == (("1.00", "10.0", "yes", "1"), ("250", "–", "no", "20\u202f000"))
    assert shown.numeric == (True, True, False, True)


def test_sentences_that_repeat_stand_once_below_the_table():
    frame = pd.DataFrame({"n": range(6), "doubts": ["few runs; late", "late", "", "few runs", "", "late"]})
    shown = readable(frame)
    assert shown.header == ("n", "notes") and shown.notes == ("few runs", "late")
    assert [row[1] for row in shown.rows] == ["1, 2", "2", "", "1", "", "2"]
    assert "<li>few runs</li><li>late</li>" in markup.table(shown, "")
    assert readable(frame.head(2)).header == ("n", "doubts")


def test_readable_estimates_show_value_and_interval_in_one_unit():
    frame = pd.DataFrame({"metric": ["p99"], "value": [0.002], "lo": [0.001], "hi": [0.003], "unit": ["s"]})
    shown = readable(frame)
    assert shown.header == ("metric", "estimate")
    assert shown.rows[0][1] == "2.00 [1.00, 3.00] ms"
