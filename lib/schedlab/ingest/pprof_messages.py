"""The messages of profile.proto as columns, ids still as written; see google/pprof:proto/profile.proto."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.ingest.pprof_wire import Broken, Fields
from schedlab.ingest.pprof_wire import fields as plain_fields
from schedlab.ingest.pprof_wire import varints as plain_varints
from schedlab.model.profile import offsets

#: raw bytes from which compiling pays for its import
LARGE = 2_000_000


@dataclass(frozen=True)
class Lists:
    """A repeated number of each message: message i has `values[starts[i]:starts[i + 1]]`."""

    starts: np.ndarray
    values: np.ndarray


class Wire:
    """The bytes of one file with the two verbs that read them, compiled for large files."""

    def __init__(self, data: bytes, compiled: bool | None = None):
        self.data = data
        if len(data) >= LARGE if compiled is None else compiled:
            from schedlab.ingest.pprof_compiled import fields, varints

            self._fields, self._varints = fields, varints
        else:
            self._fields, self._varints = plain_fields, plain_varints

    def profile(self) -> Fields:
        """The fields of the profile itself."""
        return self._fields(self.data, np.array([0]), np.array([len(self.data)]))

    def messages(self, parents: Fields, number: int) -> tuple[Fields, np.ndarray]:
        """The fields of all submessages of that number, and which parent each submessage is in."""
        found = parents.of(number, 2)
        return self._fields(self.data, found.begin, found.end), found.owner

    def lists(self, message: Fields, number: int, n: int) -> Lists:
        """The repeated varint field of that number in each of `n` messages, packed or not."""
        found = message.of(number, 0, 2)
        counts, values = self._varints(self.data, found.begin, found.end)
        per_owner = np.bincount(found.owner, counts, minlength=n).astype(np.int64)
        return Lists(offsets(per_owner), values)

    def numbers(self, message: Fields, number: int, n: int) -> np.ndarray:
        """The single varint of that number in each of `n` messages; 0 where absent, the last wins."""
        found = message.of(number, 0)
        out = np.zeros(n, np.int64)
        out[found.owner] = self._varints(self.data, found.begin, found.end)[1]
        return out

    def texts(self, message: Fields, number: int) -> list[str]:
        """The string field of that number; what is not UTF-8 is shown as U+FFFD."""
        found, data = message.of(number, 2), self.data
        spans = zip(found.begin.tolist(), found.end.tolist(), strict=True)
        return [data[i:j].decode("utf-8", "replace") for i, j in spans]


@dataclass(frozen=True)
class Messages:
    """profile.proto in columns; every name is still an index into `strings`."""

    strings: list[str]
    types: np.ndarray
    locations_of: Lists
    values_of: Lists
    labels: np.ndarray
    locations: np.ndarray
    lines_of: np.ndarray
    lines: np.ndarray
    functions: np.ndarray
    mappings: np.ndarray
    header: dict[str, int]
    comments: np.ndarray
    period_type: np.ndarray
    repeated_header: bool


HEADER = {
    7: "drop_frames",
    8: "keep_frames",
    9: "time_ns",
    10: "duration_ns",
    12: "period",
    14: "default_type",
}


def messages(wire: Wire) -> Messages:
    """All messages of a profile; Broken where the bytes are no protobuf."""
    top = wire.profile()
    if not len(top.key):
        raise Broken(0)
    sample, _ = wire.messages(top, 2)
    samples = len(top.of(2, 2).key)
    labels, label_of = wire.messages(sample, 3)
    location, _ = wire.messages(top, 4)
    lines, line_of = wire.messages(location, 4)
    kinds, _ = wire.messages(top, 11)
    return Messages(
        strings=wire.texts(top, 6),
        types=_rows(wire, wire.messages(top, 1)[0], (1, 2), len(top.of(1, 2).key)),
        locations_of=wire.lists(sample, 1, samples),
        values_of=wire.lists(sample, 2, samples),
        labels=np.column_stack([label_of, _rows(wire, labels, (1, 2, 3, 4), len(label_of))]),
        locations=_rows(wire, location, (1, 2, 3), len(top.of(4, 2).key)),
        lines_of=line_of,
        lines=_rows(wire, lines, (1, 2), len(line_of)),
        functions=_rows(wire, wire.messages(top, 5)[0], (1, 2, 4, 5), len(top.of(5, 2).key)),
        mappings=_rows(wire, wire.messages(top, 3)[0], (1, 5, 6, 2), len(top.of(3, 2).key)),
        header={name: int(wire.numbers(top, number, 1)[0]) for number, name in HEADER.items()},
        comments=wire.lists(top, 13, 1).values,
        period_type=_rows(wire, kinds, (1, 2), len(top.of(11, 2).key)),
        repeated_header=len(top.of(9, 0).key) > 1,
    )


def _rows(wire: Wire, message: Fields, numbers: tuple[int, ...], n: int) -> np.ndarray:
    """Single varint fields side by side: int64, shape (n, numbers)."""
    return np.column_stack([wire.numbers(message, number, n) for number in numbers])
