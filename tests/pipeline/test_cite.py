"""Numbers in text come from published files; a name that nobody published stops the build."""

import json

import pytest

from schedlab.errors import FormatError
from schedlab.pipeline import cite, files

THINGS = {
    "value": {"p99_ratio": {"text": "0.87 [0.81, 0.94]"}},
    "claim": {"C1": {"verdict": "undecided"}},
    "figure": {"forest": {"caption": "x"}},
}
PUBLISHED = {
    "30-latency": cite.Published("30-latency", None, THINGS, {"host_label": "Captured on: a host."}),
    "40-gone": cite.Published("40-gone", None, missing="40-gone failed"),
}


def named(source, kind, name):
    return f"<{source.stem}/{kind}/{name}>"


def cited(text):
    return cite.substitute(
        text, PUBLISHED, "index.md", lambda source, kind, name: f"<{source.stem}/{kind}/{name}>"
    )


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("It is {value}`30-latency.p99_ratio`.", "It is 0.87 [0.81, 0.94]."),
        ("Is it so? {verdict}`30-latency.C1`", "Is it so? **undecided**"),
        ("{figure}`30-latency.forest`", "<30-latency/figure/forest>"),
        ("{host}`30-latency`", "Captured on: a host."),
        ("`value` alone and {other}`x` stay", "`value` alone and {other}`x` stay"),
    ],
)
def test_a_citation_is_replaced_by_what_was_published(text, filled):
    assert cited(text) == filled


def test_an_unknown_name_fails_with_its_line_and_the_known_names(tmp_path):
    with pytest.raises(FormatError, match=r"index\.md:3: .*no value published by .* 'p98'; there are: .*p99"):
        cited("a\n\nb {value}`30-latency.p98`")


def test_an_unknown_notebook_fails():
    with pytest.raises(FormatError, match="no notebook in the plan '31-latency'"):
        cited("{value}`31-latency.p99_ratio`")


def test_a_figure_cited_as_a_value_fails():
    with pytest.raises(FormatError, match="no value published by 30-latency 'forest'; there are: p99_ratio"):
        cited("{value}`30-latency.forest`")


def test_what_a_failed_notebook_would_have_published_is_said_to_be_missing():
    assert cited("It is {value}`40-gone.anything`.") == "It is [not available: 40-gone failed]."


def test_only_notebooks_listed_as_earlier_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("SCHEDLAB_PUBLISHED", json.dumps({"30-latency": str(tmp_path)}))
    with pytest.raises(Exception, match="listed under 'after' in the plan '20-other'"):
        cite.read_published("20-other")


def test_a_file_is_written_completely_or_not_at_all(tmp_path):
    files.write(tmp_path / "a.txt", "old")
    with pytest.raises(TypeError):
        files.write_json(tmp_path / "a.txt", {"x": {1, 2}})
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_swapped_whole_and_the_old_one_goes(tmp_path):
    for name in ("place", "draft"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    files.swap(tmp_path / "draft", tmp_path / "place")
    assert [p.name for p in tmp_path.iterdir()] == ["place"]
    assert (tmp_path / "place" / "draft").is_file()


def test_drafts_of_dead_processes_are_swept_and_others_stay(tmp_path):
    dead, alive, other = tmp_path / ".k.999999999.partial", tmp_path / ".k.1.partial", tmp_path / "k"
    for folder in (dead, alive, other):
        folder.mkdir()
    files.sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".k.1.partial", "k"]
