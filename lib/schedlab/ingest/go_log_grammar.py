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

HEADER = re.compile(
    r"SCHED (?P<ms>\d+)ms: gomaxprocs=(?P<gomaxprocs>\d+) idleprocs=(?P<idleprocs>-?\d+)"
    r" threads=(?P<threads>\d+)"
    r"(?: spinningthreads=(?P<spinningthreads>\d+))?(?: needspinning=(?P<needspinning>\d+))?"
    r" idlethreads=(?P<idlethreads>-?\d+) runqueue=(?P<runqueue>-?\d+)"
    r"(?: gcwaiting=(?P<gcwaiting>true|false|\d+) nmidlelocked=(?P<nmidlelocked>-?\d+)"
    r"(?: nmspinning=(?P<nmspinning>\d+))? stopwait=(?P<stopwait>-?\d+)"
    r" sysmonwait=(?P<sysmonwait>true|false|\d+)"
    r"| \[(?P<queues>[-\d ]*)\](?: schedticks=\[(?P<ticks>[\d ]*)\])?)\s*$"
)
PROC = re.compile(
    _INDENT + r"P(\d+): status=(\d+) schedtick=(\d+) syscalltick=(\d+) m=(nil|-?\d+)"
    r" runqsize=(-?\d+)(?:/\d+)? gfreecnt=(-?\d+)(?: timerslen=(\d+))?\s*$"
)
THREAD = re.compile(
    _INDENT + r"M(-?\d+): p=(nil|-?\d+) curg=(nil|-?\d+) mallocing=(-?\d+) throwing=(-?\d+)"
    r" (?:gcing=\d+ |preemptoff=(.*?) )?locks=(-?\d+) dying=(-?\d+) (?:helpgc=-?\d+ )?"
    r"spinning=(true|false|\d+)(?: blocked=(true|false|\d+))? lockedg=(nil|-?\d+)\s*$"
)
GOROUTINE = re.compile(_INDENT + r"G(\d+): status=(\d+)\((.*)\) m=(nil|-?\d+) lockedm=(nil|-?\d+)\s*$")
_F = r"(\d+(?:\.\d+)?)"
GC = re.compile(
    rf"gc #?(\d+) @{_F}s (\d+)%(?: \(checking for goroutine leaks\))?: "
    r"([\d.+]+) ms clock, ([\d.+/]+) ms cpu, (\d+)->(\d+)->(\d+) MB, (\d+) MB goal, "
    r"(?:\d+ MB stacks, \d+ MB globals, )?(\d+) P( \(forced\))?\s*$"
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
