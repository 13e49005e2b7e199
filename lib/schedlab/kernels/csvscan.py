"""Rows of plain integers with commas between them, straight into columns. Slow twin: `ingest.requests`."""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import kernel
from schedlab.kernels.words import BYTE, WORDS, number

_OUT2 = types.Array(types.int64, 2, "C")
_COMMA, _NEWLINE = np.uint64(ord(",")), np.uint64(ord("\n"))


@kernel(types.int64(WORDS, types.int64, types.int64, _OUT2), lean=True)
def integer_rows(words, size, row, out):
    """Whole lines of as many integers as `out` has rows, one column each line, from column `row` on.

    Returns the column after the last; -1 where a line is anything else, were it by one blank.
    """
    i, fields = 0, len(out)
    while i < size:
        for field in range(fields):
            value, i = number(words, i)
            if i < 0 or words[i] & BYTE != (_NEWLINE if field == fields - 1 else _COMMA):
                return -1
            out[field, row] = value
            i += 1
        row += 1
    return row
