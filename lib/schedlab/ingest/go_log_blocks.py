"""A stream of bytes as blocks of whole lines, in bounded memory however long the stream or one line is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from schedlab.ingest.damage import Damage

#: how much of one line is read
LONGEST = 16 << 20
_PIECE = 1 << 20
_NEWLINE = ord("\n")
_MARK = b"\xef\xbb\xbf"


def pieces(data: bytes) -> Iterator[bytes]:
    """The parts of content that is in memory already."""
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


class Blocks:
    """Iterates over (number of the first line, block of whole lines).

    Then `lines` were met, and `tail` is what followed the last newline.
    """

    def __init__(self, stream: Iterable[bytes], damage: Damage):
        self.stream, self.damage = stream, damage
        self.lines, self.tail = 0, b""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        rest: list[bytes] = []
        for n, piece in enumerate(self.stream):
            piece = piece.removeprefix(_MARK) if n == 0 else piece
            end = piece.rfind(b"\n") + 1
            if end:
                block = b"".join([*rest, piece[:end]])
                yield self.lines + 1, block
                self.lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == _NEWLINE))
                rest = []
            self._keep(rest, piece[end:])
        self.tail = b"".join(rest)

    def _keep(self, rest: list[bytes], piece: bytes) -> None:
        """The beginning of a line, as far as it is read."""
        kept = sum(map(len, rest))
        if kept <= LONGEST < kept + len(piece):
            self.damage.add(f"line over {LONGEST >> 20} MiB, its rest not read", self.lines + 1)
        if piece and kept <= LONGEST:
            rest.append(piece)
