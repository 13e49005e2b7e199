"""How a session treats others on the host: one capture at a time, and none beside a busy neighbour."""

from __future__ import annotations

import contextlib
import fcntl
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schedlab.pipeline.capture.plan import Plan
from schedlab.pipeline.capture.processes import read_meter, shares

#: one capture at a time on a host: each run holds this file's lock
LOCK = Path(tempfile.gettempdir()) / "schedlab-capture.lock"
#: seconds of a look at what others use, at least
PROBE_S = 0.2


@dataclass(frozen=True)
class Manners:
    """How a session treats what is there, and others on the host.

    `resume` goes on with an experiment; `again` throws away its runs with a warning first. `hold_s`: how long
    to keep the host for ourselves before others who share it get a turn; `patience_s`: how long to wait
    before each run for others to be quiet; `remakes`: how often to make a disturbed run again, if not as the
    plan says.
    """

    resume: bool = False
    again: bool = False
    hold_s: float = 0.0
    patience_s: float = 0.0
    remakes: int | None = None


class Turn(contextlib.AbstractContextManager):
    """The right to use the host alone; given back after each run, or after as long as our manners allow."""

    def __init__(self, manners: Manners):
        self.manners, self.since, self.lock = manners, None, LOCK.open("a")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the host for one run; whoever keeps the machine busy under the same lock waits for us."""
        if self.since is None:
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            self.since = time.monotonic()
        yield
        if time.monotonic() - self.since >= self.manners.hold_s:
            fcntl.flock(self.lock, fcntl.LOCK_UN)
            self.since = None

    def __exit__(self, *_):
        self.lock.close()


def cool_down(plan: Plan, cores: int, patience_s: float) -> None:
    """Wait for the plan's cool-down, and on until others use little of the CPU or our patience ends."""
    until = time.monotonic() + patience_s
    while True:
        before = read_meter({}, time.monotonic())
        time.sleep(max(plan.cool_down_s, PROBE_S if patience_s else 0.0))
        others = shares(before, read_meter({}, time.monotonic()), cores)["foreign_cpu_share"]
        if others <= plan.max_foreign_share or time.monotonic() >= until:
            return
