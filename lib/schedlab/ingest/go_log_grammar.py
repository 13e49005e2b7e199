"""How Go 1.2 to 1.27 print scheduler and GC records: one pattern a record, and the writes each is made of.

`print` in the runtime issues one write(2) per operand, so another thread's line can land between any two
operands. PIECES lists the operands of every record and version; `go_log_repair` walks them.
"""

from __future__ import annotations

import re

_INT = r"-?\d+"
_NIL = r"(?:nil|-?\d+)"
_BOOL = r"(?:true|false|\d+)"

#: leading blanks may be trimmed, tabs, or commented out
_INDENT = r"^[ \t]*(?://[ \t]*)?"

#: what fits 64 bits; as bytes after << 20
_D, _MB = r"\d{1,18}", r"\d{1,12}"
#: the goal of a collector that is switched off: near the largest int64 in bytes, 97 % of it
_GOAL = rf"{_MB}|8[0-6]\d{{11}}"
_ID = rf"(nil|-?{_D})"
_S = rf"(-?{_D})"
_LISTED = rf"(?:-?{_D}(?: +-?{_D})*)?"

HEADER = re.compile(
    rf"SCHED (?P<ms>{_D})ms: gomaxprocs=(?P<gomaxprocs>{_D}) idleprocs=(?P<idleprocs>-?{_D})"
    rf" threads=(?P<threads>{_D})"
    rf"(?: spinningthreads=(?P<spinningthreads>{_D}))?(?: needspinning=(?P<needspinning>{_D}))?"
    rf" idlethreads=(?P<idlethreads>-?{_D}) runqueue=(?P<runqueue>-?{_D})"
    rf"(?: gcwaiting=(?P<gcwaiting>true|false|{_D}) nmidlelocked=(?P<nmidlelocked>-?{_D})"
    rf"(?: nmspinning=(?P<nmspinning>{_D}))? stopwait=(?P<stopwait>-?{_D})"
    rf" sysmonwait=(?P<sysmonwait>true|false|{_D})"
    rf"| \[ *(?P<queues>{_LISTED}) *\](?: schedticks=\[ *(?P<ticks>{_LISTED}) *\])?)\s*$"
)
PROC = re.compile(
    rf"{_INDENT}P({_D}): status=({_D}) schedtick=({_D}) syscalltick=({_D}) m={_ID}"
    rf" runqsize={_S}(?:/\d+)? gfreecnt={_S}(?: timerslen=({_D}))?\s*$"
)
THREAD = re.compile(
    rf"{_INDENT}M{_S}: p={_ID} curg={_ID} mallocing={_S} throwing={_S}"
    rf" (?:gcing=\d+ |preemptoff=(.*?) )?locks={_S} dying={_S} (?:helpgc=-?\d+ )?"
    rf"spinning=(true|false|{_D})(?: blocked=(true|false|{_D}))? lockedg={_ID}\s*$"
)
GOROUTINE = re.compile(rf"{_INDENT}G({_D}): status=({_D})\((.*)\) m={_ID} lockedm={_ID}\s*$")
_F = r"(\d{1,15}(?:\.\d{1,15})?)"
GC = re.compile(
    rf"gc #?({_D}) @{_F}s (\d{{1,9}})%(?: \(checking for goroutine leaks\))?: "
    rf"([\d.+]{{1,99}}) ms clock, ([\d.+/]{{1,199}}) ms cpu, ({_MB})->({_MB})->({_MB}) MB, "
    rf"({_GOAL}) MB goal, (?:\d+ MB stacks, \d+ MB globals, )?({_D}) P( \(forced\))?\s*$"
)
#: where a record starts inside a line that other text begins
STARTS = re.compile(r"SCHED \d+ms: |gc #?\d+ @[\d.]+s ")

_HEAD = ("SCHED ", r"\d+", "ms: gomaxprocs=", r"\d+", " idleprocs=", _INT, " threads=", r"\d+")
_SPIN = (" spinningthreads=", r"\d+")
_NEED = (" needspinning=", r"\d+")
_IDLE = (" idlethreads=", _INT, " runqueue=", r"\d+")
_DETAIL = (" gcwaiting=", _BOOL, " nmidlelocked=", _INT, " stopwait=", _INT, " sysmonwait=", _BOOL)
_OLD_DETAIL = (*_DETAIL[:4], " nmspinning=", r"\d+", *_DETAIL[4:])
_LIST = (" \\[", r"[ \d]*", "\\]")
_TICKS = (" schedticks=\\[", r"[ \d]*", "\\]")
_G = (
    r"[ \t]*G",
    r"\d+",
    ": status=",
    r"\d+",
    "\\(",
    r"(?:[A-Za-z][^()]*(?:\([^()]*\))?)?",
    "\\) m=",
    _NIL,
    " lockedm=",
    _NIL,
)
_P = (
    *(r"[ \t]*P", r"\d+", ": status=", r"\d+", " schedtick=", r"\d+", " syscalltick=", r"\d+", " m=", _NIL),
    *(" runqsize=", r"\d+", " gfreecnt=", r"\d+"),
)
_M = (
    *(r"[ \t]*M", r"\d+", ": p=", _NIL, " curg=", _NIL, " mallocing=", _INT, " throwing=", _INT),
    *(" preemptoff=", r"[^= ]*(?: [^= ]+)*?", " locks=", _INT, " dying=", _INT),
)
_GC = (
    *("gc ", r"\d+", " @", r"[\d.]+", "s ", r"\d+", "%: ", r"[\d.]+", "\\+", r"[\d.]+", "\\+", r"[\d.]+"),
    *(" ms clock, ", r"[\d.]+", "\\+", r"[\d.]+", "/", r"[\d.]+", "/", r"[\d.]+", "\\+", r"[\d.]+"),
    *(" ms cpu, ", r"\d+", "->", r"\d+", "->", r"\d+", " MB, ", r"\d+", " MB goal, "),
)
_GC_18 = (r"\d+", " MB stacks, ", r"\d+", " MB globals, ")

#: (record kind, its operands) for every layout that a Go version prints
PIECES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("header", (*_HEAD, *_SPIN, *_NEED, *_IDLE, *_LIST, *_TICKS)),
    ("header", (*_HEAD, *_SPIN, *_NEED, *_IDLE, *_DETAIL)),
    ("header", (*_HEAD, *_SPIN, *_IDLE, *_LIST)),
    ("header", (*_HEAD, *_SPIN, *_IDLE, *_DETAIL)),
    ("header", (*_HEAD, *_IDLE, *_LIST)),
    ("header", (*_HEAD, *_IDLE, *_OLD_DETAIL)),
    ("proc", (*_P, " timerslen=", r"\d+")),
    ("thread", (*_M, " spinning=", _BOOL, " blocked=", _BOOL, " lockedg=", _NIL)),
    ("thread", (*_M, " helpgc=", _INT, " spinning=", _BOOL, " blocked=", _BOOL, " lockedg=", _NIL)),
    ("goroutine", _G),
    ("gc", (*_GC, *_GC_18, r"\d+", " P", r" \(forced\)")),
    ("gc", (*_GC, r"\d+", " P", r" \(forced\)")),
)
FULL = {"header": HEADER, "proc": PROC, "thread": THREAD, "goroutine": GOROUTINE, "gc": GC}
