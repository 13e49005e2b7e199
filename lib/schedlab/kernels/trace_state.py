"""What a trace says about goroutines, procs and threads so far, and the rows it has just written.

One `State` holds everything as arrays. Its outputs are small buffers: a kernel stops when one is full, the
caller takes the rows away, and the kernel goes on. A `step` is a piece of a kernel: it is compiled only as
part of the kernel that calls it. Columns of the two-dimensional arrays are named by the constants below.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numba import types

from schedlab.kernels.cache import ContentCache

_BARE = {"error_model": "numpy", "nogil": True, "_nrt": False}
step = numba.njit(forceinline=True, **_BARE)


def trace_kernel(signature):
    """A kernel that counts no references: it allocates nothing, and counting those of 35 arrays in every
    step costs fifty times what the step does."""

    def compile_(function):
        compiled = numba.njit(**_BARE)(function)
        if numba.config.DISABLE_JIT:
            return compiled
        compiled._cache = ContentCache(function)
        compiled.compile(signature)
        compiled.disable_compile()
        return compiled

    return compile_


# states of goroutines, numbered as on the wire
UNDETERMINED, RUNNABLE, RUNNING, SYSCALL, WAITING, NOT_EXIST = range(6)
# states of procs, numbered as on the wire
PROC_NONE, PROC_RUNNING, PROC_IDLE, PROC_SYSCALL, PROC_ABANDONED = range(5)
# reasons of our own: why a goroutine is runnable; a trace's own strings get the numbers after them
NO_REASON, CREATE, UNBLOCK, PREEMPTED, YIELD, SYSCALL_EXIT, UNKNOWN = range(7)
# verdicts on one event
READY, WAIT, BROKEN = 0, 1, 2
# how a kernel returns
DONE, ROOM, DAMAGED = 0, 1, 2

# goroutines: one row per slot; what every change of state touches is one cache line
GID, STATUS, SINCE, SEQ, REASON, STACK, PROC, WHOLE = range(8)
CREATED, START_STACK, CREATE_STACK, CREATOR, REGION, BORN, PENDING, PENDING_STACK = range(8, 16)
ASSIST, ASSIST_STACK, STW, STW_KIND, STW_STACK = range(16, 21)
GOROUTINE_COLUMNS = 24
# procs: one row per proc
P_STATUS, P_SEQ, P_SINCE, P_THREAD, P_SWEEP, P_SWEEP_STACK, P_WHOLE, P_GOROUTINE = range(8)
# threads: one row per thread ever seen
M_ID, M_GOROUTINE, M_PROC = range(3)
# cursors: one row per stream of batches (a thread in v2, a proc in v1), with its next event: its place in the
# file, its type, its time and, in v1, its five arguments; in v2 C_POS is where they begin
C_SLOT, C_BATCH, C_POS, C_END, C_AT, C_TYPE, C_TIME, C_ARG = range(8)
CURSOR_COLUMNS = 12
# batches: offset, end, time, next batch of the same stream (-1: none)
B_START, B_END, B_TIME, B_NEXT = range(4)
# open regions: goroutine-wise stacks in one pool
R_NEXT, R_TASK, R_NAME, R_SINCE, R_STACK = range(5)

# rows written so far, and the flag that an output is nearly full
N_SPANS, N_PROCS, N_RANGES, N_GAUGES, N_TASKS, N_LOGS, N_LIVES, N_WAKEUPS, N_CUTS, N_LOST, FULL = range(11)
# single values
(
    GENERATION, FIRST_GENERATION, GC_SEQ, GC_STATE, GC_SINCE, GC_STACK, LAST, STRICT, HEAP, FREE_SLOT,
    SLOTS_USED, GOROUTINES_ALIVE, FREE_REGION, REGIONS_USED, THREADS_USED, ZERO, GO_CLOCK, SAMPLE,
    SAMPLES, REASONS, BAD_AT, GC_BY, STARTED, STW_SINCE, STW_REASON, MOST_GOROUTINE, MOST_PROC, MOST_THREAD,
) = range(28)  # fmt: skip

#: reasons are numbered up to here; the strings of other names may follow in `string_of`
LAST_REASON = 126
# kinds of ranges
GC_CYCLE, STOP_THE_WORLD, MARK_ASSIST, SWEEP, USER_REGION = range(5)
# kinds of gauges
HEAP_LIVE, HEAP_TARGET, PROCS = range(3)

RANGE_COLUMNS, PROC_COLUMNS, GAUGE_COLUMNS, TASK_COLUMNS, LOG_COLUMNS, LIFE_COLUMNS = 12, 6, 3, 7, 6, 8
WAKEUP_COLUMNS = 3


class State(NamedTuple):
    """All that a merge reads and writes. `data` is the file, `span_*` the columns of GOROUTINE_SPANS."""

    data: np.ndarray
    batches: np.ndarray
    cursors: np.ndarray
    heap: np.ndarray
    samples: np.ndarray
    strings: np.ndarray
    stacks: np.ndarray
    reason_of: np.ndarray
    string_of: np.ndarray
    goroutines: np.ndarray
    slots: np.ndarray
    procs: np.ndarray
    threads: np.ndarray
    regions: np.ndarray
    proc_spans: np.ndarray
    ranges: np.ndarray
    gauges: np.ndarray
    tasks: np.ndarray
    logs: np.ndarray
    lives: np.ndarray
    wakeups: np.ndarray
    cuts: np.ndarray
    counts: np.ndarray
    fill: np.ndarray
    now: np.ndarray
    span_goroutine: np.ndarray
    span_state: np.ndarray
    span_reason: np.ndarray
    span_start: np.ndarray
    span_duration: np.ndarray
    span_proc: np.ndarray
    span_stack: np.ndarray
    scale: float


_ROWS = types.Array(types.int64, 2, "C")
_LINE = types.Array(types.int64, 1, "C")
_SPANS = (types.int64, types.int8, types.int8, types.int64, types.float64, types.int32, types.int32)
SPAN_TYPES = tuple(np.dtype(str(t)) for t in _SPANS)
STATE = types.NamedTuple(
    (
        types.Array(types.uint8, 1, "C", readonly=True),
        *(_ROWS, _ROWS, _LINE, _ROWS, _LINE, _LINE, _LINE, _LINE, _ROWS, _LINE, _ROWS, _ROWS, _ROWS),
        *(_ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _LINE, _LINE, _LINE),
        *(types.Array(t, 1, "C") for t in _SPANS),
        types.float64,
    ),
    State,
)


@step
def at(i):
    """An index that cannot be negative: compiled code need not ask, which saves a quarter of its time."""
    return np.uint64(i)


@step
def uvarint(data, pos):
    """(value, position after it); a value that needs more than 63 bits comes out negative."""
    if pos >= len(data):
        return np.int64(-1), pos + 1
    byte = np.int64(data[at(pos)])
    pos += 1
    if byte < 128:
        return byte, pos
    value = byte & 127
    shift = 7
    while shift < 64 and pos < len(data):
        byte = np.int64(data[at(pos)])
        pos += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
    return value, pos
