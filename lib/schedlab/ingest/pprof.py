"""pprof profiles (profile.proto): CPU, heap, block, mutex, goroutine, from Go or any other writer.

`read_profile` gives the columns that `schedlab.profiles` works on; READER the tidy tables. Small files are
decoded in plain Python, large ones by compiled kernels, into the same columns. What it survives is counted
as damage: broken indices, ids that are missing, doubled or arbitrary, invalid UTF-8, empty stacks.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest import pprof_columns, source, stack_tables
from schedlab.ingest.pprof_messages import LARGE, Wire, messages
from schedlab.ingest.pprof_wire import Broken, fields
from schedlab.model.extend import Reader, Reading
from schedlab.model.profile import Profile

#: fields of the top-level message and the wire types they may have
_TOP = {n: (2,) for n in (1, 2, 3, 4, 5, 6, 11)} | {13: (0, 2)} | {n: (0,) for n in (7, 8, 9, 10, 12, 14, 15)}


def read_profile(path: str | Path, data: bytes | None = None, compiled: bool | None = None) -> Profile:
    """The profile in that file (`-`: stdin; packed or plain), in columns; FormatError says what is broken."""
    if data is None:
        data = _content(path)
    return _decode(str(path), data, compiled)[0]


def _decode(path: str, data: bytes, compiled: bool | None = None) -> tuple[Profile, Counter]:
    if not data:
        raise FormatError(path, "the file is empty")
    compiled = len(data) >= LARGE if compiled is None else compiled
    try:
        raw = messages(Wire(data, compiled))
    except Broken as broken:
        what = f"not a pprof profile, or cut short: broken at byte {broken.position} of {len(data)}"
        raise FormatError(path, what) from broken
    return pprof_columns.profile(path, raw, compiled)


def _content(path: str | Path) -> bytes:
    """The bytes of the file, unpacked (gzip, zstd) whatever its name says; one cut short is refused."""
    packed = source.content(path)
    if packed.cut:
        raise FormatError(path, packed.cut)
    return packed.data


def _sniff(head: bytes, name: str) -> bool:
    """Whether the bytes are fields of a profile, a sample type among them; the head's end may cut one."""
    end = len(head)
    for _ in range(3):
        if not end:
            return False
        try:
            keys = fields(head, np.array([0]), np.array([end])).key.tolist()
        except Broken as broken:
            end = broken.position
            continue
        return 0x0A in keys and all(key & 7 in _TOP.get(key >> 3, ()) for key in keys)
    return False


def _read(path: str, data: bytes) -> Reading:
    profile, damage = _decode(path, data)
    return Reading(
        format="pprof",
        tables={"STACK_SAMPLES": stack_tables.samples(profile), "FRAMES": stack_tables.frames(profile)},
        facts={**profile.facts, "types": profile.types, "stacks": profile.n},
        damage=pd.DataFrame(
            [(kind, count, 0, "") for kind, count in damage.items()],
            columns=["kind", "count", "first_line", "first_text"],
        ),
        warnings=profile.warnings,
    )


READER = Reader(
    "pprof", _sniff, _read, ("STACK_SAMPLES", "FRAMES"), "profile.proto, from any Go profile", text=False
)
