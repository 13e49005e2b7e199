"""Ratio of one run: our reader of HdrHistogram logs against hdrh. `python tests/bench/bench_loadtest.py [n]`.

Needs `pip install hdrhistogram` for the log (hdrh writes it) and the peer; says so where it is missing.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from schedlab.ingest import hlog
from schedlab.ingest.damage import Damage

INTERVALS, Q = 600, 0.99
RANGE = (1, 3_600_000_000, 3)


def write_log(path: Path, n: int) -> None:
    """n lognormal latencies in microseconds over 600 intervals of a second, three digits."""
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogWriter

    values = np.random.default_rng(1).lognormal(7.0, 1.0, n).astype(np.int64)
    with path.open("w") as file:
        log = HistogramLogWriter(file)
        log.output_log_format_version()
        for i, part in enumerate(np.array_split(values, INTERVALS)):
            held = HdrHistogram(*RANGE)
            for value in part.tolist():
                held.record_value(value)
            held.set_start_time_stamp(i * 1000)
            held.set_end_time_stamp((i + 1) * 1000)
            log.output_interval_histogram(held, max_value_unit_ratio=1000.0)


def theirs(path: Path) -> list[float]:
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogReader

    reader, found = HistogramLogReader(str(path), HdrHistogram(*RANGE)), []
    while (held := reader.get_next_interval_histogram(absolute=True)) is not None:
        found.append(held.get_value_at_percentile(100 * Q))
    return found


def ours(path: Path) -> list[float]:
    lo, hi = hlog.intervals(path.read_text(), Damage()).quantile(Q)
    return list((lo + hi) / 2)


def took(work, path: Path, times: int) -> tuple[float, float]:
    """(wall, CPU) seconds of the quickest of several runs."""
    found = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work(path)
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(found)


def main(n: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.hlog"
        write_log(path, n)
        apart = np.median(np.abs(np.array(ours(path)) / np.array(theirs(path)) - 1))
        mine, peer = took(ours, path, 5), took(theirs, path, 3)
    print(f"hlog of {INTERVALS} intervals, {n:,} values: p99 of every interval")
    print(f"  median distance {apart:.3%}: hdrh rounds the rank where Java takes its ceiling")
    for name, (wall, cpu) in (("ours", mine), ("hdrh", peer)):
        print(f"  {name} {1e3 * wall:8.1f} ms wall {1e3 * cpu:8.1f} ms CPU")
    print(f"  ratio {peer[0] / mine[0]:.1f} wall, {peer[1] / mine[1]:.1f} CPU; asked for: 3")


if __name__ == "__main__":
    try:
        import hdrh  # noqa: F401
    except ImportError:
        print("bench_loadtest needs the peer: pip install hdrhistogram")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
