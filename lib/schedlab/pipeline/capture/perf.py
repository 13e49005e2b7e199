"""Hardware counters of a server by `perf stat`, where the host has them; else the reason why not."""

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
    events = ",".join(setting.plan.instrumented.perf_events)
    seconds = max(0.1, (end_ns - time.time_ns()) / 1e9)
    options = ["-x,", "-e", events, "-p", str(server.process.pid), "-o", str(folder / FILE[0])]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = processes.start(["perf", "stat", *options, "--", "sleep", f"{seconds:.2f}"], {}, **quiet)
    try:
        yield
        processes.wait(process, seconds + 10)
    finally:
        processes.end(process)
