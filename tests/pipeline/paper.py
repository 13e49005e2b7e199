"""What poppler sees of a PDF: the words with their boxes, the outline, and where links lead."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_ITEM = re.compile(r'<(/?)outline>|<item page="(\d+)">(.*?)</item>')
_LINK = re.compile(r'<a href="[^"#]*#(\d+)">(.*?)</a>')
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


class Word(NamedTuple):
    """A word and its box, in points from the upper left corner of its page."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Page(NamedTuple):
    """A page's size in points, and its words."""

    width: float
    height: float
    words: tuple[Word, ...]


def pages(pdf: Path) -> list[Page]:
    """Every page with its words."""
    told = _told("pdftotext", "-bbox", str(pdf), "-")
    return [
        Page(float(width), float(height), tuple(_word(found) for found in _WORD.findall(body)))
        for width, height, body in _PAGE.findall(told)
    ]


def outline(pdf: Path) -> list[tuple[int, str, int]]:
    """Depth, title and page of every entry of the outline."""
    entries, depth = [], -1
    for end, page, title in _ITEM.findall(_told("pdftohtml", "-xml", "-i", "-stdout", str(pdf))):
        if page:
            entries.append((depth, unescape(title), int(page)))
        else:
            depth += -1 if end else 1
    return entries


def links(pdf: Path) -> list[tuple[str, int]]:
    """What each link inside the document says, and the page it leads to."""
    found = _LINK.findall(_told("pdftohtml", "-xml", "-i", "-stdout", str(pdf)))
    return [(re.sub(r"<[^>]+>", "", text).replace("\xa0", " "), int(page)) for page, text in found]


def outside(page: Page, side: float, edge: float) -> list[Word]:
    """Words nearer to a side, or to the upper or lower edge, than so many points."""
    wide, high = page.width - side, page.height - edge
    return [w for w in page.words if w.left < side or w.right > wide or w.top < edge or w.bottom > high]


def overlaps(page: Page) -> list[tuple[Word, Word]]:
    """Words on one another: boxes, less a tenth above and below, that meet by over a point."""
    rows: dict[int, list[Word]] = {}
    for word in page.words:
        for row in range(int(word.top // 20), int(word.bottom // 20) + 1):
            rows.setdefault(row, []).append(word)
    return sorted({(a, b) for row in rows.values() for a, b in combinations(sorted(row), 2) if _meet(a, b)})


def _meet(a: Word, b: Word) -> bool:
    wide = min(a.right, b.right) - max(a.left, b.left)
    (top_a, bottom_a), (top_b, bottom_b) = _core(a), _core(b)
    return wide > 1 and min(bottom_a, bottom_b) > max(top_a, top_b)


def _core(word: Word) -> tuple[float, float]:
    tenth = (word.bottom - word.top) / 10
    return word.top + tenth, word.bottom - tenth


def _word(found: tuple[str, ...]) -> Word:
    return Word(*map(float, found[:4]), unescape(found[4]))


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    for number, page in enumerate(pages(Path(sys.argv[1])), start=1):
        for word in outside(page, side=56, edge=30):
            print(f"page {number}: outside: {word}")
        for one, other in overlaps(page):
            print(f"page {number}: {one.text!r} and {other.text!r} overlap at {one[:4]}, {other[:4]}")
