"""The report before it is rendered: the front text and one chapter per notebook, every citation filled in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline import cite, markup, places
from schedlab.pipeline import notebook as nb
from schedlab.pipeline.cite import Published
from schedlab.pipeline.execute import Outcome
from schedlab.pipeline.plan import Plan
from schedlab.pipeline.readable import Readable

#: why a chapter that stepped aside published nothing
_NO_DATA = "the data has nothing for it"


@dataclass(frozen=True)
class Chapter:
    """One notebook as it ran.

    `why` says why there is nothing, or not all of it; `aside` what the data lacks, which is no failure.
    """

    stem: str
    title: str
    notebook: dict[str, Any]
    published: Published
    parameters: dict[str, Any]
    why: str = ""
    aside: str = ""
    part: str = ""

    @property
    def remark(self) -> str:
        """What stands behind its title in the list of chapters."""
        return " (incomplete)" if self.why else " (no data)" if self.aside else ""


@dataclass(frozen=True)
class Book:
    """What `html` and `pdf` render.

    `unexpected`: what differs from the committed results, None where they were not compared.
    """

    title: str
    subtitle: str
    front: str
    chapters: tuple[Chapter, ...]
    unexpected: tuple[str, ...] | None = None

    @property
    def parts(self) -> tuple[tuple[str, tuple[Chapter, ...]], ...]:
        """The chapters by the part of the report they stand in."""
        return tuple((part, tuple(own)) for part, own in itertools.groupby(self.chapters, lambda c: c.part))

    @property
    def published(self) -> dict[str, Published]:
        """What every chapter published, by the notebook's name."""
        return {chapter.stem: chapter.published for chapter in self.chapters}

    @property
    def hosts(self) -> tuple[str, ...]:
        """On what the data of the chapters was captured."""
        return tuple(dict.fromkeys(h for c in self.chapters for h in c.published.about.get("hosts", ())))

    @property
    def gaps(self) -> tuple[str, ...]:
        """One sentence per notebook that did not run through; empty for a complete report."""
        return tuple(f"{chapter.stem}: {chapter.why}" for chapter in self.chapters if chapter.why)

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """Every warning once, with the notebooks that published it, as (notebooks, sentence)."""
        found: dict[str, list[str]] = {}
        for chapter in self.chapters:
            for text in chapter.published.about.get("warnings", ()):
                found.setdefault(text, []).append(chapter.stem)
        return tuple((", ".join(stems), text) for text, stems in found.items())

    @property
    def host_label(self) -> str:
        """One sentence with every host."""
        return f"Captured on: {'; '.join(self.hosts)}." if self.hosts else ""


def collect(plan: Plan, outcomes: Sequence[Outcome], front: Path) -> Book:
    """Front text and chapters in the order of the plan."""
    chapters = tuple(replace(_chapter(s, o), part=s.part) for s, o in zip(plan.steps, outcomes, strict=True))
    if not front.is_file():
        raise SchedlabError(f"{places.shown(front)}: the report's front text is missing")
    return Book(plan.title, plan.subtitle, front.read_text(encoding="utf-8"), chapters)


def fill(book: Book, text: str, place: str, block: Callable[[Published, str, str], str]) -> str:
    """Text with every citation replaced."""
    return cite.substitute(text, book.published, place, block)


def front(book: Book, block: Callable[[Published, str, str], str]) -> str:
    """The front text filled in; a line of a list that cites a chapter without data is left out.

    A line that begins with `*` stands in for the one before it where that is left out; a **head** without a
    line below it goes too.
    """
    kept, left_out = [], False
    for line in fill(book, book.front, "report/index.md", block).splitlines(keepends=True):
        stands_in = line.startswith("* ")
        if stands_in and not left_out:
            continue
        left_out = line.startswith(("- ", "* ")) and _NO_DATA in line
        if not left_out:
            kept.append(f"- {line[2:]}" if stands_in else line)
    return _without_empty_heads("".join(kept))


def _without_empty_heads(text: str) -> str:
    return re.sub(r"^\*\*[^*\n]+\*\*\n\s*(?!- )(?=\S)", "", text, flags=re.M)


def block_html(published: Published, kind: str, name: str) -> str:
    """A published figure or table inside HTML text."""
    thing = published.of(kind)[name]
    if kind == "table":
        html = markup.table(as_readable(thing), thing["caption"])
    else:
        file = published.folder / thing["file"]
        mime = "image/svg+xml" if file.suffix == ".svg" else "image/png"
        html = markup.figure(markup.picture(file.read_bytes(), mime, thing["alt"]), thing["caption"])
    return f"\n\n{html}\n\n"


def as_readable(thing: Mapping[str, Any]) -> Readable:
    """A published table's text as it was shown."""
    rows = tuple(tuple(row) for row in thing["rows"])
    return Readable(tuple(thing["header"]), rows, tuple(thing["numeric"]), tuple(thing.get("notes", ())))


def _chapter(step, outcome: Outcome) -> Chapter:
    source = nb.read(step.path)
    title = nb.title(source, step.stem)
    if outcome.folder is None or not (outcome.folder / "executed.ipynb").is_file():
        empty = {
            "cells": [c for c in source["cells"][:1]],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        missing = Published(step.stem, Path(), missing=f"{step.stem} did not run")
        if outcome.status == "aside":
            none = Published(step.stem, Path(), missing=_NO_DATA)
            return Chapter(step.stem, title, empty, none, step.parameters, aside=outcome.why)
        return Chapter(step.stem, title, empty, missing, step.parameters, outcome.why or "did not run")
    executed = nb.read(outcome.folder / "executed.ipynb")
    executed["cells"] = [c for c in executed["cells"] if "papermill-error-cell-tag" not in nb.tags(c)]
    published = cite.load(step.stem, outcome.folder / "publish")
    if outcome.status == "failed":
        published = Published(step.stem, Path(), missing=f"{step.stem} failed")
    return Chapter(step.stem, title, executed, published, step.parameters, outcome.why)
