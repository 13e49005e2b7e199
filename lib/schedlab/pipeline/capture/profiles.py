"""What an instrumented capture takes from a server while the load runs: one thing after the other."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from pathlib import Path

from schedlab.pipeline.capture.plan import Instrumented
from schedlab.pipeline.capture.server import Server


@dataclass(frozen=True)
class Page:
    """A page of the debug port and the artifact it becomes."""

    kind: str
    file: str
    format: str
    path: str


PAGES = {
    "cpu": Page("cpu_profile", "cpu.pb.gz", "pprof", "/debug/pprof/profile?seconds={cpu_s}"),
    "block": Page("block_profile", "block.pb.gz", "pprof", "/debug/pprof/block"),
    "mutex": Page("mutex_profile", "mutex.pb.gz", "pprof", "/debug/pprof/mutex"),
    "goroutine": Page("goroutine_profile", "goroutine.pb.gz", "pprof", "/debug/pprof/goroutine"),
    "goroutine_text": Page(
        "goroutine_text", "goroutines.txt.gz", "go-goroutines", "/debug/pprof/goroutine?debug=2"
    ),
    "heap": Page("heap_profile", "heap.pb.gz", "pprof", "/debug/pprof/heap"),
    "trace": Page("trace", "trace.out.gz", "go-trace", "/debug/pprof/trace?seconds={trace_s}"),
}


def take(server: Server, what: Instrumented, folder: Path) -> dict[str, dict[str, int]]:
    """Take all profiles of the plan, in its order; returns when each began and ended (Unix ns)."""
    times = {}
    for name in what.profiles:
        page = PAGES[name]
        begin = time.time_ns()
        body = server.get(page.path.format(cpu_s=what.cpu_profile_s, trace_s=what.trace_s))
        times[page.kind] = {"start_ns": begin, "end_ns": time.time_ns()}
        zipped = body[:2] == b"\x1f\x8b"
        (folder / page.file).write_bytes(body if zipped else gzip.compress(body, 9))
    return times
