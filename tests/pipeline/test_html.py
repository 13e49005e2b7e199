"""Pages are for readers: what only the notebook's author needs stands folded at the foot."""

import csv

from pipeline_helpers import REPO, make_project

from schedlab.pipeline import html

FIRST = "# What?\n\nA question.\n\nReads: `run.json`. Writes:\nvalue `x`.\n\nMore of the question."


def code(source, *outputs):
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": {}}


def test_what_a_notebook_reads_and_writes_moves_from_its_head_to_its_foot():
    cell = {"source": FIRST}
    assert html._taken_from(cell) == "Reads: `run.json`. Writes:\nvalue `x`."
    assert cell["source"] == "# What?\n\nA question.\n\nMore of the question."
    last = {"source": "# What?\n\nReads: nothing."}
    assert html._taken_from(last) == "Reads: nothing." and last["source"] == "# What?"


def test_code_that_shows_nothing_joins_the_code_after_it_and_no_output_is_lost():
    text = {"cell_type": "markdown", "source": "words", "metadata": {}}
    cells = html._joined([code("a"), code("b"), code("c", "shown"), code("d", "too"), text, code("e")])
    assert [(c["source"], c.get("outputs")) for c in cells] == [
        ("a\n\nb\n\nc", ["shown"]), ("d", ["too"]), ("words", None), ("e", []),
    ]  # fmt: skip


def test_every_form_of_a_word_has_its_meaning_and_none_has_two(tmp_path, monkeypatch):
    make_project(tmp_path, monkeypatch)
    words = html._words()
    assert len({form for form, _ in words}) == len(words)
    with (REPO / "report" / "glossary.csv").open(encoding="utf-8", newline="") as lines:
        assert {means for _, means in words} <= {row["means"] for row in csv.DictReader(lines)}
