# ruff: noqa: SIM109 (a kernel compares, it does not search tuples)
"""What a trace says about goroutines, procs and threads so far, and the rows it has written.

One `State` holds everything as arrays, so that a kernel can stop when an output is full, let the caller make
room, and go on. A `step` is a piece of a kernel: it is compiled only as part of the kernel that calls it.
Columns of the two-dimensional arrays are named by the constants below.
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
# what made a goroutine runnable
NO_CAUSE, CREATE, UNBLOCK, PREEMPTED, YIELD, SYSCALL_EXIT, UNKNOWN = range(7)
# verdicts on one event
READY, WAIT, BROKEN = 0, 1, 2
# how a kernel returns
DONE, ROOM, DAMAGED = 0, 1, 2

# goroutines: one row per slot
GID, STATUS, SINCE, SEQ, REASON, STACK, CAUSE, BY = range(8)
THREAD, PROC, CREATED, START_STACK, CREATE_STACK, CREATOR, WHOLE, REGION = range(8, 16)
ASSIST, ASSIST_STACK, STW, STW_KIND, STW_STACK, PENDING, PENDING_STACK, BORN = range(16, 24)
GOROUTINE_COLUMNS = 24
# procs: one row per proc
P_STATUS, P_SEQ, P_SINCE, P_THREAD, P_SWEEP, P_SWEEP_STACK, P_WHOLE, P_GOROUTINE = range(8)
# threads: one row per thread ever seen
M_ID, M_GOROUTINE, M_PROC = range(3)
# cursors: one row per stream of batches (a thread in v2, a proc in v1), with its next event
C_SLOT, C_BATCH, C_POS, C_END, C_CLOCK, C_TYPE, C_TIME, C_ARG, C_AT = 0, 1, 2, 3, 4, 5, 6, 7, 12
CURSOR_COLUMNS = 13
# batches: offset, end, time, next batch of the same stream (-1: none)
B_START, B_END, B_TIME, B_NEXT = range(4)
# open regions: goroutine-wise stacks in one pool
R_NEXT, R_TASK, R_NAME, R_SINCE, R_STACK = range(5)

# rows written so far, and the flag that an output is nearly full
N_SPANS, N_PROCS, N_RANGES, N_GAUGES, N_TASKS, N_LOGS, N_LIVES, N_LOST, FULL = range(9)
# single values
(
    GENERATION, FIRST_GENERATION, GC_SEQ, GC_STATE, GC_SINCE, GC_STACK, LAST, STRICT, HEAP, FREE_SLOT,
    SLOTS_USED, GOROUTINES_ALIVE, FREE_REGION, REGIONS_USED, THREADS_USED, TICKS, ZERO, GO_CLOCK, SAMPLE,
    SAMPLES, PREEMPTED_REASON, REASONS, BAD_AT, GC_BY, STARTED, STW_SINCE, STW_REASON,
) = range(27)  # fmt: skip

# kinds of ranges
GC_CYCLE, STOP_THE_WORLD, MARK_ASSIST, SWEEP, USER_REGION = range(5)
# kinds of gauges
HEAP_LIVE, HEAP_TARGET, PROCS = range(3)

RANGE_COLUMNS, PROC_COLUMNS, GAUGE_COLUMNS, TASK_COLUMNS, LOG_COLUMNS, LIFE_COLUMNS = 12, 6, 3, 8, 6, 9


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
    counts: np.ndarray
    fill: np.ndarray
    now: np.ndarray
    span_goroutine: np.ndarray
    span_state: np.ndarray
    span_reason: np.ndarray
    span_start: np.ndarray
    span_duration: np.ndarray
    span_thread: np.ndarray
    span_proc: np.ndarray
    span_stack: np.ndarray
    span_cause: np.ndarray
    span_by: np.ndarray
    span_whole: np.ndarray
    scale: float


_ROWS = types.Array(types.int64, 2, "C")
_LINE = types.Array(types.int64, 1, "C")
_SPANS = (types.int64, types.int8, types.int16, types.int64, types.float64, types.int32, types.int32)
_SPANS += (types.int32, types.int8, types.int64, types.boolean)
SPAN_TYPES = tuple(np.dtype(str(t).replace("boolean", "bool")) for t in _SPANS)
STATE = types.NamedTuple(
    (
        types.Array(types.uint8, 1, "C", readonly=True),
        *(_ROWS, _ROWS, _LINE, _ROWS, _LINE, _LINE, _LINE, _LINE, _ROWS, _LINE, _ROWS, _ROWS, _ROWS),
        *(_ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _ROWS, _LINE, _LINE, _LINE),
        *(types.Array(t, 1, "C") for t in _SPANS),
        types.float64,
    ),
    State,
)


@step
def uvarint(data, pos):
    """(value, position after it); a value that needs more than 63 bits comes out negative."""
    if pos >= len(data):
        return np.int64(-1), pos + 1
    byte = np.int64(data[pos])
    pos += 1
    if byte < 128:
        return byte, pos
    value = byte & 127
    shift = 7
    while shift < 64 and pos < len(data):
        byte = np.int64(data[pos])
        pos += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
    return value, pos


@step
def nanoseconds(s, time):
    """The instant on the trace's clock: v1 counts ticks from its first event, v2 nanoseconds already."""
    if s.now[TICKS]:
        return np.int64(np.float64(time - s.now[ZERO]) * s.scale)
    return time


