"""The two verbs of `pprof_wire`, by the compiled kernels."""

from __future__ import annotations

import numpy as np

from schedlab.ingest.pprof_wire import Broken, Fields
from schedlab.kernels import protobuf


def fields(data: bytes, begins, ends) -> Fields:
    """The fields of each message `data[begin:end]`, in order; Broken where a field leaves its message."""
    raw = np.frombuffer(data, np.uint8)
    begins, ends = np.ascontiguousarray(begins, np.int64), np.ascontiguousarray(ends, np.int64)
    out = np.empty((_checked(protobuf.fields(raw, begins, ends, np.empty((0, 4), np.int64))), 4), np.int64)
    protobuf.fields(raw, begins, ends, out)
    return Fields(*(np.ascontiguousarray(out[:, k]) for k in range(4)))


def varints(data: bytes, begins, ends) -> tuple[np.ndarray, np.ndarray]:
    """All varints in each extent: how many (int64, one per extent), and their values (int64, flat)."""
    raw = np.frombuffer(data, np.uint8)
    counts = np.empty(len(begins), np.int64)
    out = np.empty(_checked(protobuf.count_varints(raw, begins, ends, counts)), np.int64)
    _checked(protobuf.varints(raw, begins, ends, out))
    return counts, out


def _checked(n: int) -> int:
    if n < 0:
        raise Broken(~n)
    return n
