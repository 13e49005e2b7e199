"""Folded stacks: `root;...;leaf COUNT`, one stack a line, as flame graph tools exchange them.

Counts may be fractional (kept exactly, in thousandths) and there may be two of them, before and after, as
difffolded writes.
"""

from __future__ import annotations

import codecs
import re

from schedlab.errors import FormatError
from schedlab.ingest import stack_tables
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.stack_tables import Frame
from schedlab.model.extend import Reader, Reading
from schedlab.model.profile import Profile
from schedlab.model.tables import FRAMES, STACK_SAMPLES

_NUMBER = r"(\d{1,15}(?:\.\d{1,9})?)"
_LINE = re.compile(rf"(\S.*?)(?: {_NUMBER})? {_NUMBER}\s*$")
_KINDS = {1: ("samples",), 2: ("before", "after")}


def read_profile(path: str, data: bytes) -> Profile:
    """The profile in that text; FormatError says what is broken."""
    return _profile(path, data, Damage())


def _sniff(head: bytes, name: str) -> bool:
    """Whether every whole line of the head ends in a count and at least one has several frames."""
    lines = [line for line in _text(head, Damage()).split("\n")[:2000] if line.strip()]
    lines = lines[:-1] if len(lines) > 1 else lines
    return any(";" in line for line in lines) and all(_LINE.match(line) for line in lines)


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    found = _profile(path, data, damage)
    made = {STACK_SAMPLES.name: stack_tables.samples(found), FRAMES.name: stack_tables.frames(found)}
    return Reading(READER.name, made, {"types": found.types, "stacks": found.n}, damage.frame())


def _profile(path: str, data: bytes, damage: Damage) -> Profile:
    rows = []
    for number, line in enumerate(_text(data, damage).split("\n"), 1):
        found = _LINE.match(line)
        if found:
            rows.append((found[1], [n for n in found.groups()[1:] if n]))
        elif line.strip():
            damage.add("line without a count", number, line)
    if not any(";" in stack for stack, _ in rows):
        raise damage.refuse(path, "holds no folded stack") if damage else FormatError(path, "holds no stack")
    counts = {len(numbers) for _, numbers in rows}
    # a frame's own name may end in a number, so two counts are two only where every line has them
    width = 2 if counts == {2} else 1
    rows = [_narrow(stack, numbers, width) for stack, numbers in rows]
    scale = 1000 if any("." in n for _, numbers in rows for n in numbers) else 1
    types = tuple((kind, "count" if scale == 1 else "count/1000") for kind in _KINDS[width])
    stacks = [[Frame(name) for name in reversed(stack.split(";"))] for stack, _ in rows]
    values = [[_scaled(n, scale, damage) for n in numbers] for _, numbers in rows]
    return stack_tables.profile(stacks, types, values, {})


def _narrow(stack: str, numbers: list[str], width: int) -> tuple[str, list[str]]:
    """The first of two numbers belongs to the last frame's name where only one is a count."""
    kept = numbers[-width:]
    return " ".join([stack, *numbers[: len(numbers) - width]]), kept


def _scaled(number: str, scale: int, damage: Damage) -> int:
    whole, _, fraction = number.partition(".")
    if len(fraction.rstrip("0")) > 3:
        damage.add("fraction beyond a thousandth cut off", 0, number)
    return int(whole) * scale + int((fraction + "000")[:3]) * (scale == 1000)


def _text(data: bytes, damage: Damage) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(name, errors="replace")
    return text_of(data, damage)


READER = Reader(
    "folded",
    _sniff,
    _read,
    (STACK_SAMPLES.name, FRAMES.name),
    "folded stacks, one a line",
    versions="py-spy 0.4",
)
