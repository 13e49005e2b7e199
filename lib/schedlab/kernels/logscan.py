"""Lines of a scheduler log straight into columns: the exact lines that Go 1.20 and later print, no others.

A record is a run of fields, each a literal and the number after it. A line that differs from its layout by
one byte is left to the careful reader, which is also the slow twin: `ingest.go_log_records`.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import kernel
from schedlab.kernels.words import BYTE, HIGH, ONES, WORDS, first_byte, number, word

_u, _i64 = np.uint64, types.int64
_OUT = types.Array(types.int64, 1, "C")
_OUT2 = types.Array(types.int64, 2, "C")
_MARKS = types.Array(types.uint8, 2, "C")
_REASONS = types.Array(types.uint64, 2, "C")

#: what may follow a literal: digits, a number that may be negative, nil or a number, true or false
_DIGITS, _SIGNED, _NIL, _FLAG = range(4)
_HEADER = (
    *(("SCHED ", _DIGITS), ("ms: gomaxprocs=", _DIGITS), (" idleprocs=", _DIGITS), (" threads=", _DIGITS)),
    *((" spinningthreads=", _DIGITS), (" needspinning=", _DIGITS), (" idlethreads=", _DIGITS)),
    *((" runqueue=", _SIGNED), (" gcwaiting=", _FLAG), (" nmidlelocked=", _SIGNED)),
    *((" stopwait=", _SIGNED), (" sysmonwait=", _FLAG)),
)
_PROC = (
    *(("  P", _DIGITS), (": status=", _DIGITS), (" schedtick=", _DIGITS), (" syscalltick=", _DIGITS)),
    *((" m=", _NIL), (" runqsize=", _SIGNED), (" gfreecnt=", _SIGNED), (" timerslen=", _DIGITS)),
)
_THREAD = (
    *(("  M", _DIGITS), (": p=", _NIL), (" curg=", _NIL), (" mallocing=", _SIGNED), (" throwing=", _SIGNED)),
    *((" preemptoff= locks=", _SIGNED), (" dying=", _SIGNED), (" spinning=", _FLAG), (" blocked=", _FLAG)),
    (" lockedg=", _NIL),
)
_GOROUTINE = (("  G", _DIGITS), (": status=", _DIGITS), (") m=", _NIL), (" lockedm=", _NIL))
_LAYOUTS = (_HEADER, _PROC, _THREAD, _GOROUTINE)
HEADER, PROC, THREAD, GOROUTINE = range(4)
#: rows of each layout's table: the line's number, its fields in order; for headers the wall clock as well
ROWS = (len(_HEADER) + 2, len(_PROC) + 1, len(_THREAD) + 1, len(_GOROUTINE) + 1)
#: no line of a layout is shorter than this
SHORTEST = tuple(sum(len(text) + 1 for text, _ in layout) + 1 for layout in _LAYOUTS)

_FIELDS = [field for layout in _LAYOUTS for field in layout]
#: where the fields of each layout begin
_FIRST = np.cumsum([0, *(len(layout) for layout in _LAYOUTS)])
_KIND = np.array([kind for _, kind in _FIELDS])
_SIZE = np.array([len(text) for text, _ in _FIELDS])
_PARTS = [[text.encode()[at : at + 8] for at in (0, 8, 16)] for text, _ in _FIELDS]
_WORD = np.array([[word(part) for part in parts] for parts in _PARTS], np.uint64)
_MASK = np.array([[(1 << 8 * len(part)) - 1 for part in parts] for parts in _PARTS], np.uint64)
_NILS, _TRUE, _FALSE, _CLOSED = (_u(word(text)) for text in (b"nil", b"true", b"false", b") m="))
_MASK3, _MASK4, _MASK5 = (_u((1 << 8 * n) - 1) for n in (3, 4, 5))
_START = tuple(_u(word(text)) for text in (b"SCH", b"  P", b"  M", b"  G"))
_MINUS, _OPEN, _CLOSE, _NEWLINE, _RETURN = (_u(ord(c)) for c in "-()\n\r")
_BLANK, _LETTERS = _u(32), _u(97)

#: places in `state`: the line's number, rows of each layout, other lines, digits and blank before each line
LINE, ODD, STAMP, STATE = 0, 5, 6, 7
#: the table of wait reasons: a reason's code is its row, which holds its length + 1 and its words
REASONS, REASON_WORDS = 128, 8
_CROWDED = 100
_GOLDEN = _u(0x9E3779B97F4A7C15)
SCAN_BIT = 0x1000
_MOST_DIGITS = 18


@kernel(inline=True, lean=True)
def _value(words, i, kind):
    """(value, end) of what stands at i, if it is of that kind; the end is -1 otherwise."""
    w = words[i]
    if w & BYTE >= _LETTERS:
        if kind == _NIL and w & _MASK3 == _NILS:
            return -1, i + 3
        if kind == _FLAG and w & _MASK4 == _TRUE:
            return 1, i + 4
        if kind == _FLAG and w & _MASK5 == _FALSE:
            return 0, i + 5
        return 0, -1
    negative = w & BYTE == _MINUS and kind in (_SIGNED, _NIL)
    begin = i + negative
    value, end = number(words, begin)
    return -value if negative else value, end if end - begin <= _MOST_DIGITS else -1


@kernel(inline=True, lean=True)
def _fields(words, i, first, last, out, at, row):
    """Fields first to last into the rows of `out` from `at`; returns where they end, -1 for another text."""
    for f in range(first, last):
        for part in range((_SIZE[f] + 7) >> 3):
            if words[i + 8 * part] & _MASK[f, part] != _WORD[f, part]:
                return -1
        value, i = _value(words, i + _SIZE[f], _KIND[f])
        if i < 0:
            return -1
        out[at + f - first, row] = value
    return i


@kernel(inline=True, lean=True)
def _reason_end(words, i):
    """Where the wait reason that begins at i ends, before `) m=`; -1 where it is not plain ASCII."""
    while True:
        w = words[i]
        close = w ^ (ONES * _CLOSE)
        marks = (((close - ONES) & ~close) | ((w - ONES * _BLANK) & ~w) | w) & HIGH
        if marks:
            i += first_byte(marks)
            if words[i] & _MASK4 == _CLOSED:
                return i
            if words[i] & BYTE != _CLOSE:
                return -1
            i += 1
        else:
            i += 8


@kernel(inline=True, lean=True)
def _same(words, i, size, reasons, row):
    """Whether the reason of that size at i is the one in that row of the table."""
    whole, rest = size >> 3, _u((1 << 8 * (size & 7)) - 1)
    for k in range(whole):
        if reasons[row, 1 + k] != words[i + 8 * k]:
            return False
    return reasons[row, 0] == _u(size + 1) and reasons[row, 1 + whole] == words[i + 8 * whole] & rest


@kernel(inline=True, lean=True)
def _enter(words, i, size, reasons, row):
    """Write the reason of that size at i into a free row of the table."""
    whole, rest = size >> 3, _u((1 << 8 * (size & 7)) - 1)
    reasons[row, 0] = _u(size + 1)
    for k in range(whole):
        reasons[row, 1 + k] = words[i + 8 * k]
    reasons[row, 1 + whole] = words[i + 8 * whole] & rest


@kernel(inline=True, lean=True)
def _code(words, i, end, reasons):
    """The row of the reason in the table, which takes in new ones; -1 where it is long or the table full."""
    size = end - i
    if size >= 8 * (REASON_WORDS - 1):
        return -1
    begin = words[i] & _u((1 << 8 * min(size, 7)) - 1)
    slot = (_i64((begin * _GOLDEN) >> _u(57)) + size) % REASONS
    for _ in range(_CROWDED):
        if reasons[slot, 0] == _u(0):
            _enter(words, i, size, reasons, slot)
        if _same(words, i, size, reasons, slot):
            return slot
        slot = (slot + 1) % REASONS
    return -1


@kernel(inline=True, lean=True)
def _newline(words, i):
    """Where the line ends whose record ends at i; -1 where more follows, or there was no record."""
    if i >= 0 and words[i] & BYTE == _RETURN:
        i += 1
    return i if i >= 0 and words[i] & BYTE == _NEWLINE else -1


@kernel(inline=True, lean=True)
def _goroutine(words, i, out, marks, reasons, row):
    """A goroutine's line: its reason stands between the second and the third field."""
    i = _fields(words, i, _FIRST[GOROUTINE], _FIRST[GOROUTINE] + 2, out, 1, row)
    if i < 0 or words[i] & BYTE != _OPEN:
        return -1
    close = _reason_end(words, i + 1)
    if close < 0:
        return -1
    end = _fields(words, close, _FIRST[GOROUTINE] + 2, _FIRST[GOROUTINE + 1], out, 3, row)
    code = _code(words, i + 1, close, reasons) if _newline(words, end) >= 0 else -1
    if code < 0:
        return -1
    marks[0, row] = code
    marks[1, row] = (out[2, row] & SCAN_BIT) != 0
    out[2, row] &= ~SCAN_BIT
    return end


