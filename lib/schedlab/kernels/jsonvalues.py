"""Values from the places that `jsonscan` found: numbers, instants, comparisons and texts, a column at a time.

Each takes the words of the text and a span (first and last places, -1 where there is no value), fills `out`
and marks in `odd` the rows whose value is anything but plain. Slow twins: `json.loads` and `load_rows`.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import kernel
from schedlab.kernels.words import BYTE, WORDS, digits, number

_u, _i64 = np.uint64, types.int64
_SPAN = types.Array(types.int32, 2, "C", readonly=True)
_OUT = types.Array(types.int64, 1, "C")
_MARKS = types.Array(types.uint8, 1, "C")
_PLACES = types.Array(types.int64, 1, "C", readonly=True)

_QUOTE, _OPEN, _POINT, _DASH, _COLON, _PLUS = (_u(ord(c)) for c in '"{.-:+')
_T, _Z = _u(ord("T")), _u(ord("Z"))
_MOST_DIGITS = 18
#: so many decimal digits, times a power of ten and rounded, are the same as a double and as an integer
_EXACT = 15
_TENS = np.array([10**k for k in range(19)], np.int64)
#: days before each month of a year that begins in March
_MONTHS = np.array([306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275], np.int64)
_LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_EPOCH, _FIRST_YEAR, _LAST_YEAR = 719_468, 1970, 2261


@kernel(inline=True, lean=True)
def _field(words, i, size, after, most):
    """The digits at i if they are that many, then that byte, and no more than `most`; else -1."""
    value, n = digits(words[i])
    return value if n == size and words[i + size] & BYTE == after and value <= most else -1


@kernel(inline=True, lean=True)
def _seconds(words, i):
    """Unix seconds of `YYYY-MM-DDThh:mm:ss` at i, as if in UTC; -1 where it is no such time."""
    year, month = _field(words, i, 4, _DASH, _LAST_YEAR), _field(words, i + 5, 2, _DASH, 12)
    day, hour = _field(words, i + 8, 2, _T, 31), _field(words, i + 11, 2, _COLON, 23)
    minute = _field(words, i + 14, 2, _COLON, 59)
    second, n = digits(words[i + 17])
    if min(month - 1, day - 1, hour, minute, year - _FIRST_YEAR) < 0 or n != 2 or second > 59:
        return -1
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _LENGTHS[month - 1] + leap:
        return -1
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400 + _MONTHS[month - 1] + day - 1 - _EPOCH
    return ((days * 24 + hour) * 60 + minute) * 60 + second


@kernel(inline=True, lean=True)
def _fraction(words, i):
    """(nanoseconds, end) of the decimals at i, if there are any; the end is -1 where they are too many."""
    if words[i] & BYTE != _POINT:
        return 0, i
    value, end = number(words, i + 1)
    size = end - i - 1
    return (value * _TENS[9 - size], end) if 1 <= size <= 9 else (0, -1)


@kernel(inline=True, lean=True)
def _zone(words, i):
    """(seconds, end) of `Z`, `+hh:mm` or `-hh:mm` at i; the end is -1 where there is none."""
    sign = words[i] & BYTE
    if sign == _Z:
        return 0, i + 1
    hour, minute = _field(words, i + 1, 2, _COLON, 23), _field(words, i + 4, 2, _QUOTE, 59)
    if (sign != _PLUS and sign != _DASH) or hour < 0 or minute < 0:
        return 0, -1
    return ((hour * 60 + minute) * 60) * (1 if sign == _PLUS else -1), i + 6


@kernel(types.void(WORDS, _SPAN, _i64, _OUT, _MARKS), lean=True)
def integers(words, span, quoted, out, odd):
    """Plain digits, at most 18; in quotes if `quoted` is 1."""
    for row in range(len(out)):
        begin, end = span[0, row] + quoted, span[1, row] - quoted
        out[row] = 0
        if begin <= quoted or (quoted and words[begin - 1] & BYTE != _QUOTE):
            odd[row] = 1
            continue
        value, found = number(words, begin)
        if found < 0 or found != end or end - begin > _MOST_DIGITS:
            odd[row] = 1
        else:
            out[row] = value


@kernel(types.void(WORDS, _SPAN, _i64, _OUT, _MARKS), lean=True)
def decimals(words, span, places, out, odd):
    """Plain numbers with at most so many decimals, as whole units of the last, below 10^15."""
    for row in range(len(out)):
        begin, end = span[0, row], span[1, row]
        out[row] = 0
        whole, found = number(words, begin) if begin >= 0 else (0, -1)
        part, size = 0, 0
        if found >= 0 and words[found] & BYTE == _POINT:
            part, after = number(words, found + 1)
            size = after - found - 1
            found = after
        if found < 0 or found != end or size > places or whole >= _TENS[_EXACT - places]:
            odd[row] = 1
        else:
            out[row] = whole * _TENS[places] + part * _TENS[places - size]


@kernel(types.void(WORDS, _SPAN, _OUT, _MARKS), lean=True)
def instants(words, span, out, odd):
    """Unix ns of RFC 3339 times in quotes, with up to nine decimals and a zone, from 1970 on."""
    for row in range(len(out)):
        out[row] = 0
        begin, end = span[0, row], span[1, row]
        plain = begin >= 0 and end - begin >= 22 and words[begin] & BYTE == _QUOTE
        seconds = _seconds(words, begin + 1) if plain else -1
        if seconds < 0:
            odd[row] = 1
            continue
        nanoseconds, at = _fraction(words, begin + 20)
        zone, at = _zone(words, at) if at >= 0 else (0, -1)
        if at != end - 1:
            odd[row] = 1
        else:
            out[row] = (seconds - zone) * _TENS[9] + nanoseconds


@kernel(types.void(WORDS, _SPAN, types.uint64, _OUT, _MARKS), lean=True)
def same(words, span, text, out, odd):
    """1 where the value is that word with its quotes, or missing; 0 where it is another text."""
    size = 0
    while size < 8 and text >> _u(8 * size):
        size += 1
    mask = (_u(1) << _u(8 * size)) - _u(1) if size < 8 else ~_u(0)
    for row in range(len(out)):
        begin = span[0, row]
        out[row] = 1
        if begin >= 0 and words[begin] & BYTE != _QUOTE:
            odd[row] = 1
        elif begin >= 0:
            out[row] = span[1, row] - begin == size and words[begin] & mask == text


@kernel(types.void(WORDS, _SPAN, _MARKS), lean=True)
def objects(words, span, odd):
    """Only marks: where the value is no object."""
    for row in range(len(odd)):
        if span[0, row] < 0 or words[span[0, row]] & BYTE != _OPEN:
            odd[row] = 1


@kernel(types.void(WORDS, _SPAN, _OUT, _MARKS), lean=True)
def sizes(words, span, out, odd):
    """Bytes inside the quotes of a text; 0 where there is none."""
    for row in range(len(out)):
        begin = span[0, row]
        text = begin >= 0 and words[begin] & BYTE == _QUOTE and span[1, row] > begin
        out[row] = span[1, row] - begin - 2 if text else 0
        if begin >= 0 and not text:
            odd[row] = 1


@kernel(types.void(WORDS, _SPAN, _PLACES, _MARKS), lean=True)
def texts(words, span, places, out):
    """The bytes inside the quotes of each value, one after another; row k goes to `places[k]` on."""
    for row in range(len(places) - 1):
        begin = span[0, row] + 1
        for k in range(places[row + 1] - places[row]):
            out[places[row] + k] = words[begin + k] & BYTE
