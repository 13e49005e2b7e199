"""The events of a v1 trace by number (internal/trace/parser.go of Go 1.21), and the reason each one gives."""

from __future__ import annotations

import numpy as np

from schedlab.kernels.trace_state import PREEMPTED, UNKNOWN, YIELD
from schedlab.kernels.trace_v1_scan import SAMPLE, STRING

GOMAXPROCS, PROC_START, PROC_STOP, GC_START, GC_DONE, STW_START, STW_DONE, SWEEP_START, SWEEP_DONE = range(
    4, 13
)
GO_CREATE, GO_START, GO_END, GO_STOP, GO_SCHED, GO_PREEMPT, GO_SLEEP, GO_BLOCK, GO_UNBLOCK = range(13, 22)
GO_BLOCK_SEND, GO_BLOCK_NET, GO_SYSCALL, GO_SYS_EXIT, GO_SYS_BLOCK, GO_WAITING, GO_IN_SYSCALL = (
    22, 27, 28, 29, 30, 31, 32,
)  # fmt: skip
HEAP_ALLOC, HEAP_GOAL, GO_START_LOCAL, GO_UNBLOCK_LOCAL, GO_SYS_EXIT_LOCAL, GO_START_LABEL = (
    33,
    34,
    38,
    39,
    40,
    41,
)
GO_BLOCK_GC, ASSIST_START, ASSIST_DONE, TASK_CREATE, TASK_END, REGION = 42, 43, 44, 45, 46, 47
#: events whose record is structure, not something that happened to a goroutine or proc
SKIPPED = (2, 3, 35, 36, STRING, SAMPLE)
#: reason of a stop or block, by event type, as a row of the reasons that the reader numbers first
REASON_OF = np.zeros(64, np.int64)
REASON_OF[GO_PREEMPT], REASON_OF[GO_SCHED] = PREEMPTED, YIELD
for _code, _kind in enumerate((GO_STOP, GO_SLEEP, GO_BLOCK, *range(22, 28), GO_BLOCK_GC), UNKNOWN + 1):
    REASON_OF[_kind] = _code
#: in `string_of`, why the world was stopped is found from here
FIRST_STW = 128
