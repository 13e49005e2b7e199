"""The report as web pages: Sphinx and MyST-NB, everything local, readable from a folder without a server."""

from __future__ import annotations

import copy
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline import book as books
from schedlab.pipeline import files, keys, places, provenance, results
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.book import Book, Chapter

_WIDGET = "application/vnd.jupyter.widget-view+json"
_DATA = (
    "\n## The numbers as data\n\nEvery number and verdict of this report, with interval, unit, n and method: "
    '<a href="results.json">results.json</a>, <a href="results.parquet">results.parquet</a>. '
    "`schedlab explain <name>` says where each comes from.\n"
)
#: labels of the theme's controls that hide the words on them (WCAG 2.5.3), and what stands instead
_LABELS = {
    '<summary aria-label="Toggle hidden content">': "<summary>",
    'search-button-field search-button__button pst-js-only" title="Search" aria-label="Search"': (
        'search-button-field search-button__button pst-js-only" title="Search"'
    ),
}
#: what a notebook says of its files
_READS = re.compile(r"\n\n(Reads: .+?)(?=\n\n|\s*$)", re.DOTALL)
_STILL = "An interactive control; open this notebook with `make lab` to use it."


def render(book: Book, build: Path) -> Path:
    """Write BUILD/html and return its index.html; the old pages stay until the new ones are complete.

    Sphinx works in BUILD/.sphinx, which is kept: chapters that are as they were are not rendered again.
    """
    kept, draft = build / ".sphinx", build / f".html.{os.getpid()}.partial"
    _with_sphinx(book, kept)
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(kept / "html", draft)
    _name_controls(draft)
    results.write(results.rows(book.published.values()), draft)
    _check(book, draft)
    files.swap(draft, build / "html")
    return build / "html" / "index.html"


def _with_sphinx(book: Book, kept: Path) -> None:
    """Bring Sphinx's pages up to date; they begin anew after a failure, or where all of them change."""
    mark, now = kept / "all-pages", _on_all_pages(book)
    if not (mark.is_file() and mark.read_text(encoding="utf-8") == now):
        shutil.rmtree(kept, ignore_errors=True)
    mark.unlink(missing_ok=True)
    for style in kept.glob("html/_static/mystnb.*.css"):
        style.unlink()  # were it there, pages would name its content a second time
    _write_sources(book, kept / "source")
    _sphinx(book, kept)
    files.write(mark, now)


def _on_all_pages(book: Book) -> str:
    """What stands on every page, or draws it: titles in the side bar, styles, the theme, this code."""
    report = places.root() / "report"
    chapters = [(c.stem, c.title, c.part, bool(c.why), bool(c.aside)) for c in book.chapters]
    looks = [keys.tree_hash(report / name) for name in ("conf.py", "_static")]
    made = [keys.library_hash(), keys.lock_hash(), provenance.time_stamp()]
    return keys.digest([book.title, chapters, looks, _words(), made])


def _write_sources(book: Book, folder: Path) -> None:
    report = places.root() / "report"
    if not folder.is_dir():
        shutil.copytree(report / "_static", folder / "_static")
        shutil.copy(report / "conf.py", folder)
    _write(folder / "_static" / "words.js", f"const WORDS = {json.dumps(_words())};\n")
    _write(folder / "index.md", _index(book))
    for chapter in book.chapters:
        _write(folder / f"{chapter.stem}.ipynb", json.dumps(_chapter(book, chapter)))


def _write(path: Path, text: str) -> None:
    """Only what is new, since Sphinx renders a page again when its source was written again."""
    if not (path.is_file() and path.read_text(encoding="utf-8") == text):
        files.write(path, text)


