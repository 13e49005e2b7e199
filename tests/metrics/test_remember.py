"""A remembered value is the measured one, and is measured again when anything it came from is another."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest

from build import START, raw_run
from schedlab import metrics
from schedlab.ingest import cache
from schedlab.metrics import remember
from schedlab.metrics.measure import measure
from schedlab.model.run import read_run

HEADER = "intended_ns,sent_ns,end_ns,status\n"
ASKED = """
import sys, schedlab.metrics
print(*sorted({m.split(".")[1] for m in sys.modules if m.startswith("schedlab.")}))
"""


@pytest.fixture
def counted(monkeypatch):
    """The metrics that were measured, each time."""
    seen = []

    def count(run, metric):
        seen.append(metric.name)
        return measure(run, metric)

    monkeypatch.setattr(remember, "measure", count)
    return seen


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SCHEDLAB_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "run"
    folder.mkdir()
    write(folder, 10)
    (folder / "run.json").write_text(json.dumps(raw_run(artifacts=[REQUESTS, ABSENT])))
    return read_run(folder)


REQUESTS = {"kind": "requests", "path": "requests.csv", "format": "schedlab-requests"}
ABSENT = {"kind": "server_stderr", "absent_because": "quiet capture"}


def write(folder, number):
    """So many requests of a microsecond each, one after the other."""
    starts = [START + 1000 * i for i in range(number)]
    rows = [f"{start},{start},{start + 1000},200\n" for start in starts]
    (folder / "requests.csv").write_text(HEADER + "".join(rows))


def value(run, name="throughput"):
    """One metric, by its name or itself, as `collect` gives it."""
    return metrics.collect([run], [name])["value"][0]


def test_a_value_is_measured_once_and_then_remembered(run, counted):
    first = value(run)
    assert first > 0
    assert value(run) == first == measure(run, metrics.metric("throughput"))[0]
    assert counted == ["throughput"]


def test_why_there_is_no_value_is_remembered_too(run, counted):
    tables = [metrics.collect([run], ["gc_cycles"]) for _ in range(2)]
    assert [t["missing_because"][0] for t in tables] == [tables[0]["missing_because"][0]] * 2
    assert "quiet capture" in tables[0]["missing_because"][0] and math.isnan(tables[1]["value"][0])
    assert counted == ["gc_cycles"]


def test_a_run_whose_files_are_others_is_measured_again(run, counted):
    first = value(run)
    write(run.folder, 5)
    assert value(run) == pytest.approx(first / 2)
    assert len(counted) == 2


def test_a_run_that_is_described_otherwise_is_measured_again(run, counted):
    start, end = run.window_ns
    first = value(run)
    assert value(replace(run, window_ns=(start, end + (end - start)))) == pytest.approx(first / 2)
    assert math.isnan(value(replace(run, measured={"kept_schedule": False})))
    assert len(counted) == 3


def test_another_code_or_library_measures_again(run, counted, monkeypatch):
    value(run)
    monkeypatch.setattr(cache, "code_hash", lambda *rooms: "another version")
    value(run)
    assert len(counted) == 2


def test_a_broken_entry_is_measured_again(run, counted, tmp_path):
    first = value(run)
    (entry,) = (tmp_path / "cache" / "values").iterdir()
    entry.write_text("[1.0")
    assert value(run) == first
    assert len(counted) == 2 and json.loads(entry.read_text()) == [first, ""]


def test_a_metric_that_the_library_does_not_list_is_never_remembered(run):
    listed = metrics.metric("throughput")
    made = [replace(listed, compute=lambda tables, run, i=i: i) for i in (2.0, 3.0)]
    assert [value(run, name) for name in ("throughput", *made)] == [1.0, 2.0, 3.0]


def test_everything_that_measuring_imports_is_in_the_key():
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {*remember._ROOMS, "units", "errors"}
