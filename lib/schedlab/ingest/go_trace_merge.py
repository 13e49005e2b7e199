"""What a merge of events has come to so far, for both families of formats: state, names, rows, problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from schedlab.ingest.go_trace_index import NEVER_NS, Generation
from schedlab.ingest.go_trace_rows import Rows
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import Names, read_strings
from schedlab.kernels.trace_rooms import close, fresh_names, fresh_state, make_room

#: why a goroutine is runnable, in the order of their numbers in trace_state
READY_REASONS = ("", "create", "unblock", "preempted", "yield", "syscall_exit", "unknown")


@dataclass
class Reached:
    """State, names, rows, CPU samples, the generations read, and what was left out and why."""

    state: t.State
    names: Names
    rows: Rows
    generations: list[Generation] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def last_ns(self) -> int:
        """The instant of the last event, on the trace's clock."""
        return int(self.state.now[t.LAST])


def fresh(data: np.ndarray, size_bytes: int, waits: Sequence[str] = ()) -> Reached:
    """Nothing read yet; reasons known beforehand get the first numbers: a kernel can ask for them."""
    reached = Reached(fresh_state(data, 1.0), fresh_names(), Rows.expecting(size_bytes))
    reasons = (*READY_REASONS, *waits)
    for code, text in enumerate(reasons):
        row = intern_text(reached, text)
        reached.state.string_of[code], reached.state.reason_of[row] = row, code
    reached.state.now[t.REASONS] = len(reasons)
    return reached


def intern_text(reached: Reached, text: str) -> int:
    """The row of a string of our own among those of the trace."""
    raw = np.frombuffer(b"\x04\x05\x01" + bytes([len(text)]) + text.encode(), np.uint8)
    local = np.full(2, -1, np.int64)
    read_strings(raw, 0, len(raw), reached.names, local)
    return int(local[1])


def run(reached: Reached, kernel: Callable[[t.State], int]) -> int:
    """Call a kernel until it no longer asks for room; its rows are taken each time."""
    while True:
        how = kernel(reached.rows.lend(reached.state))
        reached.rows.take(reached.state, reached.names)
        if how != t.ROOM:
            return how
        reached.state = make_room(reached.state)


def finish(reached: Reached) -> None:
    """Write what is still open as incomplete, and forget it."""
    run(reached, close)


def placed(
    reached: Reached, samples: np.ndarray, instants: np.ndarray, offset: int, where: str
) -> np.ndarray:
    """CPU samples at their instants, in order of time; those at no possible instant are left out and told."""
    possible = np.abs(instants) < NEVER_NS
    if not possible.all():
        text = f"{where}: {(~possible).sum()} CPU samples are at no possible instant"
        reached.problems.append(("CPU samples left out", offset, text))
    samples = samples[possible]
    samples[:, 0] = instants[possible]
    return samples[np.argsort(samples[:, 0], kind="stable")]
