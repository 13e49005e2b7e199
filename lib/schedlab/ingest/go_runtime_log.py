"""What a Go process prints about its scheduler and collector: GODEBUG schedtrace, scheddetail, gctrace.

All forms of Go 1.2 to 1.27 (gctrace from 1.5), in any text around them: application lines between and inside
records, prefixes of containers and loggers, several processes, cut ends. `SCHED 0ms` is the first print and
not the start of the process; wait reasons count only for status 4; local queues exclude runnext.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from schedlab.ingest import go_log_lines, go_log_tables
from schedlab.ingest.damage import Damage
from schedlab.ingest.go_log_blocks import Blocks, pieces
from schedlab.ingest.go_log_lines import Line
from schedlab.ingest.go_log_scan import Scan
from schedlab.model import tables
from schedlab.model.extend import Reader, Reading

_ANY = re.compile(
    rb"SCHED \d+ms: gomaxprocs=|gc #?\d+ @[\d.]+s \d+%|: status=\d+ schedtick=|: status=\d+\([^)\n]+\)+ m="
)
#: a log of so many blocks is worth loading the compiled path; how much of it shows what carries its lines
_LARGE, _SAMPLE = 8, 1 << 20


def _sniff(head: bytes, name: str) -> bool:
    return bool(_ANY.search(head))


def read_stream(path: str, stream: Iterable[bytes], compiled: bool | None = None) -> Reading:
    """The log that arrives in these pieces, never held as a whole; large ones are scanned compiled."""
    damage = Damage()
    scan = Scan(damage)
    exact = _scan(Blocks(stream, damage), scan, damage, compiled)
    parsed = go_log_tables.parsed(scan.done(), exact)
    found, facts, warnings = go_log_tables.tables(parsed, damage)
    rows = sum(len(frame) for frame in found.values())
    if rows == (found[tables.SCHED_SNAPSHOTS.name]["gomaxprocs"] < 0).sum():
        raise damage.refuse(path, "holds no scheduler or GC record that can be read")
    found[tables.GAUGES.name] = scan.extras.gauges()
    facts |= {"carries": "point samples of the scheduler", **scan.facts()}
    return Reading(READER.name, found, facts, damage.frame(), warnings)


def _read(path: str, data: bytes) -> Reading:
    return read_stream(path, pieces(data))


def _scan(blocks: Blocks, scan: Scan, damage: Damage, compiled: bool | None) -> dict | None:
    """Lines past `scan`, but those that the compiled path knows: their columns, None without that path."""
    whole = iter(blocks)
    first = list(islice(whole, _LARGE))
    sample = b"".join(block for _, block in first[:1])[:_SAMPLE].decode("utf-8", "replace")
    carried = go_log_lines.wrappers(sample.split("\n"))
    exact = _compiled(carried) if (len(first) == _LARGE if compiled is None else compiled) else None
    raw = _lines(chain(first, whole), exact, damage)
    for line in go_log_lines.unwrapped(raw, carried, damage):
        scan.take(line)
    if exact and blocks.lines:
        scan.sources.setdefault("", 0)
    if blocks.tail:
        scan.cut(blocks.lines + 1, blocks.tail.decode("utf-8", "replace"))
    return exact.columns() if exact else None


def _compiled(carried: tuple):
    """The compiled path, for logs that carry nothing or our harness's wall clock; None for others."""
    if carried and not go_log_lines.stamped_only(carried):
        return None
    from schedlab.ingest.go_log_compiled import Compiled

    return Compiled(stamp=go_log_lines.STAMP if carried else 0)


def _lines(blocks: Iterable[tuple[int, bytes]], exact, damage: Damage) -> Iterator[Line]:
    """The lines of all blocks that are left to the careful path."""
    for begin, block in blocks:
        left = exact.take(block) if exact else enumerate(block.split(b"\n")[:-1], begin)
        for number, raw in left:
            yield Line(go_log_lines.clean(_decoded(raw, number, damage)), number, 0, "")


def _decoded(raw: bytes, number: int, damage: Damage) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        damage.add("invalid UTF-8", number, repr(raw[error.start : error.start + 20]))
        return raw.decode(errors="replace")


def _yields() -> tuple[str, ...]:
    sched = (tables.SCHED_SNAPSHOTS, tables.SCHED_PROCS, tables.SCHED_THREADS, tables.SCHED_GOROUTINES)
    return tuple(t.name for t in (*sched, tables.GC_CYCLES, tables.GAUGES))


READER = Reader(
    "go-runtime-log",
    _sniff,
    _read,
    _yields(),
    "GODEBUG schedtrace, scheddetail, gctrace; Go 1.2 to 1.27",
    versions="Go 1.21 to 1.27",
    stream=read_stream,
)
