"""The verbs of `pprof_wire`, by the compiled kernels."""

from __future__ import annotations

import numpy as np

from schedlab.ingest.pprof_wire import Broken, Fields, Lists
from schedlab.kernels import protobuf


def fields(data: bytes, begins, ends) -> Fields:
    """The fields of each message `data[begin:end]`, in order; Broken where a field leaves its message."""
    raw = np.frombuffer(data, np.uint8)
    begins, ends = np.ascontiguousarray(begins, np.int64), np.ascontiguousarray(ends, np.int64)
    none = np.empty(0, np.int64)
    n = _checked(protobuf.fields(raw, begins, ends, none, none, none, none))
    columns = [np.empty(n, np.int64) for _ in range(4)]
    protobuf.fields(raw, begins, ends, *columns)
    return Fields(*columns)


def samples(data: bytes, begins, ends, ids=np.int32) -> tuple[Lists, Lists, np.ndarray]:
    """Locations and values of each Sample message, and of each label (sample, begin, end)."""
    raw, starts = np.frombuffer(data, np.uint8), np.zeros((3, len(begins) + 1), np.int64)
    _checked(protobuf.count_samples(raw, begins, ends, starts))
    locations, values = np.empty(starts[0, -1], ids), np.empty(starts[1, -1], np.int64)
    labels = np.empty((starts[2, -1], 3), np.int64)
    _checked(protobuf.samples(raw, begins, ends, locations, values, labels))
    if ids is np.int32 and locations.min(initial=0) < 0:  # an id that needs more bits, as a few writers have
        return samples(data, begins, ends, np.int64)
    return Lists(starts[0], locations), Lists(starts[1], values), labels


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
