"""HdrHistogram's packed counts, version 2: ZigZag LEB128-64b9B, where a negative number is a run of zeros."""

from __future__ import annotations

from numba import types

from schedlab.kernels import BYTES, kernel

_OUT = types.Array(types.int64, 1, "C")
_i64 = types.int64
#: no histogram has more counters (64-bit range, 5 digits)
MOST = 1 << 24


@kernel(_i64(BYTES, _OUT, _OUT))
def counts_v2(data, index, counts):
    """Write the place and value of every count above 0; how many there are, or ~position of broken bytes."""
    found, at, i = 0, 0, 0
    while i < len(data):
        value, shift, more = 0, 0, True
        while more:
            if i >= len(data) or (shift == 56 and data[i] > 63):  # cut, or a count beyond 2^62
                return ~i
            byte = _i64(data[i])
            more = byte > 127 and shift < 56
            value |= (byte & (127 if shift < 56 else 255)) << shift
            shift += 7
            i += 1
        if value & 1:
            at += (value >> 1) + 1
        else:
            if value:
                index[found], counts[found] = at, value >> 1
                found += 1
            at += 1
        if at > MOST:
            return ~i
    return found
