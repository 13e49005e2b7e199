"""The PDF as a reader has it: a small report with hard tables and figures, read back by poppler."""

import shutil
from dataclasses import replace
from functools import partial

import paper
import pytest
import typst

from schedlab.pipeline import pdf
from schedlab.pipeline.book import Book, Chapter
from schedlab.pipeline.cite import Published

#: what report.typ keeps free at the sides, where marks may hang by two points, and above its running head
SIDE, EDGE = 59.6 - 2, 30

WIDE = {
    "caption": "Far more columns than the paper is wide. Captured on: a made-up host.",
    "header": ["name", "mechanism", *(f"per request {i}" for i in range(9)), "empty"],
    "rows": [
        [f"testbed/bed.(*Pool).worker{i}.func1", "scheduler core", *["0.00000172"] * 9, ""] for i in range(90)
    ],
    "numeric": [False, False, *[True] * 9, False],
    "notes": ["a note below the table"],
}
CLAIMS = {
    "caption": "Statements. Captured on: a made-up host.",
    "header": ["claim", "statement", "because", "evidence"],
    "rows": [
        ["4.2-preempt-event", "GoroutinePreemptedByTheMonitorThread events exist in " + "many " * 20,
         "the event is called GoStop " * 12, "01-first.wide"],
        ["5.1-other", "A short one", "no repository [src/runtime/trace.go:44]", "02-second.unknown"],
    ] * 9,
    "numeric": [False] * 4,
}  # fmt: skip
NONE = {"caption": "None", "header": ["arm", "doubt"], "rows": [], "numeric": [False, False]}
TALL = """<svg xmlns="http://www.w3.org/2000/svg" width="483pt" height="1900pt" viewBox="0 0 483 1900">
<text x="40" y="40" font-size="30" font-family="Libertinus Serif">above</text>
<text x="40" y="1890" font-size="30" font-family="Libertinus Serif">below</text></svg>"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Three chapters: the second speaks of a table of the first, the third has no data."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "tall.svg").write_text(TALL)
    figures = {"tall": {"caption": "A very tall figure", "alt": "from above to below", "file": "tall.svg"}}
    first = Published("01-first", folder, {"table": {"wide": WIDE, "none": NONE}, "figure": figures})
    second = Published("02-second", folder, {"table": {"claims": CLAIMS}})
    warned = {"warnings": ["five runs say little"], "hosts": ["a made-up host"]}
    return Book(
        "A made-up report",
        "for the tests",
        "# A made-up report\n\n## What was found\n\nIt's so: [look](02-second.ipynb).\n\n## Words\n\nNone.\n",
        (
            _chapter("Do the arms' tables fit?", first, "One", "wide", "none", "tall"),
            _chapter("What holds?", Published(**vars(second) | {"about": warned}), "Two", "claims"),
            replace(_chapter("Nothing?", Published("03-third", folder), "Two"), aside="it was not captured"),
        ),
    )


def _chapter(title, published, part, *names):
    kinds = {name: kind for kind, things in published.things.items() for name in things}
    shown = [
        {"output_type": "display_data", "data": {"text/plain": ""},
         "metadata": {"schedlab": {"kind": kinds[name], "name": name}}}
        for name in names
    ]  # fmt: skip
    cells = [
        {"cell_type": "markdown", "source": f"# {title}\n\n## What we see\n\nIn a word."},
        {"cell_type": "code", "source": "", "outputs": shown},
    ]
    return Chapter(published.stem, title, {"cells": cells}, published, {"data": "made/up"}, part=part)


@pytest.fixture(scope="module")
def printed(book, tmp_path_factory):
    """The book as a PDF, once for all tests that read it; it conforms to PDF/UA-1, or Typst would refuse."""
    if not shutil.which("pdftotext") or not shutil.which("pdftohtml"):
        pytest.skip("poppler is not here: a PDF cannot be read back")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", partial(typst.compile, pdf_standards=["ua-1"]))
        return pdf.render(book, tmp_path_factory.mktemp("printed"))


@pytest.fixture(scope="module")
def pages(printed):
    """Its pages."""
    return paper.pages(printed)


def test_no_word_stands_in_the_margin_or_beyond_the_page(pages):
    assert [paper.outside(page, SIDE, EDGE) for page in pages] == [[]] * len(pages)


def test_no_word_stands_on_another(pages):
    assert [paper.overlaps(page) for page in pages] == [[]] * len(pages)


def test_the_check_itself_sees_words_that_overlap_or_leave_the_page():
    word = partial(paper.Word, top=100.0, bottom=110.0)
    page = paper.Page(
        200, 200, (word(left=20, right=60, text="one"), word(left=50, right=90, text="two"),
                   word(left=95, right=196, text="out"))
    )  # fmt: skip
    assert [(a.text, b.text) for a, b in paper.overlaps(page)] == [("one", "two")]
    assert [w.text for w in paper.outside(page, 10, 10)] == ["out"]


def test_a_tall_figure_stands_on_one_page_with_its_caption(pages):
    holding = next(text for text in map(_text, pages) if "Figure 1: A very tall" in text)
    assert "above" in holding and "below" in holding


def test_a_tables_header_stands_on_every_page_of_it_and_no_column_is_empty(pages):
    holding = [_text(page) for page in pages if "func1" in _text(page)]
    assert len(holding) > 1 and all("mechanism" in text for text in holding)
    assert not any("empty" in _text(page) for page in pages)


def test_the_outline_has_the_parts_their_chapters_and_sections(printed):
    assert [(depth, title) for depth, title, _ in paper.outline(printed)] == [
        (0, "What was found"),
        (0, "Words"),
        (0, "Warnings"),
        (0, "Chapters"),
        (0, "One"),
        (1, "Do the arms' tables fit?"),
        (2, "What we see"),
        (0, "Two"),
        (1, "What holds?"),
        (2, "What we see"),
        (1, "Nothing?"),
        (0, "Figures and tables"),
        (1, "Figures"),
        (1, "Tables"),
    ]


def test_a_chapter_without_data_is_its_title_and_one_line(pages):
    (holding,) = [_text(page) for page in pages if "it was not captured" in _text(page)]
    assert "Nothing? No data for this chapter: it was not captured." in holding
    assert "A short one" in holding, "no page of its own"


def test_links_lead_to_the_pages_that_they_name(printed, pages):
    links = paper.links(printed)
    named = [(text, page) for text, page in links if "page " in text]
    assert named and all(text.endswith(f"page {page}") for text, page in named)
    chapters = {title: page for depth, title, page in paper.outline(printed) if depth == 1}
    assert (f"page {chapters['What holds?']}", chapters["What holds?"]) in links
    assert ("Do the arms' tables fit?", chapters["Do the arms' tables fit?"]) in links


def test_evidence_is_named_by_number_and_page_and_unknown_evidence_as_it_is(pages):
    text = " ".join(_text(page) for page in pages)
    assert "Table 1, page" in text and "01-first.wide" not in text.replace("\u200b", "")
    assert "02-second.unknown" in text.replace("\u200b", "").replace(" ", "")


def _text(page):
    return " ".join(word.text.replace("\xa0", " ") for word in page.words)
