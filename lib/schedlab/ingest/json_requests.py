"""Requests in JSON lines: the careful path, line by line, and the door to the compiled one of large files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from mmap import mmap

import pandas as pd

from schedlab.ingest import load_rows, source
from schedlab.ingest.damage import Damage, text_of


@dataclass(frozen=True)
class Kind:
    """One tool's lines. `begins`: how those of requests begin, then how others begin that are counted.

    `parse` gives (sent_ns, latency_ns, status, ok, endpoint) of a line, or an error, see `load_rows.request`;
    `columns` the same of all plain lines of a `json_lines.Lines`, endpoint None for none. `paths` of their
    values: each after its parent, named by its last key.
    """

    begins: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    columns: Callable[..., tuple]
    parse: Callable[[str], tuple]


def requests(stream: Iterable[bytes], kind: Kind, damage: Damage) -> tuple[pd.DataFrame, list[int]]:
    """(REQUESTS, how many lines there are of each counted beginning)."""
    content = source.memory(stream)
    if len(content) >= source.LARGE:
        from schedlab.ingest import json_compiled

        found = json_compiled.requests(content, kind, damage)
        if found:
            return found
    return line_by_line(content, kind, damage)


def line_by_line(content: bytes | mmap, kind: Kind, damage: Damage) -> tuple[pd.DataFrame, list[int]]:
    """The same for any content."""
    lines = load_rows.whole_lines(text_of(content[:], damage), damage)
    wanted, *others = kind.begins
    rows = ((n, line) for n, line in enumerate(lines, 1) if line.startswith(wanted) and line.strip())
    frame = load_rows.requests(rows, kind.parse, damage)
    return frame, [sum(line.startswith(other) for line in lines) for other in others]
