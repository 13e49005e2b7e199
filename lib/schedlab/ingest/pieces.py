"""Large content cut into pieces of whole lines, worked on side by side where it lies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap

import numpy as np

from schedlab.kernels.words import PAD, words_of

Cut = tuple[int, int]
_PIECE = 2 << 20
_THREADS = 2
_NEWLINE = ord("\n")


def cuts(content: bytes | mmap, begin: int, end: int) -> list[Cut]:
    """(begin, end) of pieces of whole lines; the content ends in a newline at `end`."""
    found = []
    while begin < end:
        after = content.find(b"\n", min(begin + _PIECE, end - 1)) + 1
        found.append((begin, after))
        begin = after
    return found


def side_by_side(work: Callable, *each) -> list:
    """What the work makes of each, in their order; it is worth it for work that lets other threads run."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, *each))


def lines(content: bytes | mmap, cut: Cut) -> int:
    """How many lines that piece has."""
    return int(np.count_nonzero(np.frombuffer(content, np.uint8)[slice(*cut)] == _NEWLINE))


def words(content: bytes | mmap, cut: Cut) -> np.ndarray:
    """A word for every byte of that piece: over the same memory, unless the content ends there."""
    begin, end = cut
    if end + PAD > len(content):
        return words_of(content[begin:end])
    return np.ndarray((end - begin + PAD - 7,), np.uint64, content, begin, (1,))
