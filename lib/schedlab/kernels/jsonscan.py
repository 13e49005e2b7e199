"""Where the values that are asked for stand in lines of JSON: plain compact objects only, checked to the end.

Plain means ASCII, no blanks between tokens, no exponents, and no path twice: what Go programs print. Any
other line is left to the careful reader, which is also the slow twin: `json.loads`.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import kernel
from schedlab.kernels.words import BYTE, HIGH, ONES, WORDS, digits, first_byte, word

_u, _i64 = np.uint64, types.int64
_TABLE = types.Array(types.uint64, 2, "C", readonly=True)
_STACK = types.Array(types.int64, 1, "C")
_SPANS = types.Array(types.int32, 3, "C")
_LINES = types.Array(types.int32, 2, "C")

#: what stands in `lines` for a line that begins as none wanted does, and for one that is not plain
OTHER, ODD = -1, -2
#: a path that was not asked for, and the inside of a list; 0 is the line's object, n + 1 path n
_NONE, _LIST = -1, -2
#: nesting that is followed
DEPTH = 64
_LONGEST_NUMBER = 64
#: bytes of a key, and of the beginning of a line, that can be told apart
KEY, BEGIN = 24, 64

_MINUS, _POINT, _COMMA, _COLON, _QUOTE, _BACKSLASH = (_u(ord(c)) for c in '-.,:"\\')
_OPEN, _CLOSE, _BRACKET, _CLOSED, _NEWLINE, _RETURN = (_u(ord(c)) for c in "{}[]\n\r")
_BLANK, _ZERO, _NINE, _HEX = (_u(ord(c)) for c in " 09u")
_TRUE, _NULL, _FALSE = (_u(word(text)) for text in (b"true", b"null", b"false"))
_MASK4, _MASK5 = (_u((1 << 8 * n) - 1) for n in (4, 5))


def paths_of(paths: tuple[tuple[str, ...], ...]) -> np.ndarray:
    """The paths as `scan` takes them: a row each, with its parent, its key's length, words and masks."""
    rows = []
    for path in paths:
        key = path[-1].encode()
        parts = [key[at : at + 8] for at in range(0, KEY, 8)]
        parent = paths.index(path[:-1]) + 1 if path[:-1] else 0
        rows.append([parent, len(key), *map(word, parts), *((1 << 8 * len(part)) - 1 for part in parts)])
    return np.array(rows, np.uint64)


def begins_of(begins: tuple[str, ...]) -> np.ndarray:
    """Beginnings of lines as `scan` takes them: a row each, words and then masks."""
    parts = [[text.encode()[at : at + 8] for at in range(0, BEGIN, 8)] for text in begins]
    rows = [[*map(word, row), *((1 << 8 * len(part)) - 1 for part in row)] for row in parts]
    return np.array(rows, np.uint64)


@kernel(inline=True, lean=True)
def _digits_end(words, i):
    while True:
        n = digits(words[i])[1]
        i += n
        if n < 8:
            return i


@kernel(inline=True, lean=True)
def _number(words, i):
    """Where the number at i ends; -1 where JSON knows none, or where it has an exponent."""
    begin = i + 1 if words[i] & BYTE == _MINUS else i
    end = _digits_end(words, begin)
    if end == begin or (end > begin + 1 and words[begin] & BYTE == _ZERO):
        return -1
    if words[end] & BYTE == _POINT:
        begin = end + 1
        end = _digits_end(words, begin)
    return end if begin < end <= i + _LONGEST_NUMBER else -1


@kernel(inline=True, lean=True)
def _escaped(words, i):
    """After the escape at i; -1 where there is none that JSON knows."""
    if words[i] & BYTE != _BACKSLASH:
        return -1
    c = words[i + 1] & BYTE
    for known in b'"\\/bfnrt':
        if c == _u(known):
            return i + 2
    if c != _HEX:
        return -1
    for k in range(2, 6):
        c = words[i + k] & BYTE
        low = c | _BLANK
        if not (_ZERO <= c <= _NINE or _u(97) <= low <= _u(102)):
            return -1
    return i + 6


@kernel(inline=True, lean=True)
def _string(words, i):
    """After the closing quote of the text at i; -1 where it is none or not plain ASCII."""
    if words[i] & BYTE != _QUOTE:
        return -1
    i += 1
    while True:
        w = words[i]
        quote, slash = w ^ (ONES * _QUOTE), w ^ (ONES * _BACKSLASH)
        marks = ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((w - ONES * _BLANK) & ~w) | w
        marks &= HIGH
        i += first_byte(marks) if marks else 8
        if marks and words[i] & BYTE == _QUOTE:
            return i + 1
        if marks:
            i = _escaped(words, i)
            if i < 0:
                return -1


