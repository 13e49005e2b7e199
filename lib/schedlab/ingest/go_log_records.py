"""Records of a Go runtime log as rows, each with its place in the log; what a line says, nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schedlab.ingest import go_log_grammar as grammar

_HEADER_INTS = (
    *(
        "ms",
        "gomaxprocs",
        "idleprocs",
        "threads",
        "spinningthreads",
        "needspinning",
        "idlethreads",
        "runqueue",
    ),
    *("gcwaiting", "nmidlelocked", "stopwait", "sysmonwait"),
)
#: kind of record -> its columns; the key is the record's place: its stream, then its line
COLUMNS = {
    "header": ("key", "wall_ns", *_HEADER_INTS, "detail", "doubtful"),
    "proc": (
        *("key", "proc", "status", "schedtick", "syscalltick", "thread", "runqsize", "gfreecnt"),
        "timerslen",
    ),
    "thread": (
        *("key", "thread", "proc", "goroutine", "mallocing", "throwing", "preemptoff", "locks"),
        *("dying", "spinning", "blocked", "locked_goroutine"),
    ),
    "goroutine": ("key", "goroutine", "status", "scan", "reason", "thread", "locked_thread"),
    "gc": (
        *("key", "wall_ns", "gc", "since_start_s", "gc_cpu_share"),
        *("sweep_term_s", "mark_s", "mark_term_s"),
        *("sweep_term_cpu_s", "assist_cpu_s", "background_cpu_s", "idle_cpu_s", "mark_term_cpu_s"),
        *("heap_start_bytes", "heap_end_bytes", "heap_live_bytes", "goal_bytes", "procs", "forced"),
    ),
}
_WORDS = {"true": 1, "false": 0, "nil": -1, None: -1}


#: the line's part of a key
LINES = 1 << 44
SCAN_BIT = 0x1000


@dataclass
class Records:
    """Rows of every kind, tuples in the order of COLUMNS; `broken` holds the keys of lost records."""

    rows: dict[str, list[tuple]] = field(default_factory=lambda: {kind: [] for kind in COLUMNS})
    broken: list[int] = field(default_factory=list)

    def add(self, kind: str, found: re.Match, key: int, wall_ns: int, sane: bool = True) -> None:
        """Take in one matched record."""
        if kind == "header":
            self.rows[kind].append((key, wall_ns, *_header(found), not sane))
            self.rows["proc"] += _listed(found, key)
        elif kind == "gc":
            self.rows[kind].append((key, wall_ns, *_gc(found)))
        else:
            self.rows[kind].append((key, *_FIELDS[kind](found)))

    def lose_header(self, key: int, wall_ns: int, ms: int) -> None:
        """A SCHED line of which only the time is left begins a snapshot all the same, a doubtful one."""
        unknown = [-1] * (len(_HEADER_INTS) - 1)
        self.rows["header"].append((key, wall_ns, ms, *unknown, 0, True))


def match(text: str) -> tuple[str, re.Match] | None:
    """The record that a line is, or that it ends with, and its kind; None for other lines."""
    start = text.lstrip(" \t/")[:1]
    for kind, first in (("goroutine", "G"), ("proc", "P"), ("thread", "M")):
        if start == first and (found := grammar.FULL[kind].match(text)):
            return kind, found
    if "SCHED " in text and (found := grammar.HEADER.search(text)):
        return "header", found
    if "gc " in text and (found := grammar.GC.search(text)) and _gc_parts(found):
        return "gc", found
    return None


def sane(kind: str, found: re.Match) -> bool:
    """Whether the numbers of a record can be true together, as far as the runtime's locks promise it."""
    if kind != "header":
        return True
    procs, idle = int(found["gomaxprocs"]), int(found["idleprocs"])
    queues = found["queues"]
    lists = [found[name].split() for name in ("queues", "ticks") if found[name] is not None]
    fits = all(len(values) == procs for values in lists) and (queues is None or "-" not in queues)
    threads, idlethreads = int(found["threads"]), int(found["idlethreads"])
    spinning = int(found["spinningthreads"] or 0)
    return procs > 0 and 0 <= idle <= procs and fits and 0 <= idlethreads <= threads and spinning <= threads


def _header(found: re.Match) -> tuple:
    return (*(_int(found[name]) for name in _HEADER_INTS), found["queues"] is None)


def _listed(found: re.Match, key: int) -> list[tuple]:
    """One proc row per entry of the list that a summary line ends with."""
    if found["queues"] is None:
        return []
    queues = [_int(v) for v in found["queues"].split()]
    ticks = [_int(v) for v in (found["ticks"] or "").split()]
    ticks = ticks if len(ticks) == len(queues) else [-1] * len(queues)
    pairs = enumerate(zip(queues, ticks, strict=True))
    return [(key, proc, -1, tick, -1, -1, queue, -1, -1) for proc, (queue, tick) in pairs]


def _proc(found: re.Match) -> tuple:
    return tuple(_int(v) for v in found.groups())


def _thread(found: re.Match) -> tuple:
    values = found.groups()
    spinning, blocked, locked = (_int(v) for v in values[8:])
    return (
        *map(_int, values[:5]),
        values[5] or "",
        *map(_int, values[6:8]),
        spinning > 0,
        blocked > 0,
        locked,
    )


def _goroutine(found: re.Match) -> tuple:
    goroutine, status, reason, thread, locked = found.groups()
    bits = int(status)
    return (int(goroutine), bits & ~SCAN_BIT, bits & SCAN_BIT > 0, reason, _int(thread), _int(locked))


_FIELDS = {"proc": _proc, "thread": _thread, "goroutine": _goroutine}


def _int(text: str | None) -> int:
    return _WORDS[text] if text in _WORDS else int(text)


def _gc(found: re.Match) -> tuple:
    clock, cpu = _gc_parts(found)
    heap = [int(v) << 20 for v in found.group(6, 7, 8, 9)]
    seconds = [v / 1e3 for v in (*clock, *cpu)]
    return (
        *(int(found[1]), float(found[2]), int(found[3]) / 100),
        *seconds,
        *heap,
        int(found[10]),
        found[11] is not None,
    )


def _gc_parts(found: re.Match) -> tuple[tuple, tuple] | None:
    """((sweep term, mark, mark term), (the same and assist, background, idle)) in ms.

    Go 1.5 prints five clocks (sweep termination, scan, installing the write barrier, mark, mark termination):
    the middle three count as mark, their CPU as background.
    """
    try:
        clock = [float(v) for v in found[4].split("+")]
        parts = found[5].split("+")
        middle = [float(v) for v in parts[-2].split("/")]
        edges = [float(v) for v in (*parts[:-2], parts[-1])]
    except (ValueError, IndexError):
        return None
    if (len(clock), len(edges), len(middle)) == (3, 2, 3):
        return tuple(clock), (edges[0], *middle, edges[1])
    if (len(clock), len(edges), len(middle)) == (5, 4, 3):
        background = middle[1] + edges[1] + edges[2]
        cpu = (edges[0], middle[0], background, middle[2], edges[3])
        return (clock[0], sum(clock[1:4]), clock[4]), cpu
    return None