def _words() -> list[list[str]]:
    """The glossary for the pages: each form in which a word stands in text, and what it means."""
    with (places.root() / "report" / "glossary.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [[form, row["means"]] for row in rows for form in row["forms"].split("; ") if form]


def _index(book: Book) -> str:
    text = books.front(book, books.block_html)
    heading, _, rest = text.partition("\n")
    return "\n".join(
        [
            heading,
            "",
            _banner(book),
            rest,
            _questions(book),
            _DATA,
            _expected(book),
            _warnings(book),
            _toctrees(book),
        ]
    )


def _toctrees(book: Book) -> str:
    """The chapters for the side bar, part by part."""
    return "\n".join(
        f"```{{toctree}}\n:caption: {part or 'Chapters'}\n:hidden:\n\n"
        + "\n".join(chapter.stem for chapter in chapters)
        + "\n```\n"
        for part, chapters in book.parts
    )


def _banner(book: Book) -> str:
    lines = [f'<p class="schedlab-host">{escape(book.host_label)}</p>'] if book.hosts else []
    if book.gaps:
        gaps = "".join(f"<li>{escape(gap)}</li>" for gap in book.gaps)
        lines.append(f'<div class="schedlab-warning"><b>This report is incomplete.</b><ul>{gaps}</ul></div>')
    return "\n\n".join(lines) + "\n"


def _questions(book: Book) -> str:
    lines = []
    for part, chapters in book.parts:
        lines += [f"\n**{part}**\n"] if part else []
        lines += [f"- [{c.title}]({c.stem}.ipynb){c.remark}" for c in chapters]
    return "\n## The questions\n\n" + "\n".join(lines) + "\n"


def _expected(book: Book) -> str:
    if book.unexpected is None:
        return ""
    if not book.unexpected:
        return "\nThey all agree with the results committed for this data.\n"
    rows = "".join(f"<li>{escape(text)}</li>" for text in book.unexpected)
    return (
        f"\n<details><summary>{len(book.unexpected)} results differ from those committed for this data."
        f"</summary><ul>{rows}</ul></details>\n"
    )


def _warnings(book: Book) -> str:
    if not book.warnings:
        return ""
    rows = [f"<li>{escape(text)} <small>({escape(stem)})</small></li>" for stem, text in book.warnings]
    return "\n## Warnings\n\n<ul>" + "".join(rows) + "</ul>\n"


def _chapter(book: Book, chapter: Chapter) -> dict[str, Any]:
    notebook = copy.deepcopy(chapter.notebook)
    notebook["metadata"].pop("widgets", None)
    reads = _taken_from(notebook["cells"][0])
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "markdown":
            place = f"notebooks/{chapter.stem}.ipynb cell {number}"
            cell["source"] = books.fill(book, nb.source(cell), place, books.block_html)
        elif cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [*nb.tags(cell), "hide-input"]
            cell["outputs"] = [_output(output) for output in cell["outputs"]]
    notebook["cells"] = _joined(notebook["cells"])
    if chapter.why:
        text = f'<div class="schedlab-warning"><b>Incomplete.</b> {escape(chapter.why)}</div>'
        notebook["cells"].insert(1, _markdown("incomplete", text))
    if chapter.aside:
        text = f'<p class="schedlab-aside">No data for this chapter: {escape(chapter.aside)}.</p>'
        notebook["cells"].insert(1, _markdown("aside", text))
    notebook["cells"].append(_markdown("how-it-was-run", _how(chapter, reads)))
    return notebook


def _taken_from(first: dict[str, Any]) -> str:
    """The paragraph that says what the notebook reads and writes, moved out of its first cell to the foot."""
    found = _READS.search(nb.source(first))
    first["source"] = _READS.sub("", nb.source(first))
    return found[1] if found else ""


def _joined(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Code that shows nothing stands in one cell with the code after it: one line to open, not three."""
    kept: list[dict[str, Any]] = []
    for cell in cells:
        silent = kept and kept[-1]["cell_type"] == "code" and not kept[-1]["outputs"]
        if silent and cell["cell_type"] == "code":
            before = kept.pop()
            tags = list(dict.fromkeys([*nb.tags(before), *nb.tags(cell)]))
            text = f"{nb.source(before)}\n\n{nb.source(cell)}"
            cell = {**cell, "source": text, "metadata": {**cell["metadata"], "tags": tags}}
        kept.append(cell)
    return kept


def _output(output: dict[str, Any]) -> dict[str, Any]:
    if _WIDGET in output.get("data", {}):
        return {**output, "data": {"text/markdown": _STILL}}
    return output


def _how(chapter: Chapter, reads: str) -> str:
    """The chapter's foot: what it reads and writes, parameters, data and commit, folded away."""
    rows = [(name, repr(value)) for name, value in chapter.parameters.items()]
    rows += [("runs", ", ".join(chapter.published.about.get("runs", ())) or "none")]
    rows += [("commit", provenance.commit() or "unknown")]
    body = "".join(f"<tr><th>{escape(n)}</th><td>{escape(str(v))}</td></tr>" for n, v in rows)
    host = escape(chapter.published.about.get("host_label", ""))
    reads = re.sub("`([^`]+)`", r"<code>\1</code>", escape(" ".join(reads.split())))
    said = "".join(f"<p>{text}</p>" for text in (reads, host) if text)
    return (
        f'<details class="schedlab-how"><summary>How this chapter was made</summary>{said}'
        f"<table>{body}</table></details>"
    )


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _sphinx(book: Book, work: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(work / "doctrees"), "-D", f"project={book.title}", "-D", f"html_title={book.title}"]
    done = subprocess.run(
        [*command, str(work / "source"), str(work / "html")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(provenance.time_stamp())},
    )
    if done.returncode:
        words = re.sub(re.escape(str(work / "source")) + "/?", "", done.stderr + done.stdout).strip()
        raise SchedlabError(f"the HTML report could not be built: {words}")


def _name_controls(folder: Path) -> None:
    """Who hears a page is told of a control what stands on it; the theme's labels say something else."""
    for page in sorted(folder.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        for theirs, ours in _LABELS.items():
            text = text.replace(theirs, ours)
        page.write_text(text, encoding="utf-8")


def _check(book: Book, folder: Path) -> None:
    for stem in ("index", *(chapter.stem for chapter in book.chapters)):
        page = folder / f"{stem}.html"
        if not page.is_file() or not page.stat().st_size:
            raise SchedlabError(f"the HTML report lacks {stem}.html")