@kernel(inline=True, lean=True)
def _scalar(words, i):
    """Where the text, number, truth value or null at i ends; -1 for anything else."""
    w = words[i]
    c = w & BYTE
    if c == _QUOTE:
        return _string(words, i)
    if c == _MINUS or _ZERO <= c <= _NINE:
        return _number(words, i)
    if w & _MASK4 == _TRUE or w & _MASK4 == _NULL:
        return i + 4
    return i + 5 if w & _MASK5 == _FALSE else -1


@kernel(inline=True, lean=True)
def _same(words, i, size, paths, n):
    """Whether the key of that size at i is path n's."""
    return (
        size == paths[n, 1]
        and words[i] & paths[n, 5] == paths[n, 2]
        and words[i + 8] & paths[n, 6] == paths[n, 3]
        and words[i + 16] & paths[n, 7] == paths[n, 4]
    )


@kernel(inline=True, lean=True)
def _next(words, i, inside, paths):
    """(path, place) of the next value: after its key, unless it stands in a list."""
    if inside == _LIST:
        return _NONE, i
    end = _string(words, i)
    if end < 0 or words[end] & BYTE != _COLON:
        return _NONE, -1
    if inside >= 0:
        for n in range(len(paths)):
            if paths[n, 0] == _u(inside) and _same(words, i + 1, _u(end - i - 2), paths, n):
                return n + 1, end + 1
    return _NONE, end + 1


@kernel(inline=True, lean=True)
def _closed(words, i, stack, depth):
    """(place, depth) after all that closes at i, and after the comma where something stays open."""
    while depth:
        c = words[i] & BYTE
        if c == _COMMA:
            return i + 1, depth
        if c != (_CLOSED if stack[depth - 1] == _LIST else _CLOSE):
            return -1, depth
        i += 1
        depth -= 1
    return i, 0


@kernel(inline=True, lean=True)
def _closing(c):
    """What closes the object or list that the byte opens; 0 where it opens none."""
    if c == _OPEN:
        return _CLOSE
    return _CLOSED if c == _BRACKET else _u(0)


@kernel(inline=True, lean=True)
def _object(words, i, paths, stack, spans, row):
    """Where the object at i ends; -1 where it is not plain."""
    depth, node = 0, 0
    while True:
        if node > 0 and spans[node - 1, 0, row] >= 0:
            return -1
        if node > 0:
            spans[node - 1, 0, row] = i
        last = _closing(words[i] & BYTE)
        if last:
            stack[depth] = node if last == _CLOSE else _LIST
            depth += 1
            i += 1
        else:
            i = _scalar(words, i)
            if node > 0:
                spans[node - 1, 1, row] = i
        if i < 0 or depth == DEPTH:
            return -1
        if not last or words[i] & BYTE == last:
            i, depth = _closed(words, i, stack, depth)
            if i < 0 or depth == 0:
                return i
        node, i = _next(words, i, stack[depth - 1], paths)
        if i < 0:
            return -1


@kernel(inline=True, lean=True)
def _line(words, i, paths, stack, spans, row):
    """Where the line at i ends, if it is one object; else -1."""
    for n in range(len(paths)):
        spans[n, 0, row] = spans[n, 1, row] = -1
    i = _object(words, i, paths, stack, spans, row) if words[i] & BYTE == _OPEN else -1
    if i >= 0 and words[i] & BYTE == _RETURN:
        i += 1
    return i if i >= 0 and words[i] & BYTE == _NEWLINE else -1


@kernel(inline=True, lean=True)
def _newline(words, i):
    """Where the line that holds i ends."""
    while True:
        w = words[i] ^ (ONES * _NEWLINE)
        marks = (w - ONES) & ~w & HIGH
        if marks:
            return i + first_byte(marks)
        i += 8


@kernel(inline=True, lean=True)
def _kind(words, i, begins):
    """Which of the beginnings the line at i has."""
    half = begins.shape[1] >> 1
    for n in range(len(begins)):
        k = 0
        while k < half and words[i + 8 * k] & begins[n, half + k] == begins[n, k]:
            k += 1
            if k == half or begins[n, half + k] == 0:
                return n
    return OTHER


@kernel(_i64(WORDS, _i64, types.UniTuple(_TABLE, 2), _STACK, _SPANS, _LINES), lean=True)
def scan(words, size, tables, stack, spans, lines):
    """What each whole line is, where it begins, and where the value of each path begins and ends in it.

    `tables` are `begins_of` and `paths_of`; `lines` gets the place and which beginning it has, or OTHER or
    ODD; only lines with the first beginning are searched. Places in `spans` are -1 where there is no value.
    """
    i, row = 0, 0
    while i < size:
        kind = _kind(words, i, tables[0])
        lines[0, row], lines[1, row] = i, kind
        end = _line(words, i, tables[1], stack, spans, row) if kind == 0 else -1
        if kind == 0 and end < 0:
            lines[1, row] = ODD
        i = (end if end >= 0 else _newline(words, i)) + 1
        row += 1
    return row
