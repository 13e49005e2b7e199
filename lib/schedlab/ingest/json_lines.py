"""Large files of JSON lines: the values that are asked for as columns, parsed where they lie."""

from __future__ import annotations

import json
from mmap import mmap

import numpy as np
import pyarrow as pa

from schedlab.ingest import load_rows, pieces
from schedlab.ingest.json_requests import Kind
from schedlab.kernels import jsonscan, jsonvalues
from schedlab.kernels.words import word


class Lines:
    """The wanted lines of one piece. Each method is a column of theirs, and marks lines that are not plain.

    `place` has where they begin and where they end in the content, and their number in the piece from 0;
    `odd` those that are not plain, `total` counts all lines of the piece, `counted` the counted ones.
    """

    def __init__(self, content: bytes | mmap, cut: pieces.Cut, kind: Kind):
        self.total, self.words = pieces.lines(content, cut), pieces.words(content, cut)
        self.names = [path[-1] for path in kind.paths]
        lines = np.empty((2, self.total + 1), np.int32)
        spans = np.empty((len(self.names), 2, self.total), np.int32)
        tables = jsonscan.begins_of(kind.begins), jsonscan.paths_of(kind.paths)
        lines[0, -1] = size = cut[1] - cut[0]
        with np.errstate(over="ignore"):
            jsonscan.scan(self.words, size, tables, np.empty(jsonscan.DEPTH, np.int64), spans, lines)
        begins, kinds = lines[0] + cut[0], lines[1, :-1]
        numbers = np.flatnonzero((kinds == 0) | (kinds == jsonscan.ODD))
        self.place = np.array([begins[numbers], begins[numbers + 1] - 1, numbers])
        self.counted = [int((kinds == k).sum()) for k in range(1, len(kind.begins))]
        self.spans = spans if len(numbers) == self.total else np.ascontiguousarray(spans[:, :, numbers])
        self.odd = (kinds[numbers] == jsonscan.ODD).astype(np.uint8)
        self._check_parents(kind)

    def integer(self, name: str, quoted: bool = False) -> np.ndarray:
        return self._column(jsonvalues.integers, name, int(quoted))

    def decimal(self, name: str, places: int) -> np.ndarray:
        """In units of the last of so many decimals."""
        return self._column(jsonvalues.decimals, name, places)

    def instant(self, name: str) -> np.ndarray:
        """Unix nanoseconds."""
        return self._column(jsonvalues.instants, name)

    def same(self, name: str, text: str) -> np.ndarray:
        """Whether that text of at most six bytes stands there, or nothing at all."""
        return self._column(jsonvalues.same, name, np.uint64(word(f'"{text}"'.encode()))) > 0

    def text(self, name: str) -> pa.Array:
        """Empty where there is none."""
        places = np.concatenate([[0], self._column(jsonvalues.sizes, name).cumsum()])
        out = np.empty(places[-1], np.uint8)
        jsonvalues.texts(self.words, self._span(name), places, out)
        found = pa.LargeStringArray.from_buffers(len(places) - 1, pa.py_buffer(places), pa.py_buffer(out))
        return _unescaped(found) if (out == ord("\\")).any() else found

    def _column(self, kernel, name: str, *options) -> np.ndarray:
        out = np.empty(len(self.odd), np.int64)
        with np.errstate(over="ignore"):
            kernel(self.words, self._span(name), *options, out, self.odd)
        return out

    def _span(self, name: str) -> np.ndarray:
        return self.spans[self.names.index(name)]

    def _check_parents(self, kind: Kind) -> None:
        for parent in {path[:-1] for path in kind.paths} - {()}:
            jsonvalues.objects(self.words, self._span(parent[-1]), self.odd)


def _unescaped(found: pa.Array) -> pa.Array:
    """What the texts mean: `\\u0026` is `&`."""
    coded = found.dictionary_encode()
    meant = [load_rows.encodable(json.loads(f'"{text}"')) for text in coded.dictionary.to_pylist()]
    return pa.array(meant, pa.large_string()).take(coded.indices)
