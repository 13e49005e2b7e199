"""Lines of a log without what carried them: time stamps, container prefixes, JSON envelopes, colour, CRLF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from schedlab.ingest.damage import Damage


class Line(NamedTuple):
    """One line: text, number in the file, wall clock (0 if none) and the stream it belongs to."""

    text: str
    number: int
    wall_ns: int
    source: str


class _Part(NamedTuple):
    """What a wrapper found in a line; `ended` is False where the next line of the stream goes on with it."""

    text: str
    wall_ns: int = 0
    source: str = ""
    ended: bool = True


_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
#: how long the wall clock is that our harness puts before each line
STAMP = 20
_UNIX_NS = re.compile(r"(\d{19}) (.*)", re.S)
_CRI = re.compile(r"(\d{4}-\d\d-\d\dT\S+) (stdout|stderr) ([FP]) ?(.*)", re.S)
_KUBECTL = re.compile(r"\[(pod/[^\]]+)\] ?(.*)", re.S)
_COMPOSE = re.compile(r"([\w.-]+) +\| ?(.*)", re.S)
_JOURNAL = re.compile(
    r"(\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+|\d+\.\d+) \S+ ([^\s:\[]+\[\d+\]): ?(.*)", re.S
)
_STAMPED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (.*)", re.S)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def lines(text: str, damage: Damage) -> Iterator[Line]:
    """Every line of a log that is in memory, without what carries it."""
    plain = text.split("\n")
    if plain and not plain[-1]:
        plain.pop()
    found = (Line(clean(t), n, 0, "") for n, t in enumerate(plain, 1))
    return unwrapped(found, wrappers(plain), damage)


def wrappers(first: list[str]) -> tuple[Callable, ...]:
    """What carries the lines, outermost first, told from the first lines of the log."""
    sample = [clean(t) for t in first[:400] if t.strip()]
    found = []
    while len(found) < 3 and (wrapper := _in_use(sample)):
        found.append(wrapper)
        sample = [part.text.rstrip("\n") for t in sample if (part := wrapper(t))]
    return tuple(found)


def stamped_only(carried: tuple[Callable, ...]) -> bool:
    """Whether the lines carry our harness's wall clock and nothing else."""
    return carried == (_unix_ns,)


def unwrapped(found: Iterator[Line], carried: tuple[Callable, ...], damage: Damage) -> Iterator[Line]:
    """The lines without those wrappers."""
    for wrapper in carried:
        found = _unwrapped(found, wrapper, damage)
    return found


def clean(text: str) -> str:
    """The line without colour and without the carriage return of Windows."""
    text = text.removesuffix("\r")
    return _ANSI.sub("", text) if "\x1b" in text else text


def _in_use(sample: list[str]) -> Callable | None:
    """The wrapper that most of the lines carry."""
    for wrapper in _WRAPPERS:
        if sample and sum(wrapper(t) is not None for t in sample) * 2 > len(sample):
            return wrapper
    return None


def _unwrapped(found: Iterator[Line], wrapper: Callable, damage: Damage) -> Iterator[Line]:
    """Lines without that wrapper; parts of one line are put together per stream."""
    open_parts: dict[str, Line] = {}
    for line in found:
        part = wrapper(line.text)
        if part is None:
            damage.add("line without its wrapper", line.number, line.text)
            yield line
            continue
        source = f"{line.source}/{part.source}" if part.source else line.source
        begun = open_parts.pop(source, None)
        if begun:
            whole = Line(begun.text + part.text, begun.number, begun.wall_ns, source)
        else:
            whole = Line(part.text, line.number, part.wall_ns or line.wall_ns, source)
        if part.ended:
            yield from _split(whole)
        else:
            open_parts[source] = whole
    for line in open_parts.values():
        yield from _split(line)


def _split(line: Line) -> Iterator[Line]:
    """An envelope may hold several lines."""
    for text in line.text.removesuffix("\n").split("\n"):
        yield line._replace(text=clean(text))


def _unix_ns(text: str) -> _Part | None:
    found = _UNIX_NS.fullmatch(text)
    return _Part(found[2], int(found[1])) if found and int(found[1]) < 2**63 else None


def _cri(text: str) -> _Part | None:
    found = _CRI.fullmatch(text)
    return _Part(found[4], _instant(found[1]), found[2], found[3] == "F") if found else None


def _docker(text: str) -> _Part | None:
    if not text.startswith('{"log":'):
        return None
    entry = _object(text)
    log = entry.get("log") if entry else None
    if not isinstance(log, str):
        return None
    return _Part(log, _instant(str(entry.get("time", ""))), str(entry.get("stream", "")), log.endswith("\n"))


def _structured(text: str) -> _Part | None:
    """zap, logrus, slog and their like: one JSON object a line, the text under msg."""
    entry = _object(text) if text.startswith("{") else None
    texts = (
        [entry[k] for k in ("msg", "message", "log", "MESSAGE") if isinstance(entry.get(k), str)]
        if entry
        else []
    )
    if not texts:
        return None
    stamp = next((entry[k] for k in ("ts", "time", "timestamp", "@timestamp") if k in entry), "")
    unit = entry.get("_SYSTEMD_UNIT", "")
    pid = entry.get("_PID", "")
    return _Part(texts[0], _instant(stamp), f"{unit}[{pid}]" if unit or pid else "")


def _object(text: str) -> dict | None:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _kubectl(text: str) -> _Part | None:
    found = _KUBECTL.fullmatch(text)
    return _Part(found[2], 0, found[1]) if found else None


def _compose(text: str) -> _Part | None:
    found = _COMPOSE.fullmatch(text)
    return _Part(found[2], 0, found[1]) if found else None


def _journal(text: str) -> _Part | None:
    found = _JOURNAL.fullmatch(text)
    return _Part(found[3], _instant(found[1]), found[2]) if found else None


def _stamped(text: str) -> _Part | None:
    found = _STAMPED.fullmatch(text)
    instant = _instant(found[1]) if found else 0
    return _Part(found[2], instant) if instant else None


def _instant(stamp: str | float) -> int:
    """Unix ns of an RFC 3339 time or of Unix seconds; 0 where the stamp has no year, or is no time."""
    if isinstance(stamp, int | float) or stamp.replace(".", "", 1).isdecimal():
        seconds = float(stamp)
        return int(seconds * 1e9) if 0 < seconds < 2**33 else 0
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?", stamp
    )
    if not found:
        return 0
    try:
        whole = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return 0
    seconds = (whole - _EPOCH) // timedelta(seconds=1) - _offset(found[3] or "Z")
    return seconds * 10**9 + int((found[2] or "0").ljust(9, "0"))


def _offset(zone: str) -> int:
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


#: outermost first; a wrapper is in use if most lines carry it
_WRAPPERS = (_unix_ns, _docker, _cri, _structured, _kubectl, _journal, _compose, _stamped)
