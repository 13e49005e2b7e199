"""The bytes of an input, whatever packs them: plain, gzip or zstd, a file or stdin, never unbounded."""

from __future__ import annotations

import mmap
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from schedlab.errors import FormatError

#: decompressed content beyond this is refused unless the caller raises the limit
LIMIT_BYTES = 2 << 30
#: a text with a longer line is refused unless the caller raises the limit
LINE_BYTES = 256 << 20
#: what a reader's `sniff` sees
HEAD_BYTES = 64 << 10

#: content worth loading a compiled path for
LARGE = 1 << 20

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 20
#: pyarrow gives nothing of a read that meets the cut end of a stream
_SMALL = 1 << 14


@dataclass(frozen=True)
class Source:
    """The content of one input: `name` has no compression suffix, `cut` says how it ends early, if so."""

    path: str
    name: str
    data: bytes
    cut: str = ""


@dataclass(frozen=True)
class Stream:
    """The content of one input in pieces; iterates once. `head` is what a sniffer sees before that."""

    path: str
    name: str
    begun: bytes
    rest: Iterator[bytes]
    packing: _Unpacked
    limit_bytes: int
    line_bytes: int = LINE_BYTES

    @property
    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.begun[:HEAD_BYTES]

    @property
    def cut(self) -> str:
        """How the content ends early, if it does; known when all of it was read."""
        return self.packing.cut

    def mapped(self) -> mmap.mmap | None:
        """The content as memory over the file; None where it is packed, or is no file that can be mapped."""
        try:
            memory = mmap.mmap(self.packing.file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return None
        return None if memory[:4].startswith((_GZIP, _ZSTD)) or len(memory) > self.limit_bytes else memory

    def __iter__(self) -> Iterator[bytes]:
        yield self.begun
        yield from self.rest

    def text(self) -> bytes:
        """All of the content of a text; FormatError names a line that is over the limit."""
        return b"".join(_short_lines(self.path, self, self.line_bytes))


def memory(stream: Iterable[bytes]) -> bytes | mmap.mmap:
    """All of a text at once: the file's own memory where it can be mapped. FormatError as in `text`."""
    if not isinstance(stream, Stream):
        return b"".join(stream)
    mapped = stream.mapped()
    if mapped is None:
        return stream.text()
    _check_lines(stream.path, mapped, stream.line_bytes)
    return mapped


@contextmanager
def opened(
    path: str | Path, limit_bytes: int = LIMIT_BYTES, line_bytes: int = LINE_BYTES
) -> Iterator[Stream]:
    """The decompressed content of a file (`-` is stdin), piece by piece; FormatError beyond `limit_bytes`."""
    path = str(path)
    with _open(path) as file:
        packing = _Unpacked(path, file)
        rest = _limited(path, packing, limit_bytes)
        begun = bytearray()
        while len(begun) < HEAD_BYTES and (piece := next(rest, None)) is not None:
            begun += piece
        yield Stream(path, _plain_name(path), bytes(begun), rest, packing, limit_bytes, line_bytes)


def content(path: str | Path, limit_bytes: int = LIMIT_BYTES) -> Source:
    """The whole decompressed content of a file, or of stdin for `-`; FormatError beyond `limit_bytes`."""
    with opened(path, limit_bytes) as stream:
        return Source(stream.path, stream.name, b"".join(stream), stream.cut)


def head(path: str | Path) -> tuple[bytes, str]:
    """The first decompressed 64 KiB of a file and its name without a compression suffix."""
    path = str(path)
    found = bytearray()
    with _open(path) as file:
        for chunk in _Unpacked(path, file):
            found += chunk
            if len(found) >= HEAD_BYTES:
                break
    return bytes(found[:HEAD_BYTES]), _plain_name(path)


def chunks(path: str | Path) -> Iterator[bytes]:
    """The decompressed content piece by piece, about 1 MiB each, for streams of any length."""
    path = str(path)
    with _open(path) as file:
        yield from _Unpacked(path, file)


class _Unpacked:
    """Iterates over the decompressed pieces of a binary file; `cut` is filled when the packing ends early."""

    def __init__(self, path: str, file: BinaryIO):
        self.path, self.file, self.cut = path, file, ""

    def __iter__(self) -> Iterator[bytes]:
        first = self.file.read(_CHUNK)
        if first.startswith(_GZIP):
            yield from self._gzip(first)
        elif first.startswith(_ZSTD):
            yield from self._zstd(first)
        else:
            while first:
                yield first
                first = self.file.read(_CHUNK)

    def _gzip(self, packed: bytes) -> Iterator[bytes]:
        unpack, size = zlib.decompressobj(wbits=31), 0
        while packed or (packed := self.file.read(_CHUNK)):
            if unpack.eof and not (packed := packed.lstrip(b"\0")):
                continue
            unpack = zlib.decompressobj(wbits=31) if unpack.eof else unpack
            try:
                data = unpack.decompress(packed, _CHUNK)
            except zlib.error as error:
                raise FormatError(
                    self.path, f"corrupt gzip after {size} bytes of content: {error}"
                ) from error
            packed = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            size += len(data)
            yield data
        if not unpack.eof:
            self.cut = f"gzip stream ends early after {size} bytes of content"

    def _zstd(self, packed: bytes) -> Iterator[bytes]:
        import pyarrow as pa

        size = 0
        try:
            with pa.CompressedInputStream(_Rewound(packed, self.file), "zstd") as stream:
                while data := stream.read(_SMALL):
                    size += len(data)
                    yield data
        except OSError as error:
            if "ncomplete" not in str(error) and "runcated" not in str(error):
                raise FormatError(
                    self.path, f"corrupt zstd after {size} bytes of content: {error}"
                ) from error
            self.cut = f"zstd stream ends early after {size} bytes of content"


class _Rewound:
    """A binary file whose first bytes were already read, as pyarrow wants it."""

    def __init__(self, first: bytes, file: BinaryIO):
        self.first, self.file, self.closed = first, file, False

    def read(self, size: int = -1) -> bytes:
        if self.first:
            found, self.first = (self.first, b"") if size < 0 else (self.first[:size], self.first[size:])
            return found
        return self.file.read(size)

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def _limited(path: str, pieces: _Unpacked, limit_bytes: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit_bytes:
            raise FormatError(
                path, f"content is over the limit of {limit_bytes} bytes; raise the limit to read it"
            )
        yield piece


def _short_lines(path: str, pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The pieces, as long as no line that goes through several of them is over the limit."""
    line, size = 1, 0
    for piece in pieces:
        end = piece.find(b"\n")
        if size + (len(piece) if end < 0 else end) > most:
            raise _too_long(path, line, most)
        line += piece.count(b"\n")
        size = size + len(piece) if end < 0 else len(piece) - piece.rfind(b"\n") - 1
        yield piece


def _check_lines(path: str, content: mmap.mmap, most: int) -> None:
    """FormatError for the first line over the limit; looks at one line in as many bytes as that."""
    at = 0
    while len(content) - at > most:
        end = content.rfind(b"\n", at, at + most + 1)
        if end < 0:
            before = (content[k : min(k + _CHUNK, at)].count(b"\n") for k in range(0, at, _CHUNK))
            raise _too_long(path, 1 + sum(before), most)
        at = end + 1


def _too_long(path: str, line: int, most: int) -> FormatError:
    return FormatError(path, f"the line is over the limit of {most} bytes; raise the limit to read it", line)


def _open(path: str) -> BinaryIO:
    if path == "-":
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        return open(path, "rb")
    except OSError as error:
        raise FormatError(path, f"cannot be opened: {error.strerror or error}") from error


def _plain_name(path: str) -> str:
    name = Path(path).name
    for suffix in (".gz", ".zst", ".zstd"):
        name = name.removesuffix(suffix)
    return name