# ---- goroutines by id: an open-addressed table of slots (slot + 1; 0 is empty)


@step
def home(s, gid):
    return ((gid * -7046029254386353131) >> 20) & (len(s.slots) - 1)


@step
def find(s, gid):
    """The slot of a goroutine, -1 where it is not known."""
    i = home(s, gid)
    mask = len(s.slots) - 1
    while s.slots[i]:
        if s.goroutines[s.slots[i] - 1, GID] == gid:
            return s.slots[i] - 1
        i = (i + 1) & mask
    return -1


@step
def add(s, gid, time):
    """A slot for a goroutine that is not known yet, in state undetermined."""
    slot = s.now[FREE_SLOT]
    if slot >= 0:
        s.now[FREE_SLOT] = s.goroutines[slot, SINCE]
    else:
        slot = s.now[SLOTS_USED]
        s.now[SLOTS_USED] += 1
    i = home(s, gid)
    mask = len(s.slots) - 1
    while s.slots[i]:
        i = (i + 1) & mask
    s.slots[i] = slot + 1
    g = s.goroutines[slot]
    g[:] = -1
    g[GID] = gid
    g[STATUS] = UNDETERMINED
    g[SINCE] = time
    g[REASON] = 0
    g[BORN] = time
    s.now[GOROUTINES_ALIVE] += 1
    if s.now[SLOTS_USED] + 8 > len(s.goroutines) or 2 * s.now[GOROUTINES_ALIVE] + 16 > len(s.slots):
        s.fill[FULL] = 1
    return slot


@step
def remove(s, slot):
    """Forget a goroutine: close the gap in the table, give its slot back."""
    mask = len(s.slots) - 1
    hole = home(s, s.goroutines[slot, GID])
    while s.slots[hole] != slot + 1:
        hole = (hole + 1) & mask
    i = (hole + 1) & mask
    while s.slots[i]:
        wanted = home(s, s.goroutines[s.slots[i] - 1, GID])
        if ((i - wanted) & mask) >= ((i - hole) & mask):
            s.slots[hole] = s.slots[i]
            hole = i
        i = (i + 1) & mask
    s.slots[hole] = 0
    s.goroutines[slot, GID] = -1
    s.goroutines[slot, SINCE] = s.now[FREE_SLOT]
    s.now[FREE_SLOT] = slot
    s.now[GOROUTINES_ALIVE] -= 1


# ---- rows


@step
def row(s, rows, which):
    """The index of a fresh row of an output; raises the flag before the output is full."""
    n = s.fill[which]
    if n + 64 >= len(rows):
        s.fill[FULL] = 1
    if n + 1 >= len(rows):
        s.fill[N_LOST] += 1
        return n - 1
    s.fill[which] = n + 1
    return n


@step
def leave(s, slot, time, whole):
    """Write the span that ends now for a goroutine."""
    g = s.goroutines[slot]
    n = s.fill[N_SPANS]
    if n + 64 >= len(s.span_start):
        s.fill[FULL] = 1
    s.fill[N_SPANS] = n + 1
    start = nanoseconds(s, g[SINCE])
    s.span_goroutine[n] = g[GID]
    s.span_state[n] = g[STATUS]
    s.span_reason[n] = g[REASON]
    s.span_start[n] = start
    s.span_duration[n] = (nanoseconds(s, time) - start) / 1e9
    s.span_thread[n] = g[THREAD]
    s.span_proc[n] = g[PROC]
    s.span_stack[n] = g[STACK]
    s.span_cause[n] = max(g[CAUSE], 0)
    s.span_by[n] = g[BY]
    s.span_whole[n] = whole and g[WHOLE] == 1


@step
def enter(s, slot, time, status, reason, stack):
    """A goroutine changes its state: the old span is written, the new one begins."""
    g = s.goroutines[slot]
    if g[STATUS] != UNDETERMINED:
        leave(s, slot, time, True)
        g[WHOLE] = 1
    elif g[WHOLE] != 1:
        g[WHOLE] = 0
    g[STATUS] = status
    g[SINCE] = time
    g[REASON] = reason
    g[STACK] = stack
    g[CAUSE] = NO_CAUSE
    g[BY] = -1
    g[THREAD] = -1
    g[PROC] = -1


@step
def caused(s, slot, cause, by):
    """What made a goroutine runnable, and which goroutine did it (-1: none)."""
    s.goroutines[slot, CAUSE] = cause
    s.goroutines[slot, BY] = by


@step
def placed(s, slot, thread, proc):
    """Where a goroutine runs."""
    s.goroutines[slot, THREAD] = thread
    s.goroutines[slot, PROC] = proc


