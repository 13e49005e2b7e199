"""The goroutines that are alive, by id, and what happens to one: it enters a state, it leaves one, it ends.

They stand in slots; `slots` is an open-addressed table from id to slot (slot + 1; 0 is empty).
"""

from __future__ import annotations

from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_rows import row
from schedlab.kernels.trace_state import at, step


@step
def home(s, gid):
    return ((gid * -7046029254386353131) >> 20) & (len(s.slots) - 1)


@step
def find(s, gid):
    """The slot of a goroutine, -1 where it is not known."""
    i = home(s, gid)
    mask = len(s.slots) - 1
    while s.slots[at(i)]:
        slot = s.slots[at(i)] - 1
        if s.goroutines[at(slot), t.GID] == gid:
            return slot
        i = (i + 1) & mask
    return -1


@step
def add(s, gid, time):
    """A slot for a goroutine that is not known yet, in state undetermined."""
    slot = s.now[t.FREE_SLOT]
    if slot >= 0:
        s.now[t.FREE_SLOT] = s.goroutines[slot, t.SINCE]
    else:
        slot = s.now[t.SLOTS_USED]
        s.now[t.SLOTS_USED] += 1
    i = home(s, gid)
    mask = len(s.slots) - 1
    while s.slots[i]:
        i = (i + 1) & mask
    s.slots[i] = slot + 1
    g = s.goroutines[slot]
    g[:] = -1
    g[t.GID] = gid
    g[t.STATUS] = t.UNDETERMINED
    g[t.SINCE] = time
    g[t.WHOLE] = 0
    g[t.BORN] = time
    s.now[t.GOROUTINES_ALIVE] += 1
    s.now[t.MOST_GOROUTINE] = max(s.now[t.MOST_GOROUTINE], abs(gid))
    if s.now[t.SLOTS_USED] + 8 > len(s.goroutines) or 2 * s.now[t.GOROUTINES_ALIVE] + 16 > len(s.slots):
        s.fill[t.FULL] = 1
    return slot


@step
def remove(s, slot):
    """Forget a goroutine: close the gap in the table, give its slot back."""
    mask = len(s.slots) - 1
    hole = home(s, s.goroutines[slot, t.GID])
    while s.slots[hole] != slot + 1:
        hole = (hole + 1) & mask
    i = (hole + 1) & mask
    while s.slots[i]:
        wanted = home(s, s.goroutines[s.slots[i] - 1, t.GID])
        if ((i - wanted) & mask) >= ((i - hole) & mask):
            s.slots[hole] = s.slots[i]
            hole = i
        i = (i + 1) & mask
    s.slots[hole] = 0
    s.goroutines[slot, t.GID] = -1
    s.goroutines[slot, t.SINCE] = s.now[t.FREE_SLOT]
    s.now[t.FREE_SLOT] = slot
    s.now[t.GOROUTINES_ALIVE] -= 1


@step
def enter(s, slot, time, status, reason, stack, proc):
    """A goroutine changes its state: the old span is written, the new one begins (on a proc, or -1)."""
    g = s.goroutines[at(slot)]
    if g[t.STATUS] != t.UNDETERMINED:
        leave(s, g, time, True)
        g[t.WHOLE] = 1
    g[t.STATUS] = status
    g[t.SINCE] = time
    g[t.REASON] = reason
    g[t.STACK] = stack
    g[t.PROC] = proc


@step
def leave(s, g, time, whole):
    """Write the span of a goroutine (its row) that ends now; `whole` tells whether its end was seen."""
    n = at(s.fill[t.N_SPANS])
    s.fill[t.N_SPANS] += 1
    if s.fill[t.N_SPANS] + 64 >= len(s.span_start):
        s.fill[t.FULL] = 1
    s.span_goroutine[n] = g[t.GID]
    s.span_state[n] = g[t.STATUS]
    s.span_reason[n] = g[t.REASON]
    s.span_start[n] = g[t.SINCE]
    s.span_duration[n] = (time - g[t.SINCE]) / 1e9
    s.span_proc[n] = g[t.PROC]
    s.span_stack[n] = g[t.STACK]
    if not (whole and g[t.WHOLE]):
        s.cuts[row(s, s.cuts, t.N_CUTS), 0] = n


@step
def unblock(s, slot, time, stack, by):
    """The wait of a goroutine ends; `by` is the slot of the goroutine that ended it (-1: none)."""
    enter(s, slot, time, t.RUNNABLE, t.UNBLOCK, stack, -1)
    if by >= 0:
        r = s.wakeups[row(s, s.wakeups, t.N_WAKEUPS)]
        r[0] = s.goroutines[slot, t.GID]
        r[1] = time
        r[2] = s.goroutines[by, t.GID]


@step
def end_life(s, slot, time, ended):
    """Write the row of GOROUTINES; `ended` tells whether its end was seen."""
    g = s.goroutines[slot]
    r = s.lives[row(s, s.lives, t.N_LIVES)]
    r[0] = g[t.GID]
    r[1] = g[t.BORN]
    r[2] = time
    r[3] = g[t.CREATED] == 1
    r[4] = ended
    r[5] = g[t.CREATOR]
    r[6] = g[t.START_STACK]
    r[7] = g[t.CREATE_STACK]


@step
def reason_code(s, string):
    """The small number of a reason given as a string of the trace; 0 when the numbers are used up."""
    if string < 0 or (s.reason_of[string] < 0 and s.now[t.REASONS] > t.LAST_REASON):
        return 0
    if s.reason_of[string] < 0:
        s.reason_of[string] = s.now[t.REASONS]
        s.string_of[s.now[t.REASONS]] = string
        s.now[t.REASONS] += 1
    return s.reason_of[string]
