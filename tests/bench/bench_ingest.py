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
import pandas as pd
import pyarrow as pa

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
    path = folder / "requests.csv"
    path.write_text(_requests(n))
    content = path.read_bytes()
    ours = {"its columns": lambda: requests._quick(content), "REQUESTS": lambda: ingest.read(path)}
    race(f"request CSV, {n} rows, {len(content) / 1e6:.0f} MB", ours, PEERS_OF_CSV, path)


def request_ndjson(folder: Path, n: int = 1_000_000) -> None:
    """vegeta's JSON lines. The peers parse only the columns that are asked for, where they can."""
    path = folder / "vegeta.json"
    path.write_text(_vegeta(n))
    ours = {"REQUESTS": lambda: ingest.read(path)}
    race(f"request NDJSON, {n} rows, {path.stat().st_size / 1e6:.0f} MB", ours, PEERS_OF_JSON, path)


def race(title: str, ours: dict, peers: tuple, path: Path) -> None:
    """Ours and every peer in turn, several rounds, so that what else the machine does meets all alike."""
    os.sched_setaffinity(0, range(os.cpu_count()))
    works = {f"schedlab, {name}": work for name, work in ours.items()} | loaded(peers, path)
    rounds = [{name: best(work, 1) for name, work in works.items()} for _ in range(7)]
    wall = {name: min(r[name][0] for r in rounds) for name in works}
    cpu = {name: min(r[name][1] for r in rounds) for name in works}
    print(title)
    for name in works:
        print(f"  {name:22} {wall[name] * 1e3:6.0f} ms wall, {cpu[name] * 1e3:6.0f} ms CPU")
    for what, seconds in (("wall", wall), ("CPU", cpu)):
        fastest = min(t for name, t in seconds.items() if not name.startswith("schedlab"))
        ratios = (f"{fastest / seconds[f'schedlab, {name}']:.2f} {name}" for name in ours)
        print(f"  fastest peer / ours, {what}: {', '.join(ratios)}")


def loaded(peers: tuple, path: Path) -> dict:
    """How each peer that is installed reads the file."""
    found = {}
    for name, read in peers:
        try:
            module = importlib.import_module(name)
        except ImportError:
            print(f"  {name} is not installed: left out")
            continue
        found[name] = lambda read=read, module=module: read(module, str(path))
    return found


WANTED = ["timestamp", "latency", "code", "error"]
PEERS_OF_CSV = (
    ("pandas", lambda m, path: m.read_csv(path)),
    ("pyarrow.csv", lambda m, path: m.read_csv(path)),
    ("polars", lambda m, path: m.read_csv(path)),
    ("duckdb", lambda m, path: m.read_csv(path).fetchnumpy()),
)
PEERS_OF_JSON = (
    ("pandas", lambda m, path: m.read_json(path, lines=True, engine="pyarrow")),
    ("pyarrow.json", lambda m, path: m.read_json(path, parse_options=_only(m))),
    ("polars", lambda m, path: m.scan_ndjson(path).select(WANTED).collect()),
    ("duckdb", lambda m, path: m.sql(f"select {','.join(WANTED)} from read_json('{path}')").fetchnumpy()),
)


def _only(module):
    """pyarrow's options for the wanted columns alone."""
    types = zip(WANTED, (pa.timestamp("ns"), pa.int64(), pa.int64(), pa.string()), strict=True)
    return module.ParseOptions(explicit_schema=pa.schema(types), unexpected_field_behavior="ignore")


def _vegeta(n: int) -> str:
    """Lines as vegeta encodes them, in the order in which answers came."""
    rng = np.random.default_rng(1)
    sent = 1_795_426_531_059_930_334 + rng.integers(100, 100_000, n).cumsum()
    took = rng.integers(100_000, 9_000_000, n)
    order = np.argsort(sent + took)
    stamps = pd.to_datetime(sent[order]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    digits = (sent[order] % 1000).tolist()
    head = '{"attack":"","seq":%d,"code":%d,"timestamp":"%s%03dZ","latency":%d,"bytes_out":0,"bytes_in":0,'
    ends = {
        code: f'"error":"{error}","body":null,"method":"GET","url":"http://127.0.0.1:18321/echo",'
        '"headers":{"Date":["Mon, 23 Nov 2026 09:54:56 GMT"],"Content-Length":["0"]}}\n'
        for code, error in ((200, ""), (503, "503 Service Unavailable"))
    }
    codes = np.where(rng.random(n) < 0.01, 503, 200).tolist()
    rows = zip(range(n), codes, stamps, digits, took[order].tolist(), strict=True)
    return "".join(head % (i, c, s[:-1], d, t) + ends[c] for i, c, s, d, t in rows)


def _requests(n: int) -> str:
    rng = np.random.default_rng(1)
    intended = 1_795_426_531_059_930_334 + rng.integers(100, 100_000, n).cumsum()
    sent = intended + rng.integers(0, 9_999, n)
    end = sent + rng.integers(100_000, 9_000_000, n)
    status = np.where(rng.random(n) < 0.01, 503, 200)
    rows = zip(intended.tolist(), sent.tolist(), end.tolist(), status.tolist(), strict=True)
    return "intended_ns,sent_ns,end_ns,status\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["peak"]:
        peak(*sys.argv[2:])
    else:
        with tempfile.TemporaryDirectory() as place:
            scheduler_log(Path(place), int(sys.argv[1]) if sys.argv[1:] else 500)
            request_csv(Path(place))
            request_ndjson(Path(place))
