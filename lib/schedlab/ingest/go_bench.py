"""Output of `go test -bench`, plain and -json: one mean a benchmark and repetition, in the units it reports.

`key: value` lines apply to what follows them. Each line is one observation (the mean over its iterations), so
`-count` makes a sample; nothing is known of single operations. Under -json one line may come in two events.
"""

from __future__ import annotations

import json
import re

from schedlab.errors import FormatError
from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import MEANS, Carries
from schedlab.model.extend import Reader, Reading

CARRIES = Carries(MEANS)
_LINE = re.compile(r"(Benchmark[^\s]{0,500})[ \t]+(\d{1,15})[ \t]+(\S.{0,2000})")
_CONFIG = re.compile(r"([a-z][^\sA-Z:]{0,60}):[ \t]*(\S.{0,500})")
_UNIT = re.compile(r"[^\s\d][^\s]{0,60}")
#: as golang/perf tidies them: unit -> (base unit, factor)
_BASE = {"ns/op": ("s/op", 1e-9), "MB/s": ("bytes/s", 1e6), "B/op": ("bytes/op", 1.0)}


def _sniff(head: bytes, name: str) -> bool:
    return bool(re.search(rb"^Benchmark\S*[ \t]+\d+[ \t]+[\d.]+(?:e[+-]\d+)? \S", head, re.M))


def _sniff_json(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b'{"') and b'"Action":"' in head[:400] and b"Benchmark" in head


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    return _reading(path, "go-bench", text_of(data, damage), damage)


def _read_json(path: str, data: bytes) -> Reading:
    """The outputs of every test put together again, then as plain text."""
    damage = Damage()
    streams: dict[tuple[str, str], list[str]] = {}
    for number, line in enumerate(text_of(data, damage).split("\n"), 1):
        try:
            event = json.loads(line) if line.strip() else {}
        except (json.JSONDecodeError, RecursionError, ValueError):
            event = None
        if not isinstance(event, dict):
            damage.add("broken line", number, line)
        elif event.get("Action") == "output" and isinstance(event.get("Output"), str):
            key = str(event.get("Package", "")), str(event.get("Test", ""))
            streams.setdefault(key, []).append(event["Output"])
    texts = [f"pkg: {package}\n" + "".join(pieces) for (package, _), pieces in streams.items()]
    return _reading(path, "go-bench-json", "\n".join(texts), damage)


def _reading(path: str, name: str, text: str, damage: Damage) -> Reading:
    config: dict[str, str] = {}
    gauges: list[tuple] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if found := _LINE.fullmatch(line):
            label = f"{config['pkg']}.{found[1]}" if config.get("pkg") else found[1]
            gauges += _measured(label, int(found[2]), found[3], number, damage)
        elif found := _CONFIG.fullmatch(line):
            config[found[1]] = found[2]
    if not gauges:
        raise FormatError(path, "holds no line of a benchmark with its result")
    facts = CARRIES.facts() | {"config": config, "results": len({(g[1], g[3]) for g in gauges})}
    return Reading(name, {"GAUGES": load_rows.gauges(gauges)}, facts, damage.frame())


def _measured(label: str, iterations: int, shown: str, number: int, damage: Damage) -> list[tuple]:
    """One gauge a pair of value and unit; the iterations belong to none of them."""
    words = shown.split()
    pairs = list(zip(words[::2], words[1::2], strict=False))
    try:
        if len(words) % 2 or iterations < 1 or not all(_UNIT.fullmatch(unit) for _, unit in pairs):
            raise ValueError("no pairs of value and unit")
        scaled = [(load_rows.positive(value), *_BASE.get(unit, (unit, 1.0))) for value, unit in pairs]
    except ValueError as error:
        damage.add("broken result", number, f"{label} {shown}: {error}")
        return []
    return [(0, label, value * factor, unit) for value, unit, factor in scaled]


READERS = (
    Reader(
        "go-bench-json",
        _sniff_json,
        _read_json,
        ("GAUGES",),
        "go test -bench -json",
        CARRIES,
        "Go 1.21, 1.26",
    ),
    Reader("go-bench", _sniff, _read, ("GAUGES",), "go test -bench", CARRIES, "Go 1.26, with and without -v"),
)
