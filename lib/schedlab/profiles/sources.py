"""Any file that holds stacks as a Profile: pprof, its texts, folded stacks, goroutine dumps, traces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schedlab.errors import FormatError
from schedlab.ingest import folded, go_goroutines, go_trace, pprof, pprof_text, source
from schedlab.model.extend import Reader
from schedlab.model.profile import Profile
from schedlab.profiles import dumps, events
from schedlab.profiles.names import canonical


def read(path: str | Path) -> Profile:
    """The profile in that file (`-` is stdin, gzip and zstd unpacked), under the names all Go versions share.

    Of a goroutine dump: all goroutines, labelled with state and reason. Of an execution trace: the time its
    goroutines waited, labelled with the reason. FormatError where it is nothing of this or broken.
    """
    packed = source.content(path)
    if packed.cut:
        raise FormatError(packed.path, packed.cut)
    head = packed.data[: source.HEAD_BYTES]
    for reader, as_profile in SOURCES:
        if reader.sniff(head, packed.name):
            return as_profile(packed.path, packed.data, reader)
    return _pprof(packed.path, packed.data, pprof.READER)


def _pprof(path: str, data: bytes, reader: Reader) -> Profile:
    return canonical(pprof.read_profile(path, data))


def _debug_1(path: str, data: bytes, reader: Reader) -> Profile:
    return canonical(pprof_text.read_profile(path, data))


def _folded(path: str, data: bytes, reader: Reader) -> Profile:
    return canonical(folded.read_profile(path, data))


def _dump(path: str, data: bytes, reader: Reader) -> Profile:
    tables = reader.read(path, data).tables
    return dumps.profile(tables["GOROUTINES"], tables["FRAMES"])


def _trace(path: str, data: bytes, reader: Reader) -> Profile:
    return events.waits(reader.read(path, data).tables)


#: the formats that hold stacks and how each becomes a profile; the order is that of sniffing
SOURCES: tuple[tuple[Reader, Callable[[str, bytes, Reader], Profile]], ...] = (
    (pprof.READER, _pprof),
    (go_trace.READER, _trace),
    (pprof_text.READER, _debug_1),
    (folded.READER, _folded),
    (go_goroutines.READER, _dump),
)
