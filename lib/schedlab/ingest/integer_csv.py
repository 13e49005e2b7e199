"""Large CSV files of plain integers as columns: parsed where they lie, in pieces side by side."""

from __future__ import annotations

from mmap import mmap

import numpy as np

from schedlab.ingest import pieces
from schedlab.kernels.csvscan import integer_rows


def columns(content: bytes | mmap, begin: int, names: tuple[str, ...]) -> dict[str, np.ndarray] | None:
    """The columns of the lines from byte `begin` on; None unless every line is that many plain integers."""
    if content[-1:] != b"\n":
        return None
    cuts = pieces.cuts(content, begin, len(content))
    rows = np.cumsum([0, *pieces.side_by_side(lambda cut: pieces.lines(content, cut), cuts)])
    out = np.empty((len(names), rows[-1]), np.int64)

    def parse(cut: pieces.Cut, row: int) -> int:
        return integer_rows(pieces.words(content, cut), cut[1] - cut[0], row, out)

    whole = pieces.side_by_side(parse, cuts, rows[:-1].tolist()) == rows[1:].tolist()
    return dict(zip(names, out, strict=True)) if whole else None
