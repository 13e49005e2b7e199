"""The report on paper: markdown through pandoc to Typst, published figures and tables as they are."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline import files, places, provenance, typeset
from schedlab.pipeline.book import Book
from schedlab.pipeline.typst_code import array, call, literal


def render(book: Book, build: Path) -> Path:
    """Write BUILD/report.pdf and return it; the same report gives the same bytes."""
    work = build / f".pdf.{os.getpid()}.partial"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copy(places.root() / "report" / "report.typ", work)
    when = datetime.fromtimestamp(provenance.time_stamp(), UTC)
    body = _typst(typeset.markdown(book, work))
    files.write(work / "main.typ", _head(book, when) + body)
    _compile(work, when)
    place = build / "report.pdf"
    os.replace(work / "report.pdf", place)
    shutil.rmtree(work, ignore_errors=True)
    return place


def _typst(markdown: str) -> str:
    import pypandoc

    dialect = "markdown+tex_math_dollars+raw_attribute-auto_identifiers-citations"
    return pypandoc.convert_text(markdown, "typst", format=dialect, extra_args=["--wrap=preserve"])


def _head(book: Book, when: datetime) -> str:
    told = {
        "title": book.title,
        "subtitle": book.subtitle,
        "hosts": book.host_label,
        "date": when.strftime("%Y-%m-%d"),
        "commit": provenance.commit(),
    }
    named = {name: literal(text) for name, text in told.items()}
    show = call("report.with", **named, gaps=array(map(literal, book.gaps)))
    return f'#import "report.typ": *\n#show: {show.removeprefix("#")}\n'


def _compile(work: Path, when: datetime) -> None:
    import typst

    try:
        typst.compile(
            work / "main.typ", output=work / "report.pdf", root=work, timestamp=when, ignore_system_fonts=True
        )
    except typst.TypstError as error:
        raise SchedlabError(f"the PDF report could not be typeset: {error}") from error
    if not (work / "report.pdf").stat().st_size:
        raise SchedlabError("the PDF report is empty")