@step
def end_life(s, slot, time, ended):
    """Write the row of GOROUTINES; `ended` tells whether its end was seen."""
    g = s.goroutines[slot]
    r = s.lives[row(s, s.lives, N_LIVES)]
    r[0] = g[GID]
    r[1] = nanoseconds(s, g[BORN])
    r[2] = nanoseconds(s, time)
    r[3] = g[CREATED] == 1
    r[4] = ended
    r[5] = g[CREATOR]
    r[6] = g[START_STACK]
    r[7] = g[CREATE_STACK]
    r[8] = 0


@step
def add_range(s, kind, detail, owner, since, time, stack, whole):
    """Write a row of TRACE_RANGES; `owner` is (goroutine, proc, thread). Gives the row's index."""
    n = row(s, s.ranges, N_RANGES)
    r = s.ranges[n]
    r[0] = kind
    r[1] = detail
    r[2] = owner[0]
    r[3] = owner[1]
    r[4] = owner[2]
    r[5] = nanoseconds(s, since)
    r[6] = nanoseconds(s, time)
    r[7] = stack
    r[8] = 0
    r[9] = 0
    r[10] = -1
    r[11] = whole
    return n


@step
def add_gauge(s, kind, time, value):
    """Write a row of TRACE_GAUGES."""
    r = s.gauges[row(s, s.gauges, N_GAUGES)]
    r[0] = kind
    r[1] = nanoseconds(s, time)
    r[2] = value


# ---- procs and threads


@step
def enter_proc(s, p, time, status, thread):
    """A proc starts or stops: system calls count as running, as in Go's own reader."""
    q = s.procs[p]
    old = q[P_STATUS]
    was_running = old == PROC_RUNNING or old == PROC_SYSCALL
    is_running = status == PROC_RUNNING or status == PROC_SYSCALL
    q[P_STATUS] = status
    if old != PROC_NONE and was_running == is_running:
        return
    if old != PROC_NONE:
        leave_proc(s, p, time, was_running, 1)
        q[P_WHOLE] = 1
    else:
        q[P_WHOLE] = 0
    q[P_SINCE] = time
    q[P_THREAD] = thread if is_running else -1


@step
def leave_proc(s, p, time, running, whole):
    """Write the row of PROC_SPANS that ends now."""
    r = s.proc_spans[row(s, s.proc_spans, N_PROCS)]
    r[0] = p
    r[1] = running
    r[2] = nanoseconds(s, s.procs[p, P_SINCE])
    r[3] = nanoseconds(s, time)
    r[4] = s.procs[p, P_THREAD]
    r[5] = whole and s.procs[p, P_WHOLE] == 1


@step
def thread_slot(s, thread):
    """The row of a thread, a new one where it was never seen."""
    for i in range(s.now[THREADS_USED]):
        if s.threads[i, M_ID] == thread:
            return i
    i = s.now[THREADS_USED]
    s.now[THREADS_USED] = i + 1
    if i + 8 > len(s.threads):
        s.fill[FULL] = 1
    s.threads[i, M_ID] = thread
    s.threads[i, M_GOROUTINE] = -1
    s.threads[i, M_PROC] = -1
    return i


# ---- user regions: a stack per goroutine


@step
def open_region(s, slot, task, name, time, stack):
    """Push a user region."""
    r = s.now[FREE_REGION]
    if r >= 0:
        s.now[FREE_REGION] = s.regions[r, R_NEXT]
    else:
        r = s.now[REGIONS_USED]
        s.now[REGIONS_USED] = r + 1
        if r + 8 > len(s.regions):
            s.fill[FULL] = 1
    s.regions[r, R_NEXT] = s.goroutines[slot, REGION]
    s.regions[r, R_TASK] = task
    s.regions[r, R_NAME] = name
    s.regions[r, R_SINCE] = time
    s.regions[r, R_STACK] = stack
    s.goroutines[slot, REGION] = r


@step
def close_region(s, slot, time, thread, proc, whole):
    """Pop the innermost user region and write it; nothing where it began before the trace."""
    r = s.goroutines[slot, REGION]
    if r < 0:
        return
    owner = (s.goroutines[slot, GID], proc, thread)
    n = add_range(s, USER_REGION, s.regions[r, R_NAME], owner, s.regions[r, R_SINCE], time,
                  s.regions[r, R_STACK], whole)  # fmt: skip
    s.ranges[n, 10] = s.regions[r, R_TASK]
    s.goroutines[slot, REGION] = s.regions[r, R_NEXT]
    s.regions[r, R_NEXT] = s.now[FREE_REGION]
    s.now[FREE_REGION] = r


@step
def reason_code(s, string):
    """The small number of a reason given as a string of the trace; new reasons get the next one."""
    if string < 0:
        return 0
    if s.reason_of[string] < 0:
        s.reason_of[string] = s.now[REASONS]
        s.string_of[s.now[REASONS]] = string
        s.now[REASONS] += 1
        if s.now[REASONS] + 8 > len(s.string_of):
            s.fill[FULL] = 1
    return s.reason_of[string]
