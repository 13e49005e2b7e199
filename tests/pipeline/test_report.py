"""One report as HTML and PDF: everything local, every citation checked, the same input the same bytes."""

import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pandas as pd
import pytest
from pipeline_helpers import make_project, make_run, notebook

from schedlab.errors import FormatError, SchedlabError, UnknownName
from schedlab.pipeline import explain, report, results, typst_code

OUTSIDE = re.compile(r"""(?:src|href)=["'](?:https?:)?//[^"']+""")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A folder for the notebook runs that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def made(tmp_path_factory, shared):
    """A report that the tests only read."""
    with pytest.MonkeyPatch.context() as patch:
        root = make_project(tmp_path_factory.mktemp("made"), patch)
        return render(root, shared)


@pytest.fixture
def fresh(project, shared):
    """A report that a test changes."""
    return render(project, shared)


def render(root, shared):
    (root / ".cache").symlink_to(shared)
    make_run(root / "data" / "small", label="a made-up host")
    return report.report({"data": "data/small"}, quiet=True)


def test_both_files_are_made_and_the_second_time_nothing_is(fresh, project):
    assert fresh.complete and fresh.rendered
    assert fresh.html.stat().st_size and fresh.pdf.read_bytes().startswith(b"%PDF")
    again = report.report({"data": "data/small"}, quiet=True)
    assert not again.rendered and [o.status for o in again.outcomes] == ["cached", "cached"]
    said = report.summary(again)
    assert said.endswith("HTML  report/_build/html/index.html\nPDF   report/_build/report.pdf")
    assert not [p.name for p in (project / "report" / "_build").iterdir() if "partial" in p.name]


def test_a_change_of_the_text_renders_again_but_runs_nothing(fresh, project):
    with (project / "report" / "index.md").open("a", encoding="utf-8") as text:
        text.write("\nMore, {value}`02-second.sum`.\n")
    again = report.report({"data": "data/small"}, quiet=True)
    assert again.rendered and [o.status for o in again.outcomes] == ["cached", "cached"]
    assert "More, 43." in again.html.read_text(encoding="utf-8")


def test_pages_of_which_some_were_rendered_again_are_those_of_a_report_made_anew(fresh, project):
    def build(name):
        made = report.report({"data": "data/small"}, build=project / name, quiet=True)
        return {p.relative_to(made.html.parent): p.read_bytes() for p in made.html.parent.rglob("*.*")}

    kept = project / "report" / "_build" / ".sphinx" / "html" / "01-first.html"
    before = kept.stat().st_mtime_ns
    path = project / "notebooks" / "02-second.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"].append(
        {"cell_type": "markdown", "id": "more", "metadata": {}, "source": "A serpentine."}
    )
    path.write_text(json.dumps(content), encoding="utf-8")
    again = build("report/_build")
    assert kept.stat().st_mtime_ns == before
    assert b"serpentin" in again[Path("searchindex.js")] and b"serpentine" in again[Path("02-second.html")]
    assert again == build("anew")


def test_after_a_page_that_failed_or_another_look_all_pages_are_rendered(fresh, project):
    kept = project / "report" / "_build" / ".sphinx" / "html" / "01-first.html"
    before = kept.stat().st_mtime_ns
    (project / "report" / "index.md").write_text("# A report\n\n[gone](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(SchedlabError, match="nowhere"):
        report.report({"data": "data/small"}, quiet=True)
    (project / "report" / "index.md").write_text("# A report\n", encoding="utf-8")
    report.report({"data": "data/small"}, quiet=True)
    failed = kept.stat().st_mtime_ns
    with (project / "report" / "_static" / "schedlab.css").open("a", encoding="utf-8") as style:
        style.write("\np { color: red }\n")
    report.report({"data": "data/small"}, quiet=True)
    assert before < failed < kept.stat().st_mtime_ns


def test_the_pages_load_nothing_from_elsewhere_and_their_links_resolve(made):
    for page in made.html.parent.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not [m for m in OUTSIDE.findall(text) if "xmlns" not in m], page.name
        for link in _links(text):
            file = unquote(urldefrag(link).url.partition("?")[0])
            target = page.parent / file if file else page
            assert target.exists(), f"{page.name} links to {link}"


def test_published_numbers_stand_in_text_and_chapters(made):
    assert "It is 42." in _plain(made.html)
    chapter = made.html.parent / "01-first.html"
    text = _plain(chapter)
    assert "The number is 42." in text and "2.46 ms" in text
    assert "<math" in chapter.read_text(encoding="utf-8")
    assert "A straight line." in text and "Show code" in text


def test_warnings_reach_the_front_page_and_the_pdf(made):
    assert "made up: for the tests of the pipeline only" in _plain(made.html)
    assert "for the tests of the pipeline only" in _pdf_text(made.pdf)


def test_the_label_of_the_host_is_on_the_front_page_and_in_the_pdf(project, shared):
    (project / ".cache").symlink_to(shared)
    make_run(project / "data" / "small", label="a made-up host")
    notebook(
        project / "notebooks" / "02-second.ipynb",
        "import schedlab\npage = schedlab.page('02-second', data=data)\npage.value('runs', len(page.runs))",
        parameters='data = "data/small"',
    )
    labelled = report.report(quiet=True)
    assert "Captured on: a made-up host." in _plain(labelled.html)
    assert "Captured on: a made-up host." in _pdf_text(labelled.pdf)


def test_the_same_report_gives_the_same_bytes(fresh, project, tmp_path):
    other = report.report({"data": "data/small"}, build=tmp_path / "other", quiet=True)
    assert _digest(other.pdf) == _digest(fresh.pdf)
    names = sorted(p.relative_to(fresh.html.parent) for p in fresh.html.parent.rglob("*") if p.is_file())
    assert all(_digest(fresh.html.parent / n) == _digest(other.html.parent / n) for n in names)


def test_the_files_behind_the_report_lie_beside_it(made):
    published = made.html.parents[1] / "published" / "01-first"
    assert json.loads((published / "values.json").read_text())["number"]["value"] == 42
    assert (published / "figures" / "curve.svg").is_file() and (published / "tables" / "rows.csv").is_file()


def test_every_number_is_in_the_results_files(made):
    folder = made.html.parent
    (number,) = [
        r for r in json.loads((folder / "results.json").read_text()) if r["name"] == "01-first.number"
    ]
    table = pd.read_parquet(folder / "results.parquet").set_index("name")
    assert number["value"] == table.loc["01-first.number", "value"] == 42


def test_a_changed_verdict_is_listed(tmp_path):
    claim = {"name": "90.x", "kind": "claim", "verdict": "supported", "because": "it is"}
    results.write([claim, claim | {"name": "90.y"}], tmp_path)
    now = [claim | {"verdict": "undecided"}, claim | {"name": "90.z"}]
    assert results.changed_verdicts(tmp_path / "results.json", now) == [
        "90.x: supported -> undecided",
        "90.y: supported -> not judged",
        "90.z: not judged -> supported",
    ]


def test_a_result_that_is_not_as_committed_is_said_in_the_report(made, tmp_path):
    rows = json.loads((made.html.parent / "results.json").read_text())
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps([r | {"value": r["value"] * (1 + 1e-9)} for r in rows if r["value"]]))
    assert results.unexpected(expected, rows) == []
    other = [{**rows[0], "value": 43.0}, *rows[1:], {**rows[0], "name": "01-first.new"}]
    assert results.unexpected(expected, other) == [
        "01-first.number: 42, expected 42",
        "01-first.new: not expected",
    ]


