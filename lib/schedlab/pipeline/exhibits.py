"""Published tables and figures on paper: calls of the template, sized so that they can be read."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from typing import Any

from schedlab.pipeline.columns import PAGE, breakable, columns
from schedlab.pipeline.typst_code import array, call, literal

#: a table of at most so many lines is kept on one page
_WHOLE = 18
#: a figure is drawn at this share of its size, larger where its smallest letters, in points, ask for it
_CALM, _LETTERS = 0.8, 6.6
#: about as wide as what stands for a table that is named in a cell
_NAMED = "Table\u00a0100, page\u00a0100"


def table(thing: dict[str, Any], label: str, named: Container[str]) -> str:
    """A published table; cells that name another of the `named` say its number and page."""
    header, rows, numeric = _filled(thing)
    texts = [[_NAMED if cell in named else breakable(cell) for cell in row] for row in rows]
    layout = columns(header, texts, numeric)
    cells = [_cell(cell, named) for row in rows for cell in row]
    return call(
        "data",
        caption=literal(thing["caption"]),
        label=literal(label),
        size=f"{layout.size:.1f}pt",
        whole="true" if layout.lines <= _WHOLE else "false",
        widths=array(f"{width:.1f}pt" for width in layout.widths),
        sides=array("right" if flush else "left" for flush in numeric),
        header=array(literal(words.replace("/", "/\u2060")) for words in header),
        cells=array(cells),
        notes=array(map(literal, thing.get("notes", ()))),
    )


def picture(file: Path, target: str, caption: str, alt: str, label: str = "") -> str:
    """The picture in `file`, which lies beside the report as `target`."""
    width = _width(file.read_text(encoding="utf-8")) if file.suffix == ".svg" else PAGE
    texts = (literal(text) for text in (target, caption, alt, label))
    return call("picture", *texts, f"{width:.1f}pt")


def _filled(thing: dict[str, Any]) -> tuple[list[str], list[list[str]], list[bool]]:
    """Header, rows and kinds of the columns that hold something; all of them where there are no rows."""
    rows = thing["rows"]
    kept = [i for i in range(len(thing["header"])) if not rows or any(row[i] for row in rows)]
    return (
        [thing["header"][i] for i in kept],
        [[row[i] for i in kept] for row in rows],
        [thing["numeric"][i] for i in kept],
    )


def _cell(text: str, named: Container[str]) -> str:
    return call("shown", literal(text)).removeprefix("#") if text in named else literal(breakable(text))


def _width(drawing: str) -> float:
    """In points; what matplotlib draws tells its size and that of its letters."""
    size = re.search(r'<svg[^>]*?\swidth="([\d.]+)pt"', drawing)
    letters = re.findall(r"scale\(([\d.]+) -", drawing)
    if not size or not letters:
        return PAGE
    scale = max(_CALM, _LETTERS / (100 * min(map(float, letters))))
    return min(PAGE, scale * float(size[1]))
