"""Protobuf wire format into columns, in plain Python: the path for the usual 100 KB.

Three verbs, `fields`, `samples` and `varints`, the same that `kernels.protobuf` compiles for large files;
everything above works on their columns and does not know which of the two ran. Encoding: protobuf.dev.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class Broken(ValueError):
    """The bytes stop making sense at `position`."""

    def __init__(self, position: int):
        self.position = position
        super().__init__(f"broken protobuf at byte {position}")


@dataclass(frozen=True)
class Fields:
    """One row per field met: the message it is in, its key (number << 3 | wire type), its content's extent.

    The extent of a varint is the varint itself, so that packed and single numbers are read alike.
    """

    owner: np.ndarray
    key: np.ndarray
    begin: np.ndarray
    end: np.ndarray

    def of(self, number: int, *wires: int) -> Fields:
        """The rows of one field, in the given wire types only (0 varint, 2 bytes)."""
        chosen = self.key == (number << 3 | wires[0])
        for wire in wires[1:]:
            chosen |= self.key == (number << 3 | wire)
        return self._where(chosen)

    def but(self, number: int) -> Fields:
        """The rows of all other fields."""
        return self._where(self.key >> 3 != number)

    def _where(self, chosen: np.ndarray) -> Fields:
        return Fields(self.owner[chosen], self.key[chosen], self.begin[chosen], self.end[chosen])


@dataclass(frozen=True)
class Lists:
    """A repeated number of each message: message i has `values[starts[i]:starts[i + 1]]`."""

    starts: np.ndarray
    values: np.ndarray


def fields(data: bytes, begins, ends) -> Fields:
    """The fields of each message `data[begin:end]`, in order; Broken where a field leaves its message."""
    rows: list[int] = []
    for owner, (i, stop) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        while i < stop:
            at, key = i, data[i]
            if key < 128:
                i += 1
            else:
                key, i = _varint(data, i, stop)
                if key >> 32:  # field numbers have 29 bits
                    raise Broken(at)
            if key & 7 == 2 and i < stop and data[i] < 128 and i + 1 + data[i] <= stop:
                begin, i = i + 1, i + 1 + data[i]  # the usual short submessage or string
            elif key & 7 == 0 and i + 1 < stop and (data[i] < 128 or data[i + 1] < 128):
                begin, i = i, i + 1 + (data[i] >= 128)  # the usual number below 2^14
            else:
                begin, i = _content(data, key & 7, i, stop, at)
            rows += (owner, key, begin, i)
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Fields(*(np.ascontiguousarray(c) for c in columns))


def samples(data: bytes, begins, ends) -> tuple[Lists, Lists, np.ndarray]:
    """Locations and values of each Sample message, and of each label (sample, begin, end)."""
    found, n = fields(data, begins, ends), len(begins)
    labels = found.of(3, 2)
    rows = np.column_stack([labels.owner, labels.begin, labels.end])
    return lists(data, found.of(1, 0, 2), n), lists(data, found.of(2, 0, 2), n), rows


def lists(data: bytes, found: Fields, n: int) -> Lists:
    """The numbers, packed or not, of those fields for each of `n` messages."""
    counts, values = varints(data, found.begin, found.end)
    per_owner = np.bincount(found.owner, counts, minlength=n).astype(np.int64)
    return Lists(np.concatenate([[0], np.cumsum(per_owner)]), values)


def varints(data: bytes, begins, ends) -> tuple[np.ndarray, np.ndarray]:
    """All varints in each extent: how many (int64, one per extent), and their values (int64, flat)."""
    sizes = ends - begins
    upto = np.concatenate([[0], np.cumsum(sizes)])
    raw = np.frombuffer(data, np.uint8)[np.arange(upto[-1]) + np.repeat(begins - upto[:-1], sizes)]
    last = raw < 128
    if not last[upto[1:][sizes > 0] - 1].all():
        raise Broken(int(ends[sizes > 0][~last[upto[1:][sizes > 0] - 1]][0]) - 1)
    starts = np.concatenate([[0], np.flatnonzero(last) + 1])
    shift = 7 * (np.arange(len(raw)) - np.repeat(starts[:-1], np.diff(starts)))
    if shift.max(initial=0) > 63:
        raise Broken(int(begins[np.searchsorted(upto, np.argmax(shift > 63), side="right") - 1]))
    parts = (raw & 127).astype(np.uint64) << shift.astype(np.uint64)
    values = np.add.reduceat(parts, starts[:-1]) if len(parts) else parts
    counts = np.concatenate([[0], np.cumsum(last)])[upto]
    return np.diff(counts), values.view(np.int64)


def _varint(data: bytes, i: int, stop: int) -> tuple[int, int]:
    """The unsigned 64-bit value at `i` and where it ends."""
    if i < stop and data[i] < 128:
        return data[i], i + 1
    value = shift = 0
    for j in range(i, min(i + 10, stop)):
        value |= (data[j] & 127) << shift
        if data[j] < 128:
            return value & 0xFFFFFFFFFFFFFFFF, j + 1
        shift += 7
    raise Broken(i)


def _content(data: bytes, wire: int, i: int, stop: int, at: int) -> tuple[int, int]:
    """Where the content of a field starts and ends."""
    if wire == 0:
        return i, _varint(data, i, stop)[1]
    if wire == 2:
        size, i = _varint(data, i, stop)
        end = i + size
    elif wire in (1, 5):
        end = i + (8 if wire == 1 else 4)
    elif wire == 3:
        return i, _group_end(data, i, stop)
    else:
        raise Broken(at)
    if end > stop:
        raise Broken(at)
    return i, end


def _group_end(data: bytes, i: int, stop: int) -> int:
    """Where a (long deprecated) group ends, nested ones skipped."""
    depth = 1
    while depth:
        at = i
        key, i = _varint(data, i, stop)
        if key & 7 == 4:
            depth -= 1
        elif key & 7 == 3:
            depth += 1
        else:
            i = _content(data, key & 7, i, stop, at)[1]
    return i
