"""Events of a v1 trace that change the state of goroutines.

Source: internal/trace/{order,parser}.go of Go 1.21 for when an event fits, internal/trace/tracev1.go of
Go 1.27 for what it means in terms of states.
"""

from __future__ import annotations

import numpy as np

from schedlab.kernels import trace_goroutines as life
from schedlab.kernels import trace_rows as out
from schedlab.kernels import trace_state as t
from schedlab.kernels import trace_v1_events as e
from schedlab.kernels.trace_rows import lookup
from schedlab.kernels.trace_state import BROKEN, READY, WAIT, step


@step
def nanoseconds(s, ticks):
    """The instant on the trace's clock, which counts from the first event."""
    return np.int64(np.float64(ticks - s.now[t.ZERO]) * s.scale)


@step
def start(s, m, c, kind, time):
    slot = life.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    if g[t.STATUS] != t.RUNNABLE and g[t.STATUS] != t.UNDETERMINED:
        return WAIT
    if kind != e.GO_START_LOCAL and g[t.SEQ] != c[t.C_ARG + 1]:
        return WAIT
    label = life.reason_code(s, lookup(s.strings, c[t.C_ARG + 2])) if kind == e.GO_START_LABEL else 0
    life.enter(s, slot, time, t.RUNNING, label, -1, s.threads[m, t.M_PROC])
    g[t.SEQ] += 1
    g[t.PENDING] = -1
    s.threads[m, t.M_GOROUTINE] = slot
    return READY


@step
def unblock(s, by, c, kind, time):
    slot = life.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    local = kind == e.GO_UNBLOCK_LOCAL
    if g[t.STATUS] != t.WAITING or (not local and g[t.SEQ] != c[t.C_ARG + 1]):
        return WAIT
    life.unblock(s, slot, time, lookup(s.stacks, c[t.C_ARG + 1 if local else t.C_ARG + 2]), by)
    g[t.SEQ] += 1
    return READY


@step
def syscall_exit(s, c, kind, time):
    """The goroutine left its system call at the time in the event, which may be long before the event."""
    slot = life.find(s, c[t.C_ARG])
    if slot < 0:
        return WAIT
    g = s.goroutines[slot]
    local = kind == e.GO_SYS_EXIT_LOCAL
    if g[t.STATUS] != t.SYSCALL or (not local and g[t.SEQ] != c[t.C_ARG + 1]):
        return WAIT
    left = c[t.C_ARG + 1 if local else t.C_ARG + 2]
    left = max(nanoseconds(s, left), g[t.SINCE]) if left else time
    life.enter(s, slot, left, t.RUNNABLE, t.SYSCALL_EXIT, -1, -1)
    g[t.SEQ] += 1
    return READY


@step
def create(s, by, c, time):
    """While the trace starts, creation events list the goroutines that exist already."""
    if life.find(s, c[t.C_ARG]) >= 0:
        return BROKEN
    slot = life.add(s, c[t.C_ARG], time)
    g = s.goroutines[slot]
    g[t.SEQ] = 1
    g[t.START_STACK] = lookup(s.stacks, c[t.C_ARG + 1])
    if s.now[t.STARTED]:
        g[t.WHOLE] = 1
        g[t.CREATED] = 1
        g[t.CREATOR] = s.goroutines[by, t.GID] if by >= 0 else -1
        g[t.CREATE_STACK] = lookup(s.stacks, c[t.C_ARG + 2])
        life.enter(s, slot, time, t.RUNNABLE, t.CREATE, g[t.CREATE_STACK], -1)
    return READY


@step
def existing(s, c, kind, time):
    slot = life.find(s, c[t.C_ARG])
    if slot < 0 or s.goroutines[slot, t.SEQ] != 1:
        return WAIT
    life.enter(s, slot, time, t.WAITING if kind == e.GO_WAITING else t.SYSCALL, 0, -1, -1)
    s.goroutines[slot, t.SEQ] = 2
    return READY


@step
def stop(s, m, slot, c, kind, time):
    if slot < 0 or s.goroutines[slot, t.STATUS] != t.RUNNING:
        return BROKEN
    state = t.RUNNABLE if kind == e.GO_SCHED or kind == e.GO_PREEMPT else t.WAITING
    life.enter(s, slot, time, state, e.REASON_OF[kind], lookup(s.stacks, c[t.C_ARG]), -1)
    s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def syscall_or_end(s, c, m, slot, kind, time):
    """A system call is an instant here, and becomes a state only when the proc is taken away meanwhile."""
    g = s.goroutines[slot]
    if g[t.STATUS] != t.RUNNING:
        return BROKEN
    if kind == e.GO_SYSCALL:
        g[t.PENDING] = time
        g[t.PENDING_STACK] = lookup(s.stacks, c[t.C_ARG])
    elif kind == e.GO_SYS_BLOCK:
        since = g[t.PENDING] if g[t.PENDING] >= 0 else time
        stack = g[t.PENDING_STACK] if g[t.PENDING] >= 0 else -1
        life.enter(s, slot, since, t.SYSCALL, 0, stack, -1)
        s.threads[m, t.M_GOROUTINE] = -1
    elif kind == e.GO_END:
        while g[t.REGION] >= 0:
            out.close_region(s, slot, time, -1, -1, 0)
        life.leave(s, g, time, True)
        life.end_life(s, slot, time, 1)
        life.remove(s, slot)
        s.threads[m, t.M_GOROUTINE] = -1
    return READY


@step
def first_state(s, time):
    """The list of existing goroutines is complete: those said neither to wait nor to run are runnable."""
    s.now[t.STARTED] = 1
    for slot in range(s.now[t.SLOTS_USED]):
        if s.goroutines[slot, t.GID] >= 0 and s.goroutines[slot, t.STATUS] == t.UNDETERMINED:
            life.enter(s, slot, time, t.RUNNABLE, t.UNKNOWN, -1, -1)
