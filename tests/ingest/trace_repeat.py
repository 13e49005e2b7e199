"""A long trace from a short one: its generations again and again, renumbered and moved in time.

One number is left out between two copies: no reader may then assume that what was known still holds.
"""

from collections.abc import Iterator

import numpy as np

from schedlab.kernels import trace_batches as b
from schedlab.kernels.trace_rooms import rows

HEADER = 16


def repeated(data: bytes, times: int, apart_ticks: int = 15_625_000 * 3600) -> Iterator[bytes]:
    """The header, then `times` copies of what follows it, each as many ticks later."""
    raw = np.frombuffer(data, np.uint8)
    found = rows(1 << 20, 7)
    _, n, _ = b.scan(raw, HEADER, found)
    batches = found[:n]
    most = int(batches[:, b.GENERATION].max())
    yield data[:HEADER]
    for k in range(times):
        yield b"".join(_batch(data, row, k * (most + 1), k * apart_ticks) for row in batches)


def _batch(data: bytes, row: np.ndarray, generations: int, ticks: int) -> bytes:
    if row[b.KIND] == b.END_OF_GENERATION:
        return bytes([b.END_OF_GENERATION])
    kind = data[row[b.OFFSET] : row[b.OFFSET] + (2 if row[b.KIND] == b.EXPERIMENT else 1)]
    content = data[row[b.START] : row[b.END]]
    thread = int(row[b.THREAD]) % 2**64
    numbers = (int(row[b.GENERATION]) + generations, thread, int(row[b.TIME]) + ticks, len(content))
    return kind + b"".join(map(_uvarint, numbers)) + content


def _uvarint(value: int) -> bytes:
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
