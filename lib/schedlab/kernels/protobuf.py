"""Protobuf wire format into columns, compiled: the path for large files.

Two passes, count and fill. A count below 0 means broken bytes: `~count` is the position. Slow twin:
`ingest.pprof_wire`.
"""

from __future__ import annotations

from numba import types

from schedlab.kernels import BYTES, INTS, kernel

_OUT = types.Array(types.int64, 1, "C")
_OUT2 = types.Array(types.int64, 2, "C")
_i64 = types.int64


@kernel(_i64(BYTES, _i64, _i64))
def varint_end(data, i, stop):
    """Where the varint at `i` ends, or ~i if it does not end before `stop` or within 10 bytes."""
    last = min(i + 10, stop)
    for j in range(i, last):
        if data[j] < 128:
            return j + 1
    return ~i


@kernel(_i64(BYTES, _i64, _i64))
def varint(data, i, end):
    """The value of the varint `data[i:end]`, as the int64 with the same bits."""
    value = _i64(0)
    shift = 0
    for j in range(i, end):
        value |= _i64(data[j] & 127) << shift
        shift += 7
    return value


@kernel(_i64(BYTES, _i64, _i64))
def group_end(data, i, stop):
    """Where the group whose content starts at `i` ends, or ~position where it is broken."""
    depth = 1
    while depth > 0:
        at = i
        end = varint_end(data, i, stop)
        if end < 0:
            return end
        key = varint(data, i, end)
        i = end
        if key & 7 == 4:
            depth -= 1
        elif key & 7 == 3:
            depth += 1
        elif key & 7 == 0:
            i = varint_end(data, i, stop)
        elif key & 7 == 2:
            end = varint_end(data, i, stop)
            i = end + varint(data, i, end) if end > 0 else end
        else:
            i += 8 if key & 7 == 1 else 4
        if i < 0 or i > stop or key & 7 > 5:
            return ~at
    return i


@kernel(_i64(BYTES, INTS, INTS, _OUT2))
def fields(data, begins, ends, out):
    """Rows (owner, key, begin, end) of every field of every message; only counted while `out` has room.

    Returns how many there are, or ~position of the first broken byte.
    """
    n = 0
    room = out.shape[0]
    for owner in range(len(begins)):
        i, stop = begins[owner], ends[owner]
        while i < stop:
            at = i
            end = varint_end(data, i, stop)
            if end < 0:
                return end
            key = varint(data, i, end)
            wire = key & 7
            begin = end
            if wire == 0:
                i = varint_end(data, begin, stop)
            elif wire == 2:
                end = varint_end(data, begin, stop)
                if end < 0:
                    return end
                size = varint(data, begin, end)
                begin = end
                i = begin + size if 0 <= size <= stop - begin else _i64(-1)
            elif wire == 1 or wire == 5:
                i = begin + (8 if wire == 1 else 4)
            elif wire == 3:
                i = group_end(data, begin, stop)
            else:
                return ~at
            if i < 0 or i > stop:
                return ~at
            if n < room:
                out[n, 0], out[n, 1], out[n, 2], out[n, 3] = owner, key, begin, i
            n += 1
    return n


@kernel(_i64(BYTES, INTS, INTS, _OUT))
def count_varints(data, begins, ends, counts):
    """How many varints each extent holds, into `counts`; returns their sum, or ~position of a broken one."""
    total = 0
    for row in range(len(begins)):
        n = 0
        for i in range(begins[row], ends[row]):
            n += data[i] < 128
        if ends[row] > begins[row] and data[ends[row] - 1] >= 128:
            return ~(ends[row] - 1)
        counts[row] = n
        total += n
    return total


@kernel(_i64(BYTES, INTS, INTS, _OUT))
def varints(data, begins, ends, out):
    """The varints of all extents, flat, into `out`; returns how many, or ~position of one over 10 bytes."""
    n = 0
    for row in range(len(begins)):
        i, stop = begins[row], ends[row]
        while i < stop:
            byte = data[i]
            value = _i64(byte & 127)
            shift = 7
            at = i
            i += 1
            while byte >= 128:
                if shift > 63:
                    return ~at
                byte = data[i]
                value |= _i64(byte & 127) << shift
                shift += 7
                i += 1
            out[n] = value
            n += 1
    return n
