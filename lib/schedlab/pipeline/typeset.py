"""Chapters as markdown with raw Typst inside, so that one call of pandoc converts the whole report."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schedlab.pipeline import book as books
from schedlab.pipeline import files, markup
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.book import Book, Chapter
from schedlab.pipeline.cite import Published

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CHAPTER = re.compile(r"\[([^\]\n]+)\]\(([\w-]+)\.ipynb[^)\s]*\)")
_FENCED = re.compile(r"^:::+\s*\{(\w+)\}.*$", re.MULTILINE)


def literal(text: str) -> str:
    """A Typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def array(items: Iterable[str]) -> str:
    """A Typst array of pieces of code, also of one and of none."""
    items = tuple(items)
    return f"({', '.join(items)}{',' if items else ''})"


def questions(book: Book) -> str:
    """Calls the template's list of chapters."""
    rows = (f"({literal(c.part)}, {literal(c.title)}, {literal(c.remark)})" for c in book.chapters)
    return f"#questions({array(rows)})\n"


def markdown(book: Book, work: Path) -> str:
    """Front text and all chapters; pictures are copied below `work`."""
    paper = Paper(book, work)
    front = paper.front().partition("\n")[2]
    parts = [front, _warnings(book)]
    for chapter in book.chapters:
        parts += paper.chapter(chapter)
    return "\n\n".join(parts)


class Paper:
    """Renders one book's cells; numbers the pictures that only the notebook holds."""

    def __init__(self, book: Book, work: Path):
        self.book, self.work, self.pictures = book, work, 0

    def front(self) -> str:
        """The front text."""
        return _on_paper(books.front(self.book, self.block))

    def chapter(self, chapter: Chapter) -> list[str]:
        """A chapter's text, and what its cells showed."""
        parts = [_raw(f"#chapter({literal(chapter.stem)}, {literal(chapter.why)})")]
        for number, cell in enumerate(chapter.notebook["cells"], start=1):
            if cell["cell_type"] == "markdown":
                parts.append(self.text(nb.source(cell), f"notebooks/{chapter.stem}.ipynb cell {number}"))
            elif cell["cell_type"] == "code":
                parts += [self.output(chapter, output) for output in cell["outputs"]]
        if chapter.aside:
            return [*parts, _raw(f"#aside({literal(chapter.aside)})")]
        return [*parts, _raw(_how(chapter))]

    def text(self, text: str, place: str) -> str:
        """Markdown with citations filled in and MyST's fenced blocks turned into pandoc's."""
        return _on_paper(books.fill(self.book, text, place, self.block))

    def block(self, published: Published, kind: str, name: str) -> str:
        """A published figure or table."""
        thing = published.of(kind)[name]
        if kind == "table":
            return _raw(_table(thing))
        source = published.folder / thing["file"]
        target = f"{published.stem}-{source.name}"
        shutil.copy(source, self.work / target)
        arguments = ", ".join(literal(text) for text in (target, thing["caption"], thing["alt"]))
        return _raw(f"#picture({arguments})")

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
            return _raw(f"#warning({literal(_joined(data['text/plain']).removeprefix('Warning. '))})")
        thing = published.of(kind)[name]
        if kind in ("figure", "table"):
            return self.block(published, kind, name)
        if kind == "claim":
            because = thing["because"] + (f" ({thing['text']})" if "text" in thing else "")
            color = markup.VERDICT_CLASS.get(thing["verdict"], "none")
            arguments = (thing["sentence"], thing["verdict"], color, because)
            return _raw(f"#claim({', '.join(literal(a) for a in arguments)})")
        return _raw(f"#value({literal(name)}, {literal(thing['text'])})")

    def plain(self, data: dict[str, Any]) -> str:
        """An output that nobody published: a picture, an HTML table, or text."""
        for mime, ending in (("image/svg+xml", "svg"), ("image/png", "png")):
            if mime in data:
                return self._picture(_joined(data[mime]), ending)
        if "<table" in _joined(data.get("text/html", "")):
            return _raw(_html_table(_joined(data["text/html"])))
        if "application/vnd.jupyter.widget-view+json" in data:
            return "*An interactive control; open this notebook with `make lab` to use it.*"
        if "text/markdown" in data:
            return _joined(data["text/markdown"])
        return _code(_joined(data.get("text/plain", "")))

    def _picture(self, content: str, ending: str) -> str:
        self.pictures += 1
        name = f"shown-{self.pictures}.{ending}"
        files.write(self.work / name, content if ending == "svg" else base64.b64decode(content))
        return _raw(f'#picture({literal(name)}, "", "a figure of the notebook")')


