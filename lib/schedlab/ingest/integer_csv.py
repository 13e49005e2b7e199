"""Large CSV files of plain integers as columns: parsed where they lie, in pieces side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from mmap import mmap

import numpy as np

from schedlab.kernels.csvscan import integer_rows
from schedlab.kernels.words import PAD, words_of

_PIECE = 2 << 20
_THREADS = 2
_NEWLINE = ord("\n")


def columns(content: bytes | mmap, begin: int, names: tuple[str, ...]) -> dict[str, np.ndarray] | None:
    """The columns of the lines from byte `begin` on; None unless every line is that many plain integers."""
    if content[-1:] != b"\n":
        return None
    cuts = _cuts(content, begin)
    memory = np.frombuffer(content, np.uint8)
    with ThreadPoolExecutor(_THREADS) as pool:
        counts = list(pool.map(lambda cut: np.count_nonzero(memory[slice(*cut)] == _NEWLINE), cuts))
        rows = np.cumsum([0, *counts])
        out = np.empty((len(names), rows[-1]), np.int64)
        ends = pool.map(lambda n: _parse(content, cuts[n], int(rows[n]), out), range(len(cuts)))
        whole = list(ends) == rows[1:].tolist()
    return dict(zip(names, out, strict=True)) if whole else None


def _cuts(content: bytes | mmap, begin: int) -> list[tuple[int, int]]:
    """(begin, end) of pieces of whole lines."""
    cuts = []
    while begin < len(content):
        end = content.find(b"\n", min(begin + _PIECE, len(content) - 1)) + 1
        cuts.append((begin, end))
        begin = end
    return cuts


def _parse(content: bytes | mmap, cut: tuple[int, int], row: int, out: np.ndarray) -> int:
    begin, end = cut
    if end + PAD > len(content):
        words = words_of(content[begin:end])
    else:
        words = np.ndarray((end - begin + PAD - 7,), np.uint64, content, begin, (1,))
    return integer_rows(words, end - begin, row, out)
