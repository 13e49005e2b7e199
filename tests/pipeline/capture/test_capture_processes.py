"""Programs end with us, and the account of the CPU agrees with the kernel's own."""

import gzip
import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from schedlab.pipeline.capture import host, processes
from schedlab.pipeline.capture.processes import Meter, shares
from schedlab.pipeline.capture.server import stamp_lines

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
]


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_program_that_ignores_the_polite_signal_is_ended_all_the_same():
    process = processes.start(STUBBORN, {}, stdout=subprocess.PIPE)
    process.stdout.readline()
    processes.end(process, patience_s=0.2)
    assert process.returncode == -signal.SIGKILL


def test_no_program_outlives_a_killed_harness():
    code = (
        "from schedlab.pipeline.capture import processes; import sys, time\n"
        f"p = processes.start({SLEEPER!r}, {{}}); print(p.pid, flush=True); time.sleep(60)"
    )
    harness = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child = int(harness.stdout.readline())
    harness.kill()
    harness.wait()
    harness.stdout.close()
    deadline = time.monotonic() + 10
    while not gone(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(child)


def test_shares_add_up_by_hand():
    before = Meter(wall_s=10, busy_s=100, steal_s=1, pressure_s=5, ours_s={"server": 2, "client": 1})
    after = Meter(wall_s=12, busy_s=103, steal_s=1.4, pressure_s=6, ours_s={"server": 3, "client": 1.5})
    assert shares(before, after, cores=2) == {
        "server_cpu_share": 0.25,
        "client_cpu_share": 0.125,
        "foreign_cpu_share": 0.375,
        "steal_share": 0.1,
        "psi_cpu_some_share": 0.5,
    }


def test_our_own_cpu_agrees_with_getrusage():
    before = processes.read_meter({"me": os.getpid()}, time.monotonic())
    start = resource.getrusage(resource.RUSAGE_SELF)
    while resource.getrusage(resource.RUSAGE_SELF).ru_utime - start.ru_utime < 0.3:
        sum(range(1000))
    end = resource.getrusage(resource.RUSAGE_SELF)
    after = processes.read_meter({"me": os.getpid()}, time.monotonic())
    used = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
    assert after.ours_s["me"] - before.ours_s["me"] == pytest.approx(used, abs=0.05)
    assert after.busy_s - before.busy_s > 0.2


def test_lines_are_stamped_with_the_clock_of_their_first_byte(tmp_path):
    reading, writing = os.pipe()
    start = time.time_ns()
    os.write(writing, b"one\ntwo a")
    os.write(writing, b" b\n\nlast")
    os.close(writing)
    stamp_lines(reading, tmp_path / "out.gz")
    os.close(reading)
    lines = gzip.decompress((tmp_path / "out.gz").read_bytes()).split(b"\n")
    assert [line.partition(b" ")[2] for line in lines] == [b"one", b"two a b", b"", b"last"]
    stamps = [int(line.partition(b" ")[0]) for line in lines]
    assert stamps == sorted(stamps) and start <= stamps[0] and stamps[-1] <= time.time_ns()


def test_the_host_is_described_but_not_named():
    facts = host.facts()
    assert facts["cores"] == os.cpu_count()
    assert facts["memory_bytes"] > 2**27
    assert os.uname().nodename not in [v for k, v in facts.items() if isinstance(v, str) and k != "os"]
