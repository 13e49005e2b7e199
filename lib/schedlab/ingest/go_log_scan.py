"""The careful path through a scheduler log: line by line, torn records rejoined, everything lost counted."""

from __future__ import annotations

import re

from schedlab.ingest import go_log_records, go_log_repair
from schedlab.ingest.damage import Damage
from schedlab.ingest.go_log_extras import Extras
from schedlab.ingest.go_log_lines import Line
from schedlab.ingest.go_log_records import LINES

_LOST = re.compile(r"SCHED \d+ms: |gc #?\d+ @[\d.]+s |[PMG]\d+: (?:status|p)=| runqueue=\d| schedtick=\d")
_COLLECTION = re.compile(r"gc #?\d+ @|^SCHED(?! \d)")
_MS = re.compile(r"SCHED (\d{1,15})ms: ")
_ELIDED = re.compile(r"^\s*(?:\.\.\.[\s.]*|…+|。。。)$")


class Scan:
    """Takes lines in order, keeps records, and rejoins torn ones."""

    def __init__(self, damage: Damage):
        self.damage = damage
        self.records = go_log_records.Records()
        self.extras = Extras()
        self.torn: dict[str, go_log_repair.Torn] = {}
        self.sources: dict[str, int] = {}
        self.rejoined = 0
        self.other = 0

    def take(self, line: Line) -> None:
        """One line: a record, a piece of a torn one, the beginning of one, or other text."""
        source = self.sources.setdefault(line.source, len(self.sources))
        found = go_log_records.match(line.text)
        if found:
            self._add(*found, line, source)
        elif line.source in self.torn and self._rejoin(line, source):
            return
        elif go_log_repair.begins(line.text):
            self._give_up(line.source, source)
            self.torn[line.source] = go_log_repair.Torn(line.text, line.number, line.wall_ns)
        else:
            self._other(line, source)

    def cut(self, number: int, text: str) -> None:
        """The last line has no end, so its last number may be short: it is not read."""
        self._lose("cut line", Line(text, number, 0, ""), max(len(self.sources) - 1, 0))

    def done(self) -> go_log_records.Records:
        """The records of everything taken; what is still torn is lost."""
        for name, source in self.sources.items():
            self._give_up(name, source)
        return self.records

    def facts(self) -> dict:
        """What else the log held."""
        return {
            "streams": list(self.sources),
            "rejoined_records": self.rejoined,
            "other_lines": self.other,
        } | self.extras.facts()

    def _add(self, kind: str, found: re.Match, line: Line, source: int) -> None:
        sane = go_log_records.sane(kind, found)
        if not sane:
            self.damage.add("impossible numbers", line.number, found.group())
        self.records.add(kind, found, source * LINES + line.number, line.wall_ns, sane)
        before = line.text[: found.start()]
        if before.strip() and kind in ("header", "gc"):
            self._other(line._replace(text=before), source)

    def _rejoin(self, line: Line, source: int) -> bool:
        torn = self.torn[line.source]
        whole = torn.feed(line.text)
        if whole is None:
            if torn.age >= go_log_repair.PATIENCE:
                self._give_up(line.source, source)
            return False
        del self.torn[line.source]
        kind, found, rest = whole
        self.rejoined += 1
        self.records.add(kind, found, source * LINES + torn.line, torn.wall_ns)
        if rest:
            self.take(Line(rest, torn.line, torn.wall_ns, line.source))
        return True

    def _give_up(self, name: str, source: int) -> None:
        """What waited for its rest in that stream is lost."""
        torn = self.torn.pop(name, None)
        if torn:
            self._lose("torn record", Line(torn.text, torn.line, torn.wall_ns, name), source)

    def _lose(self, kind: str, line: Line, source: int) -> None:
        """Count a lost record; a lost SCHED line still begins a snapshot, a damaged one."""
        self.damage.add(kind, line.number, line.text)
        if not _COLLECTION.search(line.text):
            self.records.broken.append(source * LINES + line.number)
        ms = _MS.search(line.text)
        if ms:
            self.records.lose_header(source * LINES + line.number, line.wall_ns, int(ms[1]))

    def _other(self, line: Line, source: int) -> None:
        if _LOST.search(line.text):
            self._lose("piece of a record", line, source)
        elif _ELIDED.match(line.text):
            self._lose("elided lines", line, source)
        elif not self.extras.take(line):
            self.other += bool(line.text.strip())
