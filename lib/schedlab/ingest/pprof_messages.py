"""The messages of profile.proto as columns, ids still as written; see google/pprof:proto/profile.proto."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.ingest import pprof_wire
from schedlab.ingest.pprof_wire import Broken, Fields, Lists

#: raw bytes from which compiling pays for its import
LARGE = 2_000_000


class Wire:
    """The bytes of one file with the two verbs that read them, compiled for large files."""

    def __init__(self, data: bytes, compiled: bool | None = None):
        self.data = data
        if len(data) >= LARGE if compiled is None else compiled:
            from schedlab.ingest import pprof_compiled as verbs
        else:
            verbs = pprof_wire
        self._fields, self._varints, self._samples = verbs.fields, verbs.varints, verbs.samples

    def profile(self) -> Fields:
        """The fields of the profile itself."""
        return self._fields(self.data, np.array([0]), np.array([len(self.data)]))

    def messages(self, parents: Fields, number: int) -> tuple[Fields, np.ndarray]:
        """The fields of all submessages of that number, and which parent each submessage is in."""
        found = parents.of(number, 2)
        return self._fields(self.data, found.begin, found.end), found.owner

    def samples(self, top: Fields) -> tuple[Lists, Lists, Fields, np.ndarray]:
        """Locations and values of each sample, the fields of all labels, and the sample of each label."""
        found = top.of(2, 2)
        locations, values, labels = self._samples(self.data, found.begin, found.end)
        begin, end = (np.ascontiguousarray(labels[:, k]) for k in (1, 2))
        return locations, values, self._fields(self.data, begin, end), labels[:, 0]

    def numbers(self, message: Fields, number: int, n: int) -> np.ndarray:
        """The single varint of that number in each of `n` messages; 0 where absent, the last wins."""
        found = message.of(number, 0)
        out = np.zeros(n, np.int64)
        out[found.owner] = self._varints(self.data, found.begin, found.end)[1]
        return out

    def values(self, message: Fields, number: int) -> np.ndarray:
        """All varints of that number, packed or not."""
        found = message.of(number, 0, 2)
        return self._varints(self.data, found.begin, found.end)[1]

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
    locations_of, values_of, labels, label_of = wire.samples(top)
    top = top.but(2)  # samples are most of it
    location, _ = wire.messages(top, 4)
    lines, line_of = wire.messages(location, 4)
    kinds, _ = wire.messages(top, 11)
    return Messages(
        strings=wire.texts(top, 6),
        types=_rows(wire, wire.messages(top, 1)[0], (1, 2), len(top.of(1, 2).key)),
        locations_of=locations_of,
        values_of=values_of,
        labels=np.column_stack([label_of, _rows(wire, labels, (1, 2, 3, 4), len(label_of))]),
        locations=_rows(wire, location, (1, 2, 3), len(top.of(4, 2).key)),
        lines_of=line_of,
        lines=_rows(wire, lines, (1, 2), len(line_of)),
        functions=_rows(wire, wire.messages(top, 5)[0], (1, 2, 4, 5), len(top.of(5, 2).key)),
        mappings=_rows(wire, wire.messages(top, 3)[0], (1, 5, 6, 2), len(top.of(3, 2).key)),
        header={name: int(wire.numbers(top, number, 1)[0]) for number, name in HEADER.items()},
        comments=wire.values(top, 13),
        period_type=_rows(wire, kinds, (1, 2), len(top.of(11, 2).key)),
        repeated_header=len(top.of(9, 0).key) > 1,
    )


def _rows(wire: Wire, message: Fields, numbers: tuple[int, ...], n: int) -> np.ndarray:
    """Single varint fields side by side: int64, shape (n, numbers)."""
    return np.column_stack([wire.numbers(message, number, n) for number in numbers])
