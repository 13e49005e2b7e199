"""Go profiles as text (`debug=1`): goroutine, threadcreate, heap, allocs, block, mutex.

`go tool pprof` takes only their addresses and throws the symbols away; here the symbols are the stack. Values
are those of the binary profile of the same moment: heap numbers are unsampled by Go's own rule, cycles become
nanoseconds (the runtime has applied the sampling period of mutex profiles already). Go leaves the runtime's
frames at the leaf of goroutine and heap stacks out of the text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from schedlab.errors import FormatError
from schedlab.ingest import stack_tables
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.stack_tables import Frame
from schedlab.model.extend import Reader, Reading
from schedlab.model.profile import Profile
from schedlab.model.tables import FRAMES, STACK_SAMPLES

_N = r"(-?\d{1,18})"
_COUNT = re.compile(r"(\S+) profile: total (\d{1,18})$")
_HEAP = re.compile(rf"heap profile: *{_N}: {_N} \[ *{_N}: {_N}\] @ heap/(\d{{1,15}})$")
_DELAY = re.compile(r"--- (contention|mutex):$")
_SETTING = re.compile(r"(cycles/second|sampling period) *= *(\d{1,18})$")
_RECORD = re.compile(rf"(?:{_N}: {_N} \[ *{_N}: {_N}\]|{_N} {_N}|{_N}) @((?: 0x[0-9a-f]{{1,16}})*)$")
_FRAME = re.compile(r"#\t+(0x[0-9a-f]{1,16})(?:\t+(\S.*)\+0x[0-9a-f]+\t+(.*):(\d{1,9}))?$")
_SNIFF = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\S+ profile: total \d+|heap profile: *\d+: \d+ \[ *\d+: \d+\] @ heap/\d+"
    rb"|--- (?:contention|mutex):)\r?\n"
)
_TYPES = {
    "heap": (
        *(("alloc_objects", "count"), ("alloc_space", "bytes")),
        *(("inuse_objects", "count"), ("inuse_space", "bytes")),
    ),
    "delay": (("contentions", "count"), ("delay", "nanoseconds")),
}


@dataclass
class _Text:
    """What the lines of one text say: the kind of profile, its settings, its records and their frames."""

    kind: str
    name: str
    total: int = -1
    rate: int = 0
    settings: dict[str, int] = field(default_factory=dict)
    numbers: list[tuple[int, ...]] = field(default_factory=list)
    stacks: list[list[Frame]] = field(default_factory=list)


def read_profile(path: str, data: bytes) -> Profile:
    """The profile in that text; FormatError says what is broken."""
    return _profile(path, data, Damage())


def _sniff(head: bytes, name: str) -> bool:
    return bool(_SNIFF.match(head))


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    found = _profile(path, data, damage)
    made = {STACK_SAMPLES.name: stack_tables.samples(found), FRAMES.name: stack_tables.frames(found)}
    facts = {"types": found.types, "stacks": found.n, "text": found.facts["text"]}
    return Reading(READER.name, made, facts, damage.frame())


def _profile(path: str, data: bytes, damage: Damage) -> Profile:
    whole, _, tail = text_of(data, damage).rpartition("\n")
    lines = [line.removesuffix("\r") for line in whole.split("\n")]
    said = _header(path, lines[0])
    if tail:
        damage.add("cut line", len(lines) + 1, tail)
    for number, line in enumerate(lines[1:], 2):
        _take(said, line, number, damage)
    _check_total(said, damage)
    facts = {"text": said.name, "duration_s": 0.0}
    return stack_tables.profile(said.stacks, _types(said), _values(path, said), facts)


def _header(path: str, line: str) -> _Text:
    if found := _COUNT.match(line):
        return _Text("count", found[1], int(found[2]))
    if found := _HEAP.match(line):
        return _Text("heap", "heap", int(found[3]), int(found[5]) // 2)
    if found := _DELAY.match(line):
        return _Text("delay", found[1])
    raise FormatError(path, "begins with no line of a Go profile as text", 1)


def _take(said: _Text, line: str, number: int, damage: Damage) -> None:
    """One line: a record, a frame of the record before it, a setting, or text that people read."""
    if found := _FRAME.match(line):
        if not said.stacks:
            damage.add("frame without its record", number, line)
        elif found[2]:
            said.stacks[-1].append(Frame(found[2], found[3], int(found[4])))
        elif int(found[1], 16):
            said.stacks[-1].append(Frame(found[1]))
    elif found := _RECORD.match(line):
        numbers = tuple(int(v) for v in found.groups()[:7] if v is not None)
        if len(numbers) != {"count": 1, "heap": 4, "delay": 2}[said.kind]:
            damage.add("record of another kind of profile", number, line)
            return
        said.numbers.append(numbers)
        said.stacks.append([])
    elif found := _SETTING.match(line):
        said.settings[found[1]] = int(found[2])
    elif line and not line.startswith("#"):
        damage.add("line that is no record", number, line)


def _check_total(said: _Text, damage: Damage) -> None:
    """The header's total against its records: of goroutines, or of objects ever allocated."""
    place = 2 if said.kind == "heap" else 0
    found = sum(numbers[place] for numbers in said.numbers)
    if said.total not in (-1, found):
        damage.add("records missing", 1, f"the header counts {said.total}, the records {found}")


def _types(said: _Text) -> tuple[tuple[str, str], ...]:
    return _TYPES.get(said.kind, ((said.name, "count"),))


def _values(path: str, said: _Text) -> list[tuple[int, ...]]:
    if said.kind == "heap":
        return [(*_unsampled(*n[2:], said.rate), *_unsampled(*n[:2], said.rate)) for n in said.numbers]
    if said.kind == "count":
        return said.numbers
    cycles = said.settings.get("cycles/second", 0)
    if not cycles:
        raise FormatError(path, "says no cycles/second, so its cycles are no time", 2)
    return [(count, int(delay / (cycles / 1e9))) for delay, count in said.numbers]


def _unsampled(count: int, size: int, rate: int) -> tuple[int, int]:
    """(objects, bytes) that a sample of mean size stands for: runtime/pprof's scaleHeapSample."""
    if not count or not size:
        return 0, 0
    if rate <= 1:
        return count, size
    scale = 1 / (1 - math.exp(-max(size / count, 1e-9) / rate))
    return int(count * scale), int(size * scale)


READER = Reader(
    "pprof-text",
    _sniff,
    _read,
    (STACK_SAMPLES.name, FRAMES.name),
    "Go profile as text, debug=1: goroutine, threadcreate, heap, block, mutex",
    versions="Go 1.21 to 1.27",
)
