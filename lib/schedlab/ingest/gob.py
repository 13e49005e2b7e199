"""Go's gob encoding: self-describing messages, decoded into dictionaries. As much of it as results need.

A stream is messages of a length and a body: a type's definition (negative number) or a value. Structs send
only fields that are not zero, each by its distance from the field before. Everything broken is a ValueError;
`values` stops quietly only at a message that the end of the stream has cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BOOL, _INT, _UINT, _FLOAT, _BYTES, _STRING = 1, 2, 3, 4, 5, 6
_DEEPEST = 32
#: how types themselves are sent (gob/type.go): id -> fields in order, as (name, type)
_COMMON, _FIELD, _FIELDS = 18, 21, 22
_ARRAY, _SLICE, _STRUCT, _MAP, _ENCODER = 17, 19, 20, 23, 24
_BOOTSTRAP = {
    16: ("struct", [("array", _ARRAY), ("slice", _SLICE), ("struct", _STRUCT), ("map", _MAP)]
         + [("encoder", _ENCODER)] * 3),
    _ARRAY: ("struct", [("common", _COMMON), ("elem", _INT), ("len", _INT)]),
    _COMMON: ("struct", [("name", _STRING), ("id", _INT)]),
    _SLICE: ("struct", [("common", _COMMON), ("elem", _INT)]),
    _STRUCT: ("struct", [("common", _COMMON), ("field", _FIELDS)]),
    _FIELD: ("struct", [("name", _STRING), ("id", _INT)]),
    _FIELDS: ("slice", _FIELD),
    _MAP: ("struct", [("common", _COMMON), ("key", _INT), ("elem", _INT)]),
    _ENCODER: ("struct", [("common", _COMMON)]),
}  # fmt: skip


def values(data: bytes) -> Iterator[tuple[int, Any]]:
    """(byte position, value) of every whole message that holds a value."""
    types = dict(_BOOTSTRAP)
    for at, message in _messages(data):
        body = _Body(message, types)
        try:
            kind = body.int()
            if kind < 0:
                types[-kind] = _defined(body.value(16, 0))
            else:
                yield at, body.top(kind)
        except (IndexError, KeyError) as error:
            raise ValueError(f"broken gob message at byte {at}") from error
        if body.at != len(message):
            raise ValueError(f"gob message at byte {at} is longer than its value")


def whole(data: bytes) -> int:
    """How many bytes of whole messages the stream begins with."""
    return max((at + len(message) for at, message in _messages(data)), default=0)


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(position, body) of every whole message."""
    at = 0
    while at < len(data):
        try:
            length, start = _uint(data, at)
        except IndexError:
            return
        if start + length > len(data):
            return
        yield start, data[start : start + length]
        at = start + length


class _Body:
    """One message, read from front to back."""

    def __init__(self, data: bytes, types: dict):
        self.data, self.types, self.at = data, types, 0

    def uint(self) -> int:
        value, self.at = _uint(self.data, self.at)
        return value

    def int(self) -> int:
        value = self.uint()
        return ~(value >> 1) if value & 1 else value >> 1

    def bytes(self) -> bytes:
        length = self.uint()
        if self.at + length > len(self.data):
            raise ValueError("bytes run past their gob message")
        self.at += length
        return self.data[self.at - length : self.at]

    def top(self, kind: int) -> Any:
        """The value of a message; what is no struct stands behind a zero."""
        if self.types.get(kind, ("",))[0] != "struct":
            self.uint()
        return self.value(kind, 0)

    def value(self, kind: int, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ValueError("gob value is nested too deeply")
        if kind in _PLAIN:
            return _PLAIN[kind](self)
        shape, *inner = self.types[kind]
        if shape == "struct":
            return self._struct(inner[0], depth)
        if shape == "encoder":
            return self.bytes()
        length = self.uint()
        if length > len(self.data):
            raise ValueError("gob value has more parts than bytes")
        if shape == "map":
            return [(self.value(inner[0], depth + 1), self.value(inner[1], depth + 1)) for _ in range(length)]
        return [self.value(inner[0], depth + 1) for _ in range(length)]

    def _struct(self, fields: list[tuple[str, int]], depth: int) -> dict:
        found, place = {}, -1
        while step := self.uint():
            place += step
            name, kind = fields[place]
            found[name] = self.value(kind, depth + 1)
        return found


_PLAIN = {
    _BOOL: lambda body: bool(body.uint()),
    _INT: _Body.int,
    _UINT: _Body.uint,
    _FLOAT: _Body.uint,
    _BYTES: _Body.bytes,
    _STRING: lambda body: body.bytes().decode("utf-8", "replace"),
}


def _uint(data: bytes, at: int) -> tuple[int, int]:
    """(value, position after it): one byte below 128, or the negated number of bytes and those."""
    first = data[at]
    if first < 128:
        return first, at + 1
    size = 256 - first
    if size > 8:
        raise ValueError(f"impossible gob number at byte {at}")
    if at + 1 + size > len(data):
        raise IndexError("cut number")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size


def _defined(wire: dict) -> tuple:
    """The shape of a type from its definition."""
    for name, held in wire.items():
        if name == "struct":
            return "struct", [(f.get("name", ""), f.get("id", 0)) for f in held.get("field", [])]
        if name == "map":
            return "map", held.get("key", 0), held.get("elem", 0)
        return ("encoder",) if name == "encoder" else ("list", held.get("elem", 0))
    raise ValueError("gob type without a shape")
