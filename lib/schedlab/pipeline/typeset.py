"""Chapters as markdown with raw Typst inside, so that one call of pandoc converts the whole report."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path
from typing import Any

from schedlab.pipeline import book as books
from schedlab.pipeline import exhibits, files, markup
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.book import Book, Chapter
from schedlab.pipeline.cite import Published
from schedlab.pipeline.typst_code import array, call, literal, raw

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CHAPTER = re.compile(r"\[([^\]\n]+)\]\(([\w-]+)\.ipynb[^)\s]*\)")
#: a notebook's title is a heading of the second level
_BELOW_PARTS = "#set heading(offset: 1)"
_FENCED = re.compile(r"^:::+\s*\{(\w+)\}.*$", re.MULTILINE)


def markdown(book: Book, work: Path) -> str:
    """Front text, list of chapters, all chapters, list of figures; pictures are copied below `work`."""
    paper = Paper(book, work)
    parts = [paper.front(), _warnings(book), raw(_contents(book)), raw(_BELOW_PARTS)]
    for part, chapters in book.parts:
        for number, chapter in enumerate(chapters):
            parts += [raw(_opening(chapter, part, number == 0)), *paper.chapter(chapter)]
    return "\n\n".join([*parts, raw(call("exhibits"))])


class Paper:
    """Renders one book's cells; numbers the pictures that only the notebook holds."""

    def __init__(self, book: Book, work: Path):
        self.book, self.work, self.pictures = book, work, 0
        self.named = {
            f"{stem}.{name}"
            for stem, published in book.published.items()
            for kind in ("table", "figure")
            for name in published.of(kind)
        }

    def front(self) -> str:
        """The front text without its title; its sections stand beside the parts of the report."""
        text = books.front(self.book, self.block).partition("\n")[2]
        return re.sub(r"^#(?=#)", "", _on_paper(text), flags=re.MULTILINE)

    def chapter(self, chapter: Chapter) -> list[str]:
        """A chapter's text, and what its cells showed; without data its title, and a line that says so."""
        if chapter.aside:
            return [raw(call("aside", literal(chapter.title), literal(chapter.aside)))]
        parts = []
        for number, cell in enumerate(chapter.notebook["cells"], start=1):
            if cell["cell_type"] == "markdown":
                parts.append(self.text(nb.source(cell), f"notebooks/{chapter.stem}.ipynb cell {number}"))
            elif cell["cell_type"] == "code":
                parts += [self.output(chapter, output) for output in cell["outputs"]]
        return parts

    def text(self, text: str, place: str) -> str:
        """Markdown with citations filled in and MyST's fenced blocks turned into pandoc's."""
        return _on_paper(books.fill(self.book, text, place, self.block))

    def block(self, published: Published, kind: str, name: str, label: str = "") -> str:
        """A published figure or table; others refer to it by its label."""
        thing = published.of(kind)[name]
        if kind == "table":
            return raw(exhibits.table(thing, label, self.named))
        source = published.folder / thing["file"]
        target = f"{published.stem}-{source.name}"
        shutil.copy(source, self.work / target)
        return raw(exhibits.picture(source, target, thing["caption"], thing["alt"], label))

    def output(self, chapter: Chapter, output: dict[str, Any]) -> str:
        """One output of a cell: a published thing where it is one, otherwise what can be printed of it."""
        if output["output_type"] == "error":
            return _code("\n".join(_ANSI.sub("", line) for line in output["traceback"]))
        if output["output_type"] == "stream":
            return _code(_joined(output["text"])) if output["name"] == "stdout" else ""
        label = output.get("metadata", {}).get("schedlab", {})
        if label:
            return self.labelled(chapter.published, label, output["data"])
        return self.plain(output["data"])

    def labelled(self, published: Published, label: dict[str, str], data: dict[str, Any]) -> str:
        """Something that the page published and displayed."""
        kind, name = label["kind"], label["name"]
        if kind == "warning" or name not in published.of(kind):
            return raw(call("warning", literal(_joined(data["text/plain"]).removeprefix("Warning. "))))
        thing = published.of(kind)[name]
        if kind in ("figure", "table"):
            return self.block(published, kind, name, f"{published.stem}.{name}")
        if kind == "claim":
            because = thing["because"] + (f" ({thing['text']})" if "text" in thing else "")
            color = markup.VERDICT_CLASS.get(thing["verdict"], "none")
            return raw(call("claim", *map(literal, (thing["sentence"], thing["verdict"], color, because))))
        return raw(call("value", literal(name), literal(thing["text"])))

    def plain(self, data: dict[str, Any]) -> str:
        """An output that nobody published: a picture, an HTML table, or text."""
        for mime, ending in (("image/svg+xml", "svg"), ("image/png", "png")):
            if mime in data:
                return self._picture(_joined(data[mime]), ending)
        if "<table" in _joined(data.get("text/html", "")):
            return raw(_html_table(_joined(data["text/html"])))
        if "application/vnd.jupyter.widget-view+json" in data:
            return "*An interactive control; open this notebook with `make lab` to use it.*"
        if "text/markdown" in data:
            return _joined(data["text/markdown"])
        return _code(_joined(data.get("text/plain", "")))

    def _picture(self, content: str, ending: str) -> str:
        self.pictures += 1
        file = self.work / f"shown-{self.pictures}.{ending}"
        files.write(file, content if ending == "svg" else base64.b64decode(content))
        return raw(exhibits.picture(file, file.name, "", "a figure of the notebook"))


def _on_paper(text: str) -> str:
    """Fenced blocks as pandoc has them; behind a link to a chapter stands the page."""
    return _CHAPTER.sub(r'\1 `#seen("\2")`{=typst}', _FENCED.sub(r"::: {.\1}", text))


def _html_table(html: str) -> str:
    import pypandoc

    bare = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    return pypandoc.convert_text(bare, "typst", format="html")


def _warnings(book: Book) -> str:
    rows = (array((array(map(literal, stems.split(", "))), literal(text))) for stems, text in book.warnings)
    return raw(call("warnings", array(rows))) if book.warnings else ""


def _contents(book: Book) -> str:
    rows = (array(map(literal, (c.part, c.stem, c.title, c.remark))) for c in book.chapters)
    return call("contents", array(rows))


def _opening(chapter: Chapter, part: str, first: bool) -> str:
    """How a chapter begins: the part it stands in, what it ran on, and what is missing."""
    pairs = [*chapter.parameters.items(), ("runs", len(chapter.published.about.get("runs", ())))]
    how = "" if chapter.aside else "; ".join(f"{name} = {value!r}" for name, value in pairs)
    page = first or not chapter.aside
    flags = (str(flag).lower() for flag in (first, page))
    return call("chapter", literal(chapter.stem), literal(part), *flags, literal(how), literal(chapter.why))


def _code(text: str) -> str:
    fence = "`" * 6
    return f"{fence}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
