"""What a Go process prints about its scheduler and collector: GODEBUG schedtrace, scheddetail, gctrace.

All forms of Go 1.2 to 1.27 (gctrace from 1.5), in any text around them: application lines between and inside
records, prefixes of containers and loggers, several processes, cut ends. `SCHED 0ms` is the first print and
not the start of the process; wait reasons count only for status 4; local queues exclude runnext.
"""

from __future__ import annotations

import re

import numpy as np

from schedlab.ingest import go_log_lines, go_log_records, go_log_repair, go_log_tables
from schedlab.ingest.damage import Damage, text_of
from schedlab.ingest.go_log_extras import Extras
from schedlab.ingest.go_log_lines import Line
from schedlab.model import tables
from schedlab.model.extend import Reader, Reading

_ANY = re.compile(
    rb"SCHED \d+ms: gomaxprocs=|gc #?\d+ @[\d.]+s \d+%|: status=\d+ schedtick=|: status=\d+\([^)\n]+\)+ m="
)
_LOST = re.compile(r"SCHED \d+ms: |gc #?\d+ @[\d.]+s |[PMG]\d+: (?:status|p)=| runqueue=\d| schedtick=\d")
_COLLECTION = re.compile(r"gc #?\d+ @|^SCHED(?! \d)")
_MS = re.compile(r"SCHED (\d{1,15})ms: ")
_ELIDED = re.compile(r"^\s*(?:\.\.\.[\s.]*|…+|。。。)$")


def _sniff(head: bytes, name: str) -> bool:
    return bool(_ANY.search(head))


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    scan = Scan(damage)
    text = text_of(data, damage)
    whole, _, tail = text.rpartition("\n")
    for line in go_log_lines.lines(whole, damage):
        scan.take(line)
    if tail:
        scan.cut(whole.count("\n") + 1 + bool(whole), tail)
    found, facts, warnings = go_log_tables.tables(scan.done(), damage)
    rows = sum(len(frame) for frame in found.values())
    if rows == (found[tables.SCHED_SNAPSHOTS.name]["gomaxprocs"] < 0).sum():
        raise damage.refuse(path, "holds no scheduler or GC record that can be read")
    found[tables.GAUGES.name] = scan.extras.gauges()
    facts |= {"carries": "point samples of the scheduler", **scan.facts()}
    return Reading(READER.name, found, facts, damage.frame(), warnings)


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

    def done(self) -> go_log_tables.Parsed:
        """The columns of everything taken; what is still torn is lost."""
        for name, source in self.sources.items():
            self._give_up(name, source)
        columns = {kind: go_log_tables.columns_of(kind, rows) for kind, rows in self.records.rows.items()}
        return go_log_tables.Parsed(columns, np.array(self.records.broken, dtype=np.int64).reshape(-1, 2))

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
        self.records.add(kind, found, line.number, source, line.wall_ns, sane)
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
        self.records.add(kind, found, torn.line, source, torn.wall_ns)
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
            self.records.broken.append((line.number, source))
        ms = _MS.search(line.text)
        if ms:
            unknown = [-1] * (len(go_log_records.COLUMNS["header"]) - 6)
            self.records.rows["header"].append(
                (line.number, source, line.wall_ns, int(ms[1]), *unknown, 0, True)
            )

    def _other(self, line: Line, source: int) -> None:
        if _LOST.search(line.text):
            self._lose("piece of a record", line, source)
        elif _ELIDED.match(line.text):
            self._lose("elided lines", line, source)
        elif not self.extras.take(line):
            self.other += bool(line.text.strip())


def _yields() -> tuple[str, ...]:
    sched = (tables.SCHED_SNAPSHOTS, tables.SCHED_PROCS, tables.SCHED_THREADS, tables.SCHED_GOROUTINES)
    return tuple(t.name for t in (*sched, tables.GC_CYCLES, tables.GAUGES))


READER = Reader(
    "go-runtime-log", _sniff, _read, _yields(), "GODEBUG schedtrace, scheddetail, gctrace; Go 1.2 to 1.27"
)