@kernel(inline=True, lean=True)
def _header(words, i, out, row):
    """A SCHED line, if its numbers can be true together: `ingest.go_log_records.sane`."""
    end = _fields(words, i, _FIRST[HEADER], _FIRST[HEADER + 1], out, 1, row)
    procs, idle, threads = out[2, row], out[3, row], out[4, row]
    spinning, idlethreads = out[5, row], out[7, row]
    possible = procs > 0 and idle <= procs and idlethreads <= threads and spinning <= threads
    return end if possible else -1


@kernel(inline=True, lean=True)
def _after_stamp(words, i, stamp, headers, row):
    """Where the line's own text begins, after the wall clock if one is expected; -1 where it is missing."""
    wall, end = 0, i
    if stamp:
        wall, end = number(words, i)
        end = end + 1 if end == i + stamp - 1 and words[end] & BYTE == _BLANK else -1
    headers[ROWS[HEADER] - 1, row] = wall
    return end


@kernel(inline=True, lean=True)
def _record(words, i, state, tables, marks, reasons):
    """(layout, end) of the record at i, written as the next row of its table; -1 ends no record."""
    i = _after_stamp(words, i, state[STAMP], tables[HEADER], state[1 + HEADER])
    if i < 0:
        return HEADER, -1
    start = words[i] & _MASK3
    if start == _START[GOROUTINE]:
        row = state[1 + GOROUTINE]
        return GOROUTINE, _goroutine(words, i, tables[GOROUTINE], marks, reasons, row)
    if start == _START[PROC]:
        return PROC, _fields(words, i, _FIRST[PROC], _FIRST[PROC + 1], tables[PROC], 1, state[1 + PROC])
    if start == _START[THREAD]:
        row = state[1 + THREAD]
        return THREAD, _fields(words, i, _FIRST[THREAD], _FIRST[THREAD + 1], tables[THREAD], 1, row)
    if start == _START[HEADER]:
        return HEADER, _header(words, i, tables[HEADER], state[1 + HEADER])
    return HEADER, -1


@kernel(_i64(WORDS, _i64, _OUT, _OUT2, types.UniTuple(_OUT2, 4), _MARKS, _REASONS), lean=True)
def scan(words, size, state, odd, tables, marks, reasons):
    """Whole lines into the tables; (begin, end, number) of all others into `odd`; returns how many those are.

    `marks` has two rows for goroutines: the code of the wait reason, and the GC scan bit.
    """
    i = 0
    while i < size:
        layout, end = _record(words, i, state, tables, marks, reasons)
        end = _newline(words, end)
        if end >= 0:
            tables[layout][0, state[1 + layout]] = state[LINE]
            state[1 + layout] += 1
        else:
            end = i
            while words[end] & BYTE != _NEWLINE:
                end += 1
            n = state[ODD]
            odd[n, 0], odd[n, 1], odd[n, 2] = i, end, state[LINE]
            state[ODD] += 1
        i = end + 1
        state[LINE] += 1
    return state[ODD]
