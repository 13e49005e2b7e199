"""Where fuzzing of a format begins: its fixtures, small pieces of them, and the words they are made of.

ANY stands for a file whose format is not named, packed or not.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "ingest"), str(TESTS)]  # what these tests share with the readers'

import golden_files as golden  # noqa: E402

from schedlab import ingest  # noqa: E402
from schedlab.ingest import source  # noqa: E402

ANY = "any"
#: every format, then ANY
FORMATS = (*(reader.name for reader in ingest.READERS), ANY)
#: bytes of the largest seed, and of the whole lines that are taken as a small one
LARGEST, SMALL = 1 << 16, 1500
_WORD = re.compile(rb"[A-Za-z_%#@][\w./%-]{1,30}[=:]?")
_WORDS = 300
#: numbers and characters that readers stumble over
HOSTILE = (
    *(b"NaN", b"nan", b"inf", b"-inf", b"-1", b"-0", b"1e999", b"1e-999", b"0x1p3", b"1_0", b"null", b"true"),
    *(b"9" * n for n in (9, 10, 18, 19, 20, 40)),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xd9\xa1", b"\xe2\x80\xa8", b"\r\n", b"\r", b"\0"),
    *(b"\x1b[31m", b"\x80" * 9 + b"\1", b"\xff" * 9 + b"\1", b"\xff" * 8, b"\x80" + b"\0" * 7),
)  # fmt: skip


def write(format: str, folder: Path) -> Path:
    """Every seed of a format as a file in `folder`, and beside it the dictionary, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds(format):
        (folder / name).write_bytes(data)
    words = folder.with_suffix(".dict")
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in dictionary(format)), encoding="ascii")
    return words


def seeds(format: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each fixture, of its first lines, and of a short document like it where it is JSON."""
    for path, data in _fixtures(format):
        if format == ANY:
            yield from _packed(path.name, data[:SMALL])
            continue
        yield path.name, data if len(data) <= LARGEST else _begin(data, LARGEST // 4)
        yield f"{path.name}.begin", _begin(data, SMALL)
        try:
            yield f"{path.name}.short", json.dumps(_short(json.loads(data))).encode()
        except ValueError:
            continue


def dictionary(format: str) -> list[bytes]:
    """The words that occur most often in a format's fixtures, and HOSTILE."""
    counts = Counter(word for _, data in _fixtures(format) for word in _WORD.findall(data[:LARGEST]))
    return [word for word, _ in counts.most_common(_WORDS)] + list(HOSTILE)


def _fixtures(format: str) -> Iterator[tuple[Path, bytes]]:
    for name in FORMATS[:-1] if format == ANY else (format,):
        for path in golden.fixtures(name):
            yield path, source.content(path).data


def _begin(data: bytes, size: int) -> bytes:
    """The whole lines in the first bytes; those bytes where there is no line."""
    return data[: data.rfind(b"\n", 0, size) + 1] or data[:size]


def _packed(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The content plain and as gzip in two members."""
    middle = len(data) // 2
    members = (zlib.compress(half, wbits=31) for half in (data[:middle], data[middle:]))
    yield from ((name, data), (f"{name}.gz", b"".join(members)))


def _short(value):
    """The same JSON document with at most two elements in each list."""
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    return [_short(inner) for inner in value[:2]] if isinstance(value, list) else value


def _escaped(word: bytes) -> str:
    return "".join(chr(b) if 32 < b < 127 and b not in b'"\\' else f"\\x{b:02X}" for b in word)
