"""One encoded HdrHistogram, versions 0 to 2: base64 over a compressed header and counts, all big-endian.

V0 and V1 hold plain words of 2, 4 or 8 bytes, V2 packed ones (`kernels.hdr`). Places of counters turn into
bounds of values by the three numbers of a `Scale`.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from dataclasses import dataclass

import numpy as np

_V0, _V1, _V2 = 0x1C849308, 0x1C849301, 0x1C849303
#: compressed cookie -> (version, the cookie inside)
_COMPRESSED = {0x1C849309: _V0, 0x1C849302: _V1, 0x1C849304: _V2}
#: the widest histogram there is, packed, is below this
_LARGEST = 16 << 20


@dataclass(frozen=True)
class Scale:
    """Where counters lie: 2^`half` of them a bucket, values in steps of 2^`unit`, times `ratio`."""

    half: int
    unit: int
    ratio: float = 1.0


@dataclass(frozen=True)
class Blob:
    """The counters above 0 of one histogram: ascending places and counts."""

    version: int
    scale: Scale
    index: np.ndarray
    count: np.ndarray


def decode(text: bytes) -> Blob:
    """The histogram that a base64 text holds; ValueError says what is broken in it."""
    try:
        packed = base64.b64decode(text, validate=True)
        cookie, length = struct.unpack_from(">ii", packed)
        inner = _COMPRESSED[cookie & ~0xF0]
        unpack = zlib.decompressobj()
        data = unpack.decompress(packed[8 : 8 + length], _LARGEST)
        if not unpack.eof:
            raise ValueError("compressed counts are cut, or more than any histogram has")
        return _blob(inner, data)
    except (binascii.Error, struct.error, zlib.error, KeyError) as error:
        raise ValueError(f"no HdrHistogram: {error}") from error


def bounds(index: np.ndarray, half, unit, ratio) -> tuple[np.ndarray, np.ndarray]:
    """(lowest, first beyond) value of each counter, float64; scales are numbers or arrays as long."""
    bucket = (index >> half) - 1
    sub = (index & ((1 << half) - 1)) + (1 << half)
    first = bucket < 0
    sub = np.where(first, sub - (1 << half), sub)
    step = np.ldexp(ratio, np.where(first, 0, bucket) + unit)
    return sub * step, (sub + 1) * step


def _blob(wanted: int, data: bytes) -> Blob:
    cookie = struct.unpack_from(">i", data)[0]
    if cookie & ~0xF0 != wanted:
        raise ValueError(f"cookie {cookie:#x} within is of another version")
    if wanted == _V0:
        digits, lowest = struct.unpack_from(">iq", data, 4)
        length, offset, ratio, start = len(data) - 32, 0, 1.0, 32
    else:
        length, offset, digits, lowest, _, ratio = struct.unpack_from(">iiiqqd", data, 4)
        start = 40
    if not (0 <= digits <= 5 and 1 <= lowest < 2**62 and offset == 0 and 0 < ratio < 1e300):
        raise ValueError("impossible header")
    if length < 0 or start + length > len(data):
        raise ValueError("counts are cut")
    scale = Scale(max(1, (2 * 10**digits - 1).bit_length()) - 1, lowest.bit_length() - 1, ratio)
    index, count = _counts(wanted, (cookie >> 4) & 0xE, data[start : start + length])
    if len(index) and (index[-1] >> scale.half) + scale.unit > 62 + (wanted == _V0):
        raise ValueError("more counters than 64 bits have values")
    return Blob({_V0: 0, _V1: 1, _V2: 2}[wanted], scale, index, count)


def _counts(version: int, word: int, data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """(places, counts) of all counters above 0."""
    if version == _V2:
        from schedlab.kernels import hdr

        index, count = np.empty(len(data), np.int64), np.empty(len(data), np.int64)
        found = hdr.counts_v2(np.frombuffer(data, np.uint8), index, count)
        if found < 0:
            raise ValueError(f"broken counts at byte {~found}")
        return index[:found].copy(), count[:found].copy()
    if word not in (2, 4, 8):
        raise ValueError(f"counts of {word} bytes")
    words = np.frombuffer(data[: len(data) // word * word], f">i{word}").astype(np.int64)
    if (words < 0).any():
        raise ValueError("negative counts")
    index = np.flatnonzero(words)
    return index, words[index]
