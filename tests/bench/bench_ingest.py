"""How fast logs become columns: `python tests/bench/bench_ingest.py [MB]`.

A ratio compares two readers in one run on one file. The scheduler log is a real one, repeated; everything
about it runs on one core. Peers that cannot be imported are left out, and said to be.
"""

import gzip
import importlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from schedlab import ingest
from schedlab.ingest import requests

REAL = Path(__file__).parent / "data" / "sched.log.gz"
#: the lines of each kind, as such logs are usually read
KINDS = {
    "  G": re.compile(r"  G(\d+): status=(\d+)\((.*)\) m=(nil|-?\d+) lockedm=(nil|-?\d+)$"),
    "  P": re.compile(
        r"  P(\d+): status=(\d+) schedtick=(\d+) syscalltick=(\d+) m=(nil|-?\d+)"
        r" runqsize=(\d+) gfreecnt=(\d+) timerslen=(\d+)$"
    ),
    "  M": re.compile(
        r"  M(\d+): p=(\S+) curg=(\S+) mallocing=(\d+) throwing=(\d+) preemptoff=(.*?) locks=(\d+)"
        r" dying=(\d+) spinning=(\w+) blocked=(\w+) lockedg=(\S+)$"
    ),
    "SCH": re.compile(r"SCHED (\d+)ms: gomaxprocs=(\d+) idleprocs=(\d+) threads=(\d+) .*? runqueue=(\d+) "),
}


def best(work, times: int = 3) -> tuple[float, float]:
    """The shortest of several runs: (wall, CPU) seconds."""
    found = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(found)


def by_regex(path: Path) -> dict[str, list[np.ndarray]]:
    """The columns line by line, with one compiled regular expression a kind of line."""
    rows = {start: [] for start in KINDS}
    snapshot = -1
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            start = line[:3]
            snapshot += start == "SCH"
            found = KINDS[start].match(line) if start in KINDS else None
            if found:
                rows[start].append((snapshot, *found.groups()))
    return {start: [_column(values) for values in zip(*found, strict=True)] for start, found in rows.items()}


def _column(values: tuple) -> np.ndarray:
    try:
        return np.array([-1 if v == "nil" else int(v) for v in values])
    except ValueError:
        return np.array(values, dtype=object)


def repeated(folder: Path, megabytes: int) -> Path:
    path = folder / "sched.log"
    one = gzip.decompress(REAL.read_bytes())
    one = one[: one.rindex(b"\n") + 1]
    with open(path, "wb") as file:
        for _ in range(round(megabytes * 1e6 / len(one))):
            file.write(one)
    return path


def scheduler_log(folder: Path, megabytes: int) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    path, part = repeated(folder, megabytes), repeated(Path(tempfile.mkdtemp(dir=folder)), megabytes // 20)
    size, fraction = path.stat().st_size / 1e6, part.stat().st_size / 1e6
    ours = best(lambda: ingest.read(path))
    regex = best(lambda: by_regex(part), 2)
    grep = best(lambda: subprocess.run(["grep", "-c", "status=4", path], capture_output=True))
    print(f"scheddetail log, {size:.0f} MB, one core")
    slow = regex[1] * size / fraction
    print(f"  schedlab         {size / ours[0]:6.0f} MB/s, {size / ours[1]:6.0f} MB a second of CPU")
    print(f"  regex by line    {fraction / regex[0]:6.0f} MB/s, {size / slow:6.0f} MB a second of CPU (5 %)")
    print(f"  grep -c          {size / grep[0]:6.0f} MB/s")
    print(f"  ratio of CPU     {slow / ours[1]:6.1f}")
    for source in (str(path), "-"):
        with open(path, "rb") as stdin:
            child = [sys.executable, __file__, "peak", source, str(part)]
            sys.stdout.flush()
            subprocess.run(child, stdin=stdin, check=True)


def peak(source: str, warm: str) -> None:
    """Memory above that of a process that has read a small log, against the columns returned."""
    ingest.read(warm)
    Path("/proc/self/clear_refs").write_text("5")
    before = _highest()
    found = ingest.read(source)
    after = _highest()
    columns = sum(frame.memory_usage(deep=True).sum() for frame in found.tables.values()) / 1e6
    name = "stdin" if source == "-" else "file"
    grown = after - before
    print(f"  peak from {name:6} {grown:6.0f} MB, columns {columns:.0f} MB, ratio {grown / columns:.2f}")


def _highest() -> float:
    """The most memory that this process has held, in MB, since the mark was last reset."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6


def request_csv(folder: Path, n: int = 1_000_000) -> None:
    os.sched_setaffinity(0, range(os.cpu_count()))
    path = folder / "requests.csv"
    path.write_text(_requests(n))
    content = path.read_bytes()
    print(f"request CSV, {n} rows, {len(content) / 1e6:.0f} MB")
    took = {"schedlab, its columns": lambda: requests._quick(content)}
    took |= {"schedlab, REQUESTS": lambda: ingest.read(path), **peers(path)}
    seconds = {name: best(work, 7) for name, work in took.items()}
    for name, (wall, cpu) in seconds.items():
        print(f"  {name:22} {wall * 1e3:6.0f} ms wall, {cpu * 1e3:4.0f} ms CPU")
    fastest = min(wall for name, (wall, _) in seconds.items() if not name.startswith("schedlab"))
    print(f"  fastest peer / ours    {fastest / seconds['schedlab, its columns'][0]:6.2f} columns,", end="")
    print(f" {fastest / seconds['schedlab, REQUESTS'][0]:.2f} REQUESTS")


def _requests(n: int) -> str:
    rng = np.random.default_rng(1)
    intended = 1_795_426_531_059_930_334 + rng.integers(100, 100_000, n).cumsum()
    sent = intended + rng.integers(0, 9_999, n)
    end = sent + rng.integers(100_000, 9_000_000, n)
    status = np.where(rng.random(n) < 0.01, 503, 200)
    rows = zip(intended.tolist(), sent.tolist(), end.tolist(), status.tolist(), strict=True)
    return "intended_ns,sent_ns,end_ns,status\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in rows)


def peers(path: Path) -> dict:
    """How each peer reads a CSV into its own columns."""
    found = {}
    for name, read in (
        ("pandas", lambda m: m.read_csv(path)),
        ("pyarrow.csv", lambda m: m.read_csv(path)),
        ("polars", lambda m: m.read_csv(path)),
        ("duckdb", lambda m: m.read_csv(str(path)).fetchnumpy()),
    ):
        try:
            module = importlib.import_module(name)
        except ImportError:
            print(f"  {name} is not installed: left out")
            continue
        found[name] = lambda read=read, module=module: read(module)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["peak"]:
        peak(*sys.argv[2:])
    else:
        with tempfile.TemporaryDirectory() as place:
            scheduler_log(Path(place), int(sys.argv[1]) if sys.argv[1:] else 500)
            request_csv(Path(place))
