"""Where in a TOML file a key stands, because tomllib does not say."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")

Place = tuple[str | int, ...]


def line_of(text: str, place: Place) -> int:
    """Line (from 1) of `place`: ("name",), ("arm", 0), ("arm", 0, "mode"), ("host", "label").

    What is missing from its table is reported at the table's header, and what stands inside an inline table
    or list at the line of its key.
    """
    found = _places(text)
    while place not in found:
        place = place[:-1]
    return found[place]


def _places(text: str) -> dict[Place, int]:
    """The line of every table and key."""
    found: dict[Place, int] = {(): 1}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _table(match[1], match[2], counts)
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            found.setdefault((*table, match[1]), number)
    return found


def _table(bracket: str, name: str, counts: dict[Place, int]) -> Place:
    """The place that a header opens; parents that are arrays stand for their last item."""
    place: Place = ()
    *parents, last = name.split(".")
    for parent in parents:
        place = (*place, parent)
        place = (*place, counts[place]) if place in counts else place
    place = (*place, last)
    if bracket == "[":
        return place
    counts[place] = counts.get(place, -1) + 1
    return (*place, counts[place])
