"""Hardware counters of a server or program by `perf stat`, where the host has them; else why not."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from schedlab.pipeline.capture import processes
from schedlab.pipeline.capture.outcome import Setting
from schedlab.pipeline.capture.server import Server

FILE = ("perf_stat.csv", "perf-stat")


def absent(setting: Setting) -> str:
    """Why a run may have no counters."""
    counters = setting.host["hardware_counters"]
    return counters if counters != "available" else "taken in instrumented captures of servers started here"


@contextlib.contextmanager
def counting(setting: Setting, server: Server, end_ns: int, folder: Path) -> Iterator[None]:
    """Count the plan's events of a server inside the `with`, up to the end of the window (Unix ns)."""
    if setting.host["hardware_counters"] != "available" or not server.process:
        yield
        return
    seconds = max(0.1, (end_ns - time.time_ns()) / 1e9)
    command = [*_stat(setting, folder), "-p", str(server.process.pid), "--", "sleep", f"{seconds:.2f}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = processes.start(command, {}, **quiet)
    try:
        yield
        processes.wait(process, seconds + 10)
    finally:
        processes.end(process)


def around(setting: Setting, folder: Path) -> list[str]:
    """What stands before a program's command so that its whole execution is counted; empty without a PMU."""
    available = setting.host["hardware_counters"] == "available"
    return [*_stat(setting, folder), "--"] if available else []


def _stat(setting: Setting, folder: Path) -> list[str]:
    events = ",".join(setting.plan.instrumented.perf_events)
    return ["perf", "stat", "-x,", "-e", events, "-o", str((folder / FILE[0]).resolve())]
