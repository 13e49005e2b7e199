"""Changes that know a format's frame, so that they reach what lies behind its lengths and checksums.

An input is taken apart into pieces (lines; fields, messages or batches with their lengths), pieces are
changed, dropped, doubled or moved, and put together again with lengths that hold. JSON documents are changed
value by value. To add a frame: a (split, join) in FRAMES.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
import struct
import zlib
from collections.abc import Callable

import atheris
from seeds import ANY, HOSTILE

Pieces = list[tuple[bytes, bytes]]  # (what stands before, the bytes to change)
_NUMBERS = (0, -1, 1, 0.5, 1e308, float("nan"), float("inf"), 2**31, 2**63, 10**30, 10**400)
_VALUES = (None, True, "", "NaN", "-1", "9" * 25, [], {}, [[]], *_NUMBERS)


def mutator(format: str) -> Callable[[bytes, int, int], bytes]:
    """The custom mutator of a format, as libFuzzer wants it: (data, largest size, seed) -> data."""
    split, join = FRAMES.get(format, (_lines, _joined_lines))

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.3:
            return atheris.Mutate(data, largest)
        if data[:1] in b"{[" and rng.random() < 0.7:
            return _json(data, rng)[:largest]
        pieces = split(data)
        return join(_changed(pieces, rng))[:largest] if pieces else atheris.Mutate(data, largest)

    return mutate


def _changed(pieces: Pieces, rng: random.Random) -> Pieces:
    """The pieces with one of them changed, dropped, doubled or moved."""
    at, other = rng.randrange(len(pieces)), rng.randrange(len(pieces) + 1)
    before, body = pieces[at]
    act = rng.random()
    if act < 0.7:
        body = atheris.Mutate(body, len(body) + 64) if act < 0.6 else body + rng.choice(HOSTILE)
        return [*pieces[:at], (before, body), *pieces[at + 1 :]]
    if act < 0.8:
        return [*pieces[:at], *pieces[at + 1 :]]
    kept = pieces if act < 0.9 else [*pieces[:at], *pieces[at + 1 :]]
    return [*kept[:other], pieces[at], *kept[other:]]


def _json(data: bytes, rng: random.Random) -> bytes:
    """The document, or one of its lines, with one value changed; the same bytes where it is none."""
    try:
        return json.dumps(_altered(json.loads(data), rng)).encode()
    except (ValueError, RecursionError):
        lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    try:
        lines[at] = json.dumps(_altered(json.loads(lines[at]), rng)).encode()
    except (ValueError, RecursionError):
        return atheris.Mutate(data, len(data) + 64)
    return b"\n".join(lines)


def _altered(value, rng: random.Random):
    """The value with one value somewhere within replaced, dropped or doubled."""
    inner = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    if not inner or rng.random() < 0.05:
        return rng.choice(_VALUES)
    key, act = rng.choice(inner), rng.random()
    if act < 0.08:
        del value[key]
    elif act < 0.15 and isinstance(value, list):
        value.insert(rng.randrange(len(value)), value[key])
    else:
        value[key] = _altered(value[key], rng)
    return value


def _lines(data: bytes) -> Pieces:
    return [(b"", line) for line in data.split(b"\n")]


def _joined_lines(pieces: Pieces) -> bytes:
    return b"\n".join(body for _, body in pieces)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """(number, where it ends) of protobuf and Go; IndexError where the bytes end."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return value, at


def _as_varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _framed(header: Callable, length: Callable[[int], bytes]) -> tuple[Callable, Callable]:
    """(split, join) of bytes in which each piece is a header, a length and a body of that length."""

    def split(data: bytes) -> Pieces:
        pieces, at = [], 0
        try:
            while at < len(data):
                before, size, start = header(data, at)
                pieces.append((data[at:before], data[start : start + size]))
                at = start + size
        except IndexError:
            return pieces
        return pieces

    return split, lambda pieces: b"".join(before + length(len(body)) + body for before, body in pieces)


def _field(data: bytes, at: int) -> tuple[int, int, int]:
    """A protobuf field with a length: (where its key ends, length, where its body begins)."""
    key, before = _varint(data, at)
    if key & 7 != 2:
        raise IndexError("a field without length")
    return before, *_varint(data, before)


def _batch(data: bytes, at: int) -> tuple[int, int, int]:
    """A batch of a trace of Go 1.22 or later; the file's header belongs to the first."""
    at += 16 if data.startswith(b"go 1.", at) else 0
    at += {1: 1, 49: 2, 52: 2}[data[at]] if data[at] in (1, 49, 52) else len(data)
    for _ in range(3):
        _, at = _varint(data, at)
    return at, *_varint(data, at)


def _message(data: bytes, at: int) -> tuple[int, int, int]:
    """A message of Go's gob encoding."""
    width = 256 - data[at] if data[at] > 127 else 0
    size = int.from_bytes(data[at + 1 : at + 1 + width]) if width else data[at]
    return at, size, at + 1 + width


def _as_gob(size: int) -> bytes:
    width = (size.bit_length() + 7) // 8
    return bytes([size]) if size < 128 else bytes([256 - width]) + size.to_bytes(width)


def _histograms(data: bytes) -> Pieces:
    """Lines; where one ends in an encoded histogram, its unpacked bytes are what is to be changed."""
    return [_unpacked(line) for line in data.split(b"\n")]


def _unpacked(line: bytes) -> tuple[bytes, bytes]:
    at = line.find(b"HIST")
    try:
        packed = base64.b64decode(line[at:]) if at >= 0 else b""
        return line[:at] + packed[:4], zlib.decompress(packed[8:])
    except (binascii.Error, zlib.error):
        return b"", line


def _packed_lines(pieces: Pieces) -> bytes:
    return b"\n".join(_packed(before, body) if before else body for before, body in pieces)


def _packed(before: bytes, body: bytes) -> bytes:
    squeezed = zlib.compress(body)
    return before[:-4] + base64.b64encode(before[-4:] + struct.pack(">i", len(squeezed)) + squeezed)


def _members(data: bytes) -> Pieces:
    """What gzip members hold; the lines of what is not packed."""
    pieces = []
    while data:
        unpack = zlib.decompressobj(wbits=31)
        try:
            pieces.append((b"gzip", unpack.decompress(data, 1 << 16)))
        except zlib.error:
            return pieces or _lines(data)
        data = unpack.unused_data
    return pieces


def _joined_members(pieces: Pieces) -> bytes:
    if not any(before for before, _ in pieces):
        return _joined_lines(pieces)
    return b"".join(zlib.compress(body, wbits=31) for _, body in pieces)


FRAMES = {
    ANY: (_members, _joined_members),
    "pprof": _framed(_field, _as_varint),
    "go-trace": _framed(_batch, _as_varint),
    "vegeta-gob": _framed(_message, _as_gob),
    "hlog": (_histograms, _packed_lines),
}
