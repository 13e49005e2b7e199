"""The events of a v2 trace by number, and how many arguments each has.

Source: internal/trace/tracev2/events.go of Go 1.27. Numbers from 128 on are experiments.
"""

from __future__ import annotations

import numpy as np

#: number of arguments after the time difference, by event type
NO_EVENT = 255
ARGUMENTS = np.full(256, NO_EVENT, np.uint8)
for _kind, _count in {
    9: 2, 10: 2, 11: 0, 12: 3, 13: 2, 14: 3, 15: 1, 16: 2, 17: 0, 18: 0, 19: 2, 20: 2, 21: 3, 22: 2, 23: 0,
    24: 0, 25: 3, 26: 2, 27: 0, 28: 1, 29: 2, 30: 1, 31: 1, 32: 1, 33: 2, 34: 1, 35: 1, 36: 0, 37: 1, 38: 1,
    39: 1, 40: 4, 41: 2, 42: 3, 43: 3, 44: 4, 45: 2, 46: 2, 47: 3, 48: 4,
    128: 3, 129: 3, 130: 1, 131: 2, 132: 2, 133: 1, 134: 2, 135: 2, 136: 1,
}.items():  # fmt: skip
    ARGUMENTS[_kind] = _count
(
    PROCS_CHANGE, PROC_START, PROC_STOP, PROC_STEAL, PROC_STATUS, GO_CREATE, GO_CREATE_SYSCALL, GO_START,
    GO_DESTROY, GO_DESTROY_SYSCALL, GO_STOP, GO_BLOCK, GO_UNBLOCK, GO_SYSCALL_BEGIN, GO_SYSCALL_END,
    GO_SYSCALL_END_BLOCKED, GO_STATUS, STW_BEGIN,
) = range(9, 27)  # fmt: skip
GO_LABEL, GO_SWITCH, GO_SWITCH_DESTROY, GO_CREATE_BLOCKED, GO_STATUS_STACK = 39, 45, 46, 47, 48
#: sequence numbers count within a generation: generation in the high bits, number in the low ones
GENERATION_STEP = np.int64(1 << 40)