def _on_paper(text: str) -> str:
    """Fenced blocks as pandoc has them; behind a link to a chapter stands the page."""
    return _CHAPTER.sub(r'\1 `#seen("\2")`{=typst}', _FENCED.sub(r"::: {.\1}", text))


def _table(thing: dict[str, Any]) -> str:
    sides = array("right" if numeric else "left" for numeric in thing["numeric"])
    header = array(literal(cell) for cell in thing["header"])
    rows = array(literal(_breakable(cell)) for row in thing["rows"] for cell in row)
    notes = array(literal(note) for note in thing.get("notes", ()))
    return f"#data({literal(thing['caption'])}, {_widths(thing)}, {sides}, {header}, {rows}, {notes})"


#: about so many letters stand in a line of a table, by the size that its number of columns gets
_LETTERS = 105


def _widths(thing: dict[str, Any]) -> str:
    """Short and numeric columns take what they need; the others share the rest by their length.

    No column is narrower than its longest word.
    """
    columns = [[row[i] for row in thing["rows"]] or [""] for i in range(len(thing["header"]))]
    longest = [max(map(len, (h, *c))) for h, c in zip(thing["header"], columns, strict=True)]
    fixed = [n or most <= 16 for n, most in zip(thing["numeric"], longest, strict=True)]
    words = [_longest_word(h, c) for h, c in zip(thing["header"], columns, strict=True)]
    means = [sum(map(len, c)) / len(c) for c in columns]
    free = _LETTERS - sum(most if f else word for f, most, word in zip(fixed, longest, words, strict=True))
    wanted = sum(mean for f, mean in zip(fixed, means, strict=True) if not f) or 1
    shares = [word + max(free, 0) * mean / wanted for word, mean in zip(words, means, strict=True)]
    return array("auto" if f else f"{share:.1f}fr" for f, share in zip(fixed, shares, strict=True))


def _longest_word(header: str, cells: list[str]) -> int:
    pieces = [
        piece
        for cell in (header, *cells)
        for piece in re.split(r"\s|\u200b|(?<=-)(?=[A-Za-z])", _breakable(cell))
    ]
    return max(map(len, pieces), default=1)


def _breakable(text: str) -> str:
    """Long names may break after the marks between their parts."""
    return re.sub(r"(?<=[/_=:;@])(?=\w)|(?<=[A-Za-z]\.)(?=\w)", "\u200b", text)


def _html_table(html: str) -> str:
    import pypandoc

    bare = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    return pypandoc.convert_text(bare, "typst", format="html")


def _warnings(book: Book) -> str:
    rows = array(f"({literal(stem)}, {literal(text)})" for stem, text in book.warnings)
    return _raw(f"#warnings({rows})") if book.warnings else ""


def _how(chapter: Chapter) -> str:
    pairs = [*chapter.parameters.items(), ("runs", len(chapter.published.about.get("runs", ())))]
    text = "; ".join(f"{name} = {value!r}" for name, value in pairs)
    return f"#how({literal(chapter.stem)}, {literal(text)})"


def _raw(typst: str) -> str:
    return f"\n```{{=typst}}\n{typst}\n```\n"


def _code(text: str) -> str:
    fence = "`" * 6
    return f"{fence}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
