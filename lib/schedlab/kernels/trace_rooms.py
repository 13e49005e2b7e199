"""Making room: the arrays of a trace's state, allocated and enlarged between two calls of a kernel."""

from __future__ import annotations

import numpy as np
from numba import types

from schedlab.kernels import trace_goroutines as life
from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import (
    BATCH,
    DEEPEST,
    N_BYTES,
    N_FRAMES,
    N_STACKS,
    N_STRINGS,
    Names,
    rehash,
)
from schedlab.kernels.trace_state import trace_kernel

#: output of the merge -> (its counter, number of columns)
OUTPUTS = {
    "proc_spans": (t.N_PROCS, t.PROC_COLUMNS),
    "ranges": (t.N_RANGES, t.RANGE_COLUMNS),
    "gauges": (t.N_GAUGES, t.GAUGE_COLUMNS),
    "tasks": (t.N_TASKS, t.TASK_COLUMNS),
    "logs": (t.N_LOGS, t.LOG_COLUMNS),
    "lives": (t.N_LIVES, t.LIFE_COLUMNS),
    "wakeups": (t.N_WAKEUPS, t.WAKEUP_COLUMNS),
    "cuts": (t.N_CUTS, 1),
}
SPAN_COLUMNS = tuple(name for name in t.State._fields if name.startswith("span_"))
#: rows that an output holds until they are taken away; with fewer, taking them away costs more than it saves
SPAN_BUFFER, BUFFER = 1 << 16, 1 << 14
MOST_PROCS = 1 << 16


def rows(n: int, columns: int) -> np.ndarray:
    """An array of n rows; untouched pages of it cost no memory."""
    return np.empty((n, columns), np.int64)


def fresh_state(data: np.ndarray, scale: float) -> t.State:
    """A state that knows nothing yet."""
    now = np.zeros(40, np.int64)
    now[[t.FREE_SLOT, t.FREE_REGION, t.GC_BY]] = -1
    now[[t.LAST, t.GO_CLOCK]] = np.iinfo(np.int64).min // 2
    return t.State(
        data=data,
        batches=rows(0, 4),
        cursors=rows(0, t.CURSOR_COLUMNS),
        heap=np.zeros(0, np.int64),
        samples=rows(0, 5),
        strings=np.zeros(0, np.int64),
        stacks=np.zeros(0, np.int64),
        reason_of=np.full(1024, -1, np.int64),
        string_of=np.full(256, -1, np.int64),
        goroutines=rows(1024, t.GOROUTINE_COLUMNS),
        slots=np.zeros(4096, np.int64),
        procs=np.zeros((MOST_PROCS, 8), np.int64),
        threads=rows(256, 3),
        regions=rows(256, 5),
        **{name: rows(BUFFER, columns) for name, (_, columns) in OUTPUTS.items()},
        counts=np.zeros(256, np.int64),
        fill=np.zeros(16, np.int64),
        now=now,
        **{n: np.empty(SPAN_BUFFER, d) for n, d in zip(SPAN_COLUMNS, t.SPAN_TYPES, strict=True)},
        scale=scale,
    )


def make_room(s: t.State) -> t.State:
    """Enlarge what is known of the program where it is nearly full, and lower the flag of empty outputs."""
    now, larger = s.now, {}
    for name, used in (
        ("goroutines", t.SLOTS_USED),
        ("threads", t.THREADS_USED),
        ("regions", t.REGIONS_USED),
    ):
        if now[used] + 16 > len(getattr(s, name)):
            larger[name] = _doubled(getattr(s, name))
    s = s._replace(**larger)
    if 2 * now[t.GOROUTINES_ALIVE] + 32 > len(s.slots):
        s = s._replace(slots=np.zeros(4 * len(s.slots), np.int64))
        place_goroutines(s)
    s.fill[t.FULL] = 0
    return s


def _doubled(a: np.ndarray) -> np.ndarray:
    larger = np.full((2 * len(a), a.shape[1]), -1, np.int64)
    larger[: len(a)] = a
    return larger


@trace_kernel(types.void(t.STATE))
def place_goroutines(s):
    """Fill an empty table of slots from the goroutines that are alive."""
    mask = len(s.slots) - 1
    for slot in range(s.now[t.SLOTS_USED]):
        if s.goroutines[slot, t.GID] >= 0:
            i = life.home(s, s.goroutines[slot, t.GID])
            while s.slots[i]:
                i = (i + 1) & mask
            s.slots[i] = slot + 1


@trace_kernel(types.int64(t.STATE))
def close(s):
    """At the end: write the spans, ranges and lives that are still open, as incomplete, and forget them."""
    time = s.now[t.LAST]
    for slot in range(s.now[t.SLOTS_USED]):
        if s.fill[t.FULL]:
            return t.ROOM
        if s.goroutines[slot, t.GID] < 0:
            continue
        while s.goroutines[slot, t.REGION] >= 0:
            out.close_region(s, slot, time, -1, -1, 0)
        if s.goroutines[slot, t.STATUS] != t.UNDETERMINED:
            life.leave(s, s.goroutines[slot], time, False)
        life.end_life(s, slot, time, 0)
        life.remove(s, slot)
    for p in range(s.now[t.MOST_PROC] + 1):
        if s.fill[t.FULL]:
            return t.ROOM
        status = s.procs[p, t.P_STATUS]
        if status != t.PROC_NONE:
            out.leave_proc(s, p, time, status == t.PROC_RUNNING or status == t.PROC_SYSCALL, 0)
            s.procs[p, t.P_STATUS] = t.PROC_NONE
    s.now[t.THREADS_USED] = 0
    s.now[t.GC_STATE] = 0
    return t.DONE


def fresh_names() -> Names:
    """No strings and no stacks yet."""
    return Names(
        pool=np.empty(1 << 18, np.uint8),
        texts=rows(1 << 13, 3),
        text_table=np.zeros(1 << 15, np.int64),
        frames=rows(1 << 16, 4),
        stack_rows=rows(1 << 13, 3),
        stack_table=np.zeros(1 << 15, np.int64),
        used=np.zeros(8, np.int64),
    )


def room_for_batch(names: Names) -> Names:
    """Room for whatever one more batch may hold."""
    used, larger = names.used, {}
    needs = {
        "pool": (N_BYTES, 2 * BATCH),
        "texts": (N_STRINGS, BATCH // 3),
        "frames": (N_FRAMES, BATCH // 4 + DEEPEST),
        "stack_rows": (N_STACKS, BATCH // 3),
    }
    for name, (counter, need) in needs.items():
        if used[counter] + need > len(getattr(names, name)):
            larger[name] = _at_least(getattr(names, name), int(used[counter]) + need)
    names = names._replace(**larger)
    for table, kept, counter in (("text_table", "texts", N_STRINGS), ("stack_table", "stack_rows", N_STACKS)):
        if 2 * (used[counter] + BATCH // 3) > len(getattr(names, table)):
            fresh = np.zeros(4 * len(getattr(names, table)), np.int64)
            rehash(fresh, getattr(names, kept), used[counter])
            names = names._replace(**{table: fresh})
    return names


def _at_least(a: np.ndarray, n: int) -> np.ndarray:
    larger = np.empty((2 * n, *a.shape[1:]), a.dtype)
    larger[: len(a)] = a
    return larger
