"""Protobuf wire format into columns, compiled: the path for large files.

Two passes, count and fill. A count below 0 means broken bytes: `~count` is the position. Slow twin:
`ingest.pprof_wire`.
"""

from __future__ import annotations

from numba import types

from schedlab.kernels import BYTES, INTS, kernel

_OUT = types.Array(types.int64, 1, "C")
_OUT32 = types.Array(types.int32, 1, "C")
_OUT2 = types.Array(types.int64, 2, "C")
_i64 = types.int64


@kernel(_i64(BYTES, _i64, _i64), lean=True)
def varint_end(data, i, stop):
    """Where the varint at `i` ends, or ~i if it does not end before `stop` or within 10 bytes."""
    last = min(i + 10, stop)
    for j in range(i, last):
        if data[j] < 128:
            return j + 1
    return ~i


@kernel(_i64(BYTES, _i64, _i64), lean=True)
def varint(data, i, end):
    """The value of the varint `data[i:end]`, as the int64 with the same bits."""
    value = _i64(0)
    shift = 0
    for j in range(i, end):
        value |= _i64(data[j] & 127) << shift
        shift += 7
    return value


@kernel(_i64(BYTES, _i64, _i64), lean=True)
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


@kernel(_i64(BYTES, _i64, _i64, _i64), lean=True)
def content_begin(data, key, begin, stop):
    """Where the content of a field starts whose key ends at `begin`, or ~position where it is broken."""
    if key & 7 != 2:
        return begin if key & 7 < 4 or key & 7 == 5 else ~begin
    return varint_end(data, begin, stop)


@kernel(_i64(BYTES, _i64, _i64, _i64, _i64), lean=True)
def content_end(data, key, begin, content, stop):
    """Where it ends: of a varint its own end; below 0 where it leaves its message."""
    wire = key & 7
    if wire == 0:
        return varint_end(data, content, stop)
    if wire == 2:
        size = varint(data, begin, content)
        return content + size if 0 <= size <= stop - content else _i64(-1)
    if wire == 3:
        return group_end(data, content, stop)
    end = content + (8 if wire == 1 else 4)
    return end if end <= stop else _i64(-1)


@kernel(types.UniTuple(_i64, 3)(BYTES, _i64, _i64), lean=True)
def next_field(data, i, stop):
    """Key, begin and end of the content of the field at `i`; the end is ~position where it is broken."""
    end = varint_end(data, i, stop)
    if end < 0:
        return end, end, end
    key = varint(data, i, end)
    content = content_begin(data, key, end, stop)
    if content < 0:
        return key, content, ~i
    after = content_end(data, key, end, content, stop)
    return key, content, after if after >= 0 else ~i


@kernel(_i64(BYTES, INTS, INTS, _OUT, _OUT, _OUT, _OUT), lean=True)
def fields(data, begins, ends, owners, keys, contents, stops):
    """Owner, key, begin and end of every field of every message; only counted while there is room.

    Returns how many there are, or ~position of the first broken byte.
    """
    n = 0
    room = len(owners)
    for owner in range(len(begins)):
        i, stop = begins[owner], ends[owner]
        while i < stop:
            key, content, i = next_field(data, i, stop)
            if i < 0:
                return i
            if n < room:
                owners[n], keys[n], contents[n], stops[n] = owner, key, content, i
            n += 1
    return n


@kernel(_i64(BYTES, _i64, _i64), lean=True)
def count_numbers(data, i, stop):
    """How many varints `data[i:stop]` holds."""
    n = 0
    for j in range(i, stop):
        n += data[j] < 128
    return n


@kernel(*(_i64(BYTES, _i64, _i64, out, _i64) for out in (_OUT, _OUT32)), lean=True)
def numbers(data, i, stop, out, n):
    """The varints of `data[i:stop]`, the last of which ends there, into `out` from its row n on.

    -1 stands for what does not fit into `out`. Returns the row after the last, or ~position of a varint over
    10 bytes.
    """
    while i < stop:
        at, byte = i, data[i]
        value = _i64(byte & 127)
        shift = 7
        i += 1
        while byte >= 128:
            if shift > 63:
                return ~at
            byte = data[i]
            value |= _i64(byte & 127) << shift
            shift += 7
            i += 1
        out[n] = value
        if out[n] != value:
            out[n] = -1
        n += 1
    return n


@kernel(_i64(BYTES, INTS, INTS, _OUT2), lean=True)
def count_samples(data, begins, ends, starts):
    """Where the locations, values and labels of each Sample message begin: one row of `starts` each.

    Returns 0, or ~position of a broken byte.
    """
    locations, values, labels = 0, 0, 0
    for row in range(len(begins)):
        i, stop = begins[row], ends[row]
        while i < stop:
            key, content, i = next_field(data, i, stop)
            if i < 0:
                return i
            number = key >> 3
            if number == 3 and key & 7 == 2:
                labels += 1
            elif (number == 1 or number == 2) and (key & 7 == 0 or key & 7 == 2):
                if i > content and data[i - 1] >= 128:
                    return ~(i - 1)
                n = count_numbers(data, content, i)
                locations += n * (number == 1)
                values += n * (number == 2)
        starts[0, row + 1], starts[1, row + 1], starts[2, row + 1] = locations, values, labels
    return 0


@kernel(*(_i64(BYTES, INTS, INTS, out, _OUT, _OUT2) for out in (_OUT, _OUT32)), lean=True)
def samples(data, begins, ends, locations, values, labels):
    """The locations and values of all samples, flat, and (sample, begin, end) of each label.

    For messages that `count_samples` passed. Returns 0, or ~position of a number over 10 bytes.
    """
    n, m, k = 0, 0, 0
    for row in range(len(begins)):
        i, stop = begins[row], ends[row]
        while i < stop:
            key, content, i = next_field(data, i, stop)
            number = key >> 3
            if number == 3 and key & 7 == 2:
                labels[k, 0], labels[k, 1], labels[k, 2] = row, content, i
                k += 1
            elif number == 1 and (key & 7 == 0 or key & 7 == 2):
                n = numbers(data, content, i, locations, n)
            elif number == 2 and (key & 7 == 0 or key & 7 == 2):
                m = numbers(data, content, i, values, m)
            if n < 0 or m < 0:
                return min(n, m)
    return 0


@kernel(_i64(BYTES, INTS, INTS, _OUT), lean=True)
def count_varints(data, begins, ends, counts):
    """How many varints each extent holds, into `counts`; returns their sum, or ~position of a broken one."""
    total = 0
    for row in range(len(begins)):
        if ends[row] > begins[row] and data[ends[row] - 1] >= 128:
            return ~(ends[row] - 1)
        counts[row] = count_numbers(data, begins[row], ends[row])
        total += counts[row]
    return total


@kernel(_i64(BYTES, INTS, INTS, _OUT), lean=True)
def varints(data, begins, ends, out):
    """The varints of all extents, flat, into `out`; returns how many, or ~position of one over 10 bytes."""
    n = 0
    for row in range(len(begins)):
        n = numbers(data, begins[row], ends[row], out, n)
        if n < 0:
            return n
    return n
