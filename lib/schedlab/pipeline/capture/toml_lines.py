"""Where in a TOML file a key stands, because tomllib does not say."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")


def line_of(text: str, place: tuple[str | int, ...]) -> int | None:
    """Line (from 1) of `place`: ("name",), ("arm", 0), ("arm", 0, "mode"), ("host", "label"); None if absent.

    A key that is missing from its table is reported at the table's header.
    """
    header, key = _split(place)
    found: dict[tuple[str | int, ...], int] = {(): 1}
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _table(match[1], match[2], counts)
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            found.setdefault((*table, match[1]), number)
    return found.get((*header, key) if key else header, found.get(header))


def _split(place: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], str]:
    if place and isinstance(place[-1], str) and (len(place) != 1):
        return place[:-1], place[-1]
    return ((), str(place[0])) if place and len(place) == 1 else (place, "")


def _table(bracket: str, name: str, counts: dict[str, int]) -> tuple[str | int, ...]:
    if bracket == "[":
        return tuple(name.split("."))
    counts[name] = counts.get(name, -1) + 1
    return (name, counts[name])
