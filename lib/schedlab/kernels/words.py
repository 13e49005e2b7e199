"""Text eight bytes at a time: a word is the eight bytes that begin at a place, whatever its alignment.

`words[i]` holds bytes i to i + 7, the first in the lowest bits. Text ends in a newline and is padded with PAD
bytes, so that a word begun inside it never reads beyond. All arithmetic is unsigned and wraps.
"""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import kernel

WORDS = types.Array(types.uint64, 1, "A", readonly=True, aligned=False)
PAD = 24
_u = np.uint64
_i64 = types.int64
ONES, HIGH = _u(0x0101010101010101), _u(0x8080808080808080)
BYTE, ONE = _u(0xFF), _u(1)
_ZEROS, _BEYOND_NINE = ONES * _u(0x30), ONES * _u(0x76)
_PAIRS, _FOURS, _EIGHT = _u(0x00FF00FF00FF00FF), _u(0x0000FFFF0000FFFF), _u(0xFFFFFFFF)
_TENS = np.array([10**k for k in range(9)], np.int64)


def words_of(text: bytes) -> np.ndarray:
    """A word for every byte of the text, which is copied and padded."""
    return np.ndarray((len(text) + PAD - 7,), np.uint64, text + bytes(PAD), 0, (1,))


def word(text: bytes) -> int:
    """Up to eight bytes as a word; those missing are zero."""
    return int.from_bytes(text.ljust(8, b"\0"), "little")


@kernel(inline=True, lean=True)
def first_byte(marks):
    """Which byte of a word holds the lowest mark; marks are the high bits of bytes, and there is one."""
    return _i64(((((marks - ONE) & ~marks) & HIGH) >> _u(7)) * ONES >> _u(56))


@kernel(inline=True, lean=True)
def digits(w):
    """(value, how many) of the digits that a word begins with, up to eight."""
    w = w ^ _ZEROS
    others = ((w + _BEYOND_NINE) | w) & HIGH
    n = first_byte(others) if others else 8
    if n == 0:
        return 0, 0
    w = w << _u(8 * (8 - n))
    w = (w * _u(10) + (w >> _u(8))) & _PAIRS
    w = (w * _u(100) + (w >> _u(16))) & _FOURS
    w = (w * _u(10000) + (w >> _u(32))) & _EIGHT
    return _i64(w), n


@kernel(inline=True, lean=True)
def number(words, i):
    """(value, end) of the digits at i, at most 19 and below 2^63; the end is -1 where there are none."""
    value, n = digits(words[i])
    if n < 8:
        return value, i + n if n else -1
    more, n = digits(words[i + 8])
    value = value * _TENS[n] + more
    if n < 8:
        return value, i + 8 + n
    more, n = digits(words[i + 16])
    value = value * _TENS[min(n, 3)] + more
    return value, i + 16 + n if n < 4 and value >= 0 else -1
