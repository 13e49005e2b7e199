"""Stacks of all goroutines as Go prints them: `debug=2` goroutine profiles, panics, fatal errors, SIGQUIT.

`go tool pprof` refuses these, although they alone say state, wait reason and wait time of each goroutine.
A goroutine listed a second time begins a new dump. Goroutine 0 is a thread's own stack.
"""

from __future__ import annotations

import re

import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import go_log_lines, go_runtime_log, stack_tables
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.go_goroutine_dump import STATES, Dump, Goroutine
from schedlab.ingest.stack_tables import Frame
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import FRAMES, GOROUTINES

_ANY = re.compile(
    rb"goroutine \d{1,18}(?: gp=0x[0-9a-f]+ m=[^ \n]+(?: mp=0x[0-9a-f]+)?)? \[[^\n]+\](?: \{[^\n]*\})?:"
)
#: where `debug=2` stops writing
_CAP_BYTES = 64 << 20


def _sniff(head: bytes, name: str) -> bool:
    return bool(_ANY.search(head)) and not go_runtime_log.READER.sniff(head, name)


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    dump = Dump(damage)
    whole, _, tail = text_of(data, damage).rpartition("\n")
    for line in go_log_lines.lines(whole, damage):
        dump.take(line.text, line.number)
    if tail:
        damage.add("cut line", whole.count("\n") + 1 + bool(whole), tail)
    dump.end()
    found = [(n, goroutine) for n, one in enumerate(dump.dumps) for goroutine in one.values()]
    if not found:
        raise damage.refuse(path, "holds no goroutine") if damage else FormatError(path, "holds no goroutine")
    stacks = _distinct(found)
    frames = {GOROUTINES.name: _goroutines(found, stacks), FRAMES.name: _frames(stacks)}
    facts = {
        "dumps": len(dump.dumps),
        "goroutines": sum(goroutine.header["goroutine"] != "0" for _, goroutine in found),
        "stacks": len(stacks),
        "other_lines": dump.other,
        "carries": "every goroutine at one moment",
    }
    return Reading(READER.name, frames, facts, damage.frame(), _warnings(data, found))


def _distinct(found: list[tuple[int, Goroutine]]) -> dict[tuple[Frame, ...], int]:
    """Number of each distinct stack, in the order met."""
    stacks: dict[tuple[Frame, ...], int] = {}
    for _, goroutine in found:
        stacks.setdefault(tuple(goroutine.frames), len(stacks))
    return stacks


def _goroutines(found: list[tuple[int, Goroutine]], stacks: dict) -> pd.DataFrame:
    rows = [(n, *_row(g), stacks[tuple(g.frames)], len(g.frames), g.elided) for n, g in found]
    creators = [(g.created_by, g.creator) for _, g in found]
    rows = [(*row, *creator) for row, creator in zip(rows, creators, strict=True)]
    columns = zip(*rows, strict=True)
    names = [name for name, _, _ in GOROUTINES.columns]
    return GOROUTINES.frame({name: list(values) for name, values in zip(names, columns, strict=True)})


def _row(goroutine: Goroutine) -> tuple:
    """What the header says, in the order of the table's columns from `line` to `labels`."""
    said = goroutine.header
    word = said["state"]
    state, reason = (word, "") if word in STATES else ("waiting", word + (said["durable"] or ""))
    return (
        *(goroutine.line, int(said["goroutine"]), state, reason, int(said["minutes"] or 0) * 60.0),
        *(goroutine.thread, said["locked"] is not None, said["leaked"] is not None),
        *(said["scan"] is not None, int(said["bubble"] or -1), said["inner"] or said["outer"] or ""),
    )


def _frames(stacks: dict[tuple[Frame, ...], int]) -> pd.DataFrame:
    return stack_tables.frames(stack_tables.profile(list(stacks), (), [()] * len(stacks), {}))


def _warnings(data: bytes, found: list) -> tuple[str, ...]:
    cut = len(data) >= _CAP_BYTES
    short = sum(goroutine.elided > 0 for _, goroutine in found)
    said = []
    if cut:
        said.append("the dump is 64 MB or longer, where Go stops writing: goroutines may be missing")
    if short:
        said.append(f"{short} stacks are printed without their middle: depth is at least what is printed")
    return tuple(said)


READER = Reader(
    "go-goroutines",
    _sniff,
    _read,
    (GOROUTINES.name, FRAMES.name),
    "stacks of all goroutines: debug=2, panics, SIGQUIT; Go 1.2 to 1.27",
    versions="Go 1.21 to 1.27",
)
