"""Where the host has hardware counters they are taken, with a `perf` that stands in for the real one."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from schedlab import ingest
from schedlab.pipeline.capture import host, perf
from schedlab.pipeline.capture.plan import Instrumented

#: what `perf stat -x, -o FILE -- sleep S` does: waits, then writes one line an event
FAKE = f"""#!{sys.executable}
import subprocess, sys
words = sys.argv[1:]
events = words[words.index("-e") + 1].split(",")
if "-o" not in words:
    sys.stderr.write("1000,,cycles,1,100.00,,\\n")
    sys.exit(0)
subprocess.run(words[words.index("--") + 1:], check=True)
with open(words[words.index("-o") + 1], "w") as out:
    out.write("# started on Mon Nov 23 12:00:00 2026\\n\\n")
    for i, event in enumerate(events, 1):
        out.write(f"{{i}}000,,{{event}},1000,100.00,,\\n")
"""


@pytest.fixture
def fake_perf(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "perf"
    program.parent.mkdir()
    program.write_text(FAKE, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def setting(counters):
    plan = SimpleNamespace(instrumented=Instrumented())
    return SimpleNamespace(plan=plan, host={"hardware_counters": counters})


def test_the_counters_of_the_server_become_a_table(tmp_path, fake_perf):
    assert host.hardware_counters() == "available"
    with subprocess.Popen(["sleep", "5"]) as process:
        server = SimpleNamespace(process=process)
        with perf.counting(setting("available"), server, time.time_ns() + 200_000_000, tmp_path):
            pass
        process.kill()
    found = ingest.read(tmp_path / "perf_stat.csv").tables["GAUGES"]
    assert dict(zip(found["name"], found["value"], strict=True)) == {
        "perf/cycles": 1000.0,
        "perf/instructions": 2000.0,
        "perf/cache-references": 3000.0,
        "perf/cache-misses": 4000.0,
    }


def test_a_mechanism_program_is_counted_from_its_start_to_its_end(tmp_path, fake_perf):
    command = [*perf.around(setting("available"), tmp_path), "touch", str(tmp_path / "done")]
    subprocess.run(command, check=True)
    assert (tmp_path / "done").exists()
    assert len(ingest.read(tmp_path / "perf_stat.csv").tables["GAUGES"]) == 4
    assert perf.around(setting("no PMU here"), tmp_path) == []


def test_without_a_pmu_nothing_is_started_and_the_reason_is_kept(tmp_path):
    reason = "perf says <not supported>: no PMU here"
    with perf.counting(setting(reason), SimpleNamespace(process=None), 0, tmp_path):
        pass
    assert not list(tmp_path.iterdir())
    assert perf.absent(setting(reason)) == reason
