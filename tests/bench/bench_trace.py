"""Ratios of one run: our reading of execution traces against Go's own parser; memory; size of the file.

`python tests/bench/bench_trace.py [TRACE [TIMES...]]` makes a trace of 110 MB if none is given; that needs Go
(on the PATH, or named by $GO), as does the comparison; without Go it repeats a small one. TIMES: how often
the trace is repeated for the long files. Seconds are CPU seconds of one core, system included, so that other
programs on the host matter little; best of several. Go's peer is its own parser (internal/trace) with
GOMAXPROCS=1, which counts the events and prints nothing. Where $GO is Go 1.21 or earlier, the trace and the
peer are of the older format; that parser needs 9 GB of memory.
"""

import gzip
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "ingest"), str(TESTS / "fixtures" / "go_trace")]

from record import build, build_reader  # noqa: E402
from trace_repeat import repeated  # noqa: E402

from schedlab.ingest import go_trace  # noqa: E402

MEGABYTES = 110
LONG = (2, 5, 20)
SMALL = TESTS / "fixtures" / "go_trace" / "mixed-1.27.3.trace.gz"
#: read a file in a fresh process: how many bytes its memory grew beyond what a small trace needs;
#: VmHWM, because the figure of getrusage begins with the memory of the program that started the process
PEAK = """
import re, sys
from pathlib import Path
from schedlab.ingest import go_trace
from schedlab.ingest.go_trace_parquet import write_tables
go_trace.open_trace(sys.argv[2])
peak = lambda: int(re.search("VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
before, events = peak(), 0
if sys.argv[1] == "whole":
    held = go_trace.open_trace(sys.argv[3])
    events = held.facts["events"]
elif sys.argv[1] == "parquet":
    write_tables(sys.argv[3], sys.argv[3] + ".tables")
else:
    for held in go_trace.each_generation(sys.argv[3]):
        events += held.facts["events"]
print(peak() - before, events)
"""


def main(folder: Path, given: list[str]) -> None:
    goroot = find_go()
    trace = Path(given[0]) if given else make(folder, goroot)
    small = folder / "small.trace"
    small.write_bytes(gzip.decompress(SMALL.read_bytes()))
    size = trace.stat().st_size
    ours, events = whole(trace)
    print(f"{trace.name}: {size / 1e6:.0f} MB, {events / 1e6:.1f} M events, one core")
    print(f"  file to tables     {size / ours / 1e6:8.1f} MB/s   {1e9 * ours / events:6.1f} ns an event")
    against_go(trace, goroot, folder, ours)
    grown, _ = peak("whole", small, trace)
    print(f"  peak memory        {grown / size:8.2f} times the file, {grown / events:.1f} bytes an event")
    grown, _ = peak("each", small, trace)
    print(f"  one generation at a time {grown / size:6.2f} times the file")
    copy = folder / "copy.trace"
    copy.symlink_to(trace.resolve())
    grown, _ = peak("parquet", small, copy)
    print(f"  file to Parquet files    {grown / size:6.2f} times the file")
    if trace.open("rb").read(7) >= b"go 1.22":
        repetition(folder, small, trace, [int(times) for times in given[1:]] or LONG)


def find_go() -> Path | None:
    """GOROOT of the Go at hand."""
    go = os.environ.get("GO") or shutil.which("go")
    if not go:
        return None
    done = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def make(folder: Path, goroot: Path | None) -> Path:
    """A trace of a loaded server; without Go, a small trace many times over."""
    path = folder / "busy.trace"
    if goroot:
        program = build(goroot, "./busy", folder / "busy")
        subprocess.run([str(program), str(path), str(MEGABYTES)], check=True)
        return path
    print("no Go here: a small trace many times over instead of a large one")
    return written(path, MEGABYTES)


def written(path: Path, megabytes: int) -> Path:
    """The small trace, repeated until the file is that large."""
    data = gzip.decompress(SMALL.read_bytes())
    with open(path, "wb") as file:
        for piece in repeated(data, -(-megabytes * 1_000_000 // len(data))):
            file.write(piece)
    return path


def whole(trace: Path, times: int = 4) -> tuple[float, int]:
    """Seconds of the quickest reading into all tables, and the number of events."""
    took = []
    for _ in range(times):
        begin = time.process_time()
        events = go_trace.open_trace(trace).facts["events"]
        took.append(time.process_time() - begin)
    return min(took), events


def against_go(trace: Path, goroot: Path | None, folder: Path, ours: float) -> None:
    if goroot is None:
        print("  no Go here to compare with")
        return
    reader = build_reader(goroot, folder)
    took = min(seconds_of([reader, trace]) for _ in range(3))
    size = trace.stat().st_size
    rate = size / took / 1e6
    print(f"  Go's own parser    {rate:8.1f} MB/s, counting only: ours is {took / ours:.2f} times as fast")


def seconds_of(command: list) -> float:
    """CPU seconds of another program on one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=os.environ | {"GOMAXPROCS": "1"}, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak(how: str, small: Path, trace: Path) -> tuple[int, int]:
    command = [sys.executable, "-c", PEAK, how, str(small), str(trace)]
    grown, events = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(grown), int(events)


def repetition(folder: Path, small: Path, trace: Path, often: Iterable[int]) -> None:
    """Memory and a window of files that grow, made by repetition of the large trace."""
    data = trace.read_bytes()
    for times in often:
        path = folder / "long.trace"
        with open(path, "wb") as file:
            file.writelines(repeated(data, times))
        begin = time.perf_counter()
        grown, events = peak("each", small, path)
        took, begin = time.perf_counter() - begin, time.perf_counter()
        held = go_trace.open_trace(path, (3600.0, 3600.01))
        window = time.perf_counter() - begin
        size, seen = path.stat().st_size / 1e6, held.facts["events"] / 1e6
        print(
            f"  {times:2d} times over: {size:6.0f} MB, {events / 1e6:6.1f} M events in {took:5.1f} s,",
            end=" ",
        )
        print(f"peak memory {grown / 1e6:5.0f} MB; a window of {seen:.1f} M events in {window:.2f} s")
        path.unlink()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary), sys.argv[1:])
