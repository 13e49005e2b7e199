"""Torn records: another write landed between two operands of a record, and the rest stands on a later line.

The foreign line is one write that ends in a newline, so what stands before it and what follows its newline
rejoin exactly. Where digits touch digits (`idleprocs=31` before `2024/05/01`) every cut is tried; only a
result that is complete, possible and the only one of its kind counts. Everything else is lost, and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schedlab.ingest import go_log_grammar as grammar
from schedlab.ingest import go_log_records as records

#: a torn record that this many lines did not complete is lost
PATIENCE = 12
_CANDIDATES = 64
_LONGEST = 1 << 18

#: how log lines begin that can settle where digits are to be cut
_DATED = re.compile(r"\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d|\d\d:\d\d:\d\d[ .,]")
_LAYOUTS = tuple((kind, tuple(re.compile(piece) for piece in pieces)) for kind, pieces in grammar.PIECES)
#: what only some versions print can be no foreign text
_OPTIONAL = re.compile(
    r" (?:spinningthreads|needspinning|nmspinning|schedticks|timerslen|blocked|helpgc)=| \(forced"
)
#: operands that must be there before a beginning counts as one of a record
_ENOUGH = 3
_BEGINS = re.compile(r"SCHED \d+ms: |gc \d+ @|^[ \t]*[PMG]\d+: (?:status|p)=")


class Torn:
    """The beginning of a record that is waiting for its rest: every way to cut it that may be right."""

    def __init__(self, text: str, line: int, wall_ns: int):
        self.text, self.line, self.wall_ns, self.age = text, line, wall_ns, 0
        start = _BEGINS.search(text).start()
        self.heads = _cuts(text[start:], 0)

    def feed(self, text: str) -> tuple[str, re.Match, str] | None:
        """(kind, the whole record, the foreign text that split it) if this line completes it, else None."""
        self.age += 1
        if len(text) > _LONGEST:
            return None
        found = {}
        for head, rest in self.heads:
            for joined in (head + text, f"{head} {text.lstrip()}") if not rest else (head + text,):
                whole = records.match(joined)
                if whole and whole[1].start() == 0 and records.sane(*whole):
                    found.setdefault(whole[1].groups(), (*whole, rest))
        best = list(found.values())
        if len(best) > 1:
            best = [candidate for candidate in best if _DATED.match(candidate[2])]
        if len(best) == 1:
            return best[0]
        self._extend(text)
        return None

    def _extend(self, text: str) -> None:
        """Torn twice: the line may hold the next piece of the record before the next foreign text."""
        for head, rest in list(self.heads):
            if len(self.heads) >= _CANDIDATES:
                return
            self.heads += [
                (longer, rest or more) for longer, more in _cuts(head + text, len(head) + 1) if more
            ]


def begins(text: str) -> bool:
    """Whether a line that is no record holds the beginning of one."""
    return len(text) <= _LONGEST and bool(_BEGINS.search(text))


def _cuts(text: str, least: int) -> list[tuple[str, str]]:
    """(beginning, rest) for every place where a foreign write may have started, longest beginnings first."""
    places = {place for _, pieces in _LAYOUTS for place in _places(text, pieces) if place >= least}
    cuts = [(text[:place], text[place:]) for place in sorted(places, reverse=True)]
    return [(head, rest) for head, rest in cuts if not _OPTIONAL.match(rest)]


def _places(text: str, pieces: tuple[re.Pattern, ...]) -> Iterator[int]:
    """Boundaries between operands as far as this layout goes, and every cut inside its numbers."""
    place = 0
    for n, piece in enumerate(pieces):
        found = piece.match(text, place)
        if not found:
            break
        if n >= _ENOUGH and found.group()[-1:].isdigit():
            yield from range(place, found.end())
        place = found.end()
        if n >= _ENOUGH - 1:
            yield place