def test_accepted_results_are_what_the_next_report_expects(fresh, project):
    report.accept(report.report(quiet=True))
    assert report.report(quiet=True).unexpected == ()
    assert "They all agree with the results committed" in _plain(fresh.html)
    text = report.expected().read_text(encoding="utf-8")
    report.expected().write_text(text.replace('"value": 42', '"value": 41'), encoding="utf-8")
    again = report.report(quiet=True)
    assert "1 results are not as expected" in report.summary(again)
    assert "1 results differ from those committed" in _plain(again.html)


def test_explain_names_notebook_code_lock_and_inputs_with_their_hashes(fresh, project):
    known = explain.explain("01-first.number")
    assert known["value"] == 42 and known["file"] == "report/_build/published/01-first/values.json"
    said = "\n".join(explain.lines(known))
    assert "01-first.number = 42" in said and "notebooks/01-first.ipynb" in said and "scale=2.0" in said
    with pytest.raises(UnknownName, match="no result of 01-first 'numbr'; there are: curve, number"):
        explain.explain("01-first.numbr")


def test_an_unknown_name_in_the_text_fails_the_build_with_its_line(fresh, project):
    (project / "report" / "index.md").write_text("# T\n\n{value}`01-first.numbr`\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"index\.md:3: .*'numbr'; there are: number, wait"):
        report.report({"data": "data/small"}, quiet=True)
    assert "It is 42." in _plain(fresh.html), "the last good report must stay"


def test_a_failed_notebook_makes_an_incomplete_report_that_says_so(fresh, project):
    broken = report.report({"data": "data/small", "fail": "true"}, quiet=True)
    assert not broken.complete and broken.rendered
    said = report.summary(broken)
    assert "01-first failed: cell 7: AssertionError: told to fail" in said and "INCOMPLETE" in said
    front = _plain(broken.html)
    assert "This report is incomplete." in front and "[not available: 01-first failed]" in front
    chapter = _plain(broken.html.parent / "01-first.html")
    assert "AssertionError" in chapter and "How large is a made-up number?" in chapter
    assert "incomplete" in _pdf_text(broken.pdf)
    whole = report.report({"data": "data/small"}, quiet=True)
    assert whole.complete and whole.rendered and "incomplete" not in _plain(whole.html)


def test_a_chapter_without_data_is_one_line_and_the_report_is_complete(fresh, project):
    plan = project / "report" / "plan.toml"
    entry = plan.read_text(encoding="utf-8").replace(
        "after = ", "needs = {artifacts = ['cpu_profile']}\nafter = "
    )
    plan.write_text(entry, encoding="utf-8")
    made = report.report({"data": "data/small"}, quiet=True)
    assert made.complete and [o.status for o in made.outcomes] == ["cached", "aside"]
    line = "No data for this chapter: data/small has no cpu profile."
    assert line in _plain(made.html.parent / "02-second.html") and line in _pdf_text(made.pdf)
    assert "02-second aside: data/small has no cpu profile" in report.summary(made)


def _links(text: str) -> list[str]:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag, attributes):
            values = dict(attributes)
            link = values.get("href") or values.get("src") or ""
            if link and not link.startswith(("data:", "mailto:", "http")):
                found.append(link)

    Links().feed(text)
    return found


def _plain(page: Path) -> str:
    bare = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    return " ".join(bare.split())


def _pdf_text(pdf: Path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here: the text of a PDF cannot be read")
    done = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(("items", "code"), [([], "()"), (["1"], "(1,)"), (["1", "2"], "(1, 2,)")])
def test_arrays_of_none_one_and_many_are_valid_typst(items, code):
    """An empty table once stopped the whole PDF: `(,)` is no array."""
    assert typst_code.array(items) == code
