"""Tables of runs: cached by content, rebuilt when anything they come from changes, and honest about gaps."""

import json

import pandas as pd
import pytest

from schedlab import ingest
from schedlab.errors import MissingTable
from schedlab.ingest import cache
from schedlab.model.run import read_run

LOG = "intended_ns,sent_ns,end_ns,status\n1000,2000,3000,200\n2000,2000,5000,503\n"
METRICS = '{"/sched/goroutines:goroutines": 7}'
GAUGES = '{"wall_ns": %d, "go": "go1.21.13", "metrics": ' + METRICS + ', "rusage": {"user_us": 5}}'


@pytest.fixture
def run(tmp_path, monkeypatch):
    from build import raw_run

    monkeypatch.setenv("SCHEDLAB_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "requests.csv").write_text(LOG)
    (folder / "before.json").write_text(GAUGES % 1)
    (folder / "after.json").write_text(GAUGES % 2)
    artifacts = [
        {"kind": "requests", "path": "requests.csv", "format": "schedlab-requests"},
        {"kind": "metrics_before", "path": "before.json", "format": "runtime-metrics"},
        {"kind": "metrics_after", "path": "after.json", "format": "runtime-metrics"},
        {"kind": "server_stderr", "absent_because": "quiet capture"},
    ]
    (folder / "run.json").write_text(json.dumps(raw_run(artifacts=artifacts)))
    cache._cached.cache_clear()
    return read_run(folder)


def entries(tmp_path):
    return sorted(p for p in (tmp_path / "cache" / "tables").iterdir() if not p.name.startswith("."))


def test_a_table_is_the_same_from_the_file_from_memory_and_from_disk(run, tmp_path):
    first = ingest.tables(run, "REQUESTS")
    again = ingest.tables(run, "REQUESTS")
    cache._cached.cache_clear()
    stored = ingest.tables(run, "REQUESTS")
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(first, stored)
    assert first["latency_s"].tolist() == [2e-6, 3e-6]
    assert len(entries(tmp_path)) == 1


def test_changing_a_table_does_not_change_the_cache(run):
    mine = ingest.tables(run, "REQUESTS")
    mine["latency_s"] = 0.0
    assert ingest.tables(run, "REQUESTS")["latency_s"].tolist() == [2e-6, 3e-6]


def test_a_changed_file_is_read_again(run):
    ingest.tables(run, "REQUESTS")
    (run.folder / "requests.csv").write_text(LOG + "3000,3000,9000,200\n")
    assert len(ingest.tables(run, "REQUESTS")) == 3


def test_a_changed_reader_reads_again(run, tmp_path, monkeypatch):
    ingest.tables(run, "REQUESTS")
    monkeypatch.setattr(cache, "_code_hash", lambda: "another version")
    cache._cached.cache_clear()
    ingest.tables(run, "REQUESTS")
    assert len(entries(tmp_path)) == 2


@pytest.mark.parametrize("name", ["reading.json", "REQUESTS.parquet"])
def test_a_broken_entry_is_rebuilt(run, tmp_path, name):
    ingest.tables(run, "REQUESTS")
    broken = entries(tmp_path)[0] / name
    broken.write_bytes(broken.read_bytes()[:20])
    cache._cached.cache_clear()
    assert len(ingest.tables(run, "REQUESTS")) == 2
    assert broken.stat().st_size > 20


def test_gauges_before_and_after_are_put_together(run):
    gauges = ingest.tables(run, "GAUGES")
    assert gauges["wall_ns"].unique().tolist() == [1, 2]
    assert ingest.tables(run, "GAUGES", kind="metrics_after")["wall_ns"].unique().tolist() == [2]


def test_a_table_that_no_artifact_yields_says_why(run):
    with pytest.raises(
        MissingTable,
        match=r"has no artifact that yields SCHED_PROCS \(absent: server_stderr: quiet capture\)",
    ):
        ingest.tables(run, "SCHED_PROCS")


def test_a_reading_keeps_facts_and_warnings(run):
    found = ingest.reading(run, "metrics_after")
    cache._cached.cache_clear()
    assert dict(ingest.reading(run, "metrics_after").facts) == dict(found.facts)
    with pytest.raises(MissingTable, match="has no server_stderr: quiet capture"):
        ingest.reading(run, "server_stderr")
