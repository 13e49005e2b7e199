"""A run.json is read as written, or refused with the field and the place."""

import json

import pytest

from build import START, raw_run, write_run
from schedlab.errors import RunError, UnknownName
from schedlab.model.run import read_run


def test_a_valid_run_is_read_as_written(tmp_path):
    content = b"intended_ns,sent_ns,end_ns,status\n"
    run = read_run(write_run(tmp_path, {"requests": ("requests.csv", "schedlab-requests", content)}))
    assert (run.id, run.arm, run.capture, run.gomaxprocs) == ("gpr-quiet-1", "gpr", "quiet", 2)
    assert run.window_ns == (START, START + 10_000_000_000)
    assert run.artifact("requests").path.read_bytes() == content


def test_an_absent_artifact_keeps_its_reason(tmp_path):
    absent = [{"kind": "perf_stat", "absent_because": "no PMU on this host"}]
    run = read_run(write_run(tmp_path, artifacts=absent))
    assert not run.has("perf_stat")
    assert run.artifact("perf_stat").absent_because == "no PMU on this host"
    with pytest.raises(UnknownName, match="perf_stat"):
        run.artifact("trace")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gomaxprocs": "2"}, "'gomaxprocs' must be int, not str"),
        ({"gomaxprocs": True}, "'gomaxprocs' must be int, not bool"),
        ({"gomaxprocs": 0}, "'gomaxprocs' must be at least 1"),
        ({"factors": []}, "'factors' must be dict, not list"),
        ({"capture": "loud"}, "must be one of quiet"),
        ({"schema": 2}, "this schedlab reads schema 1"),
        ({"window": {"start_ns": 5, "end_ns": 5}}, "start_ns < end_ns"),
        ({"window": {"start_ns": 5}}, "start_ns < end_ns"),
        ({"artifacts": [{"path": "x"}]}, r"artifacts\[0\] needs a 'kind'"),
        ({"artifacts": [{"kind": "x"}]}, "neither 'path' nor 'absent_because'"),
        ({"artifacts": [{"kind": "x", "path": "../../etc/passwd"}]}, "outside the run folder"),
    ],
)
def test_a_wrong_field_is_named(tmp_path, change, message):
    with pytest.raises(RunError, match=message):
        read_run(write_run(tmp_path, **change))


@pytest.mark.parametrize("field", ["id", "arm", "window", "host", "artifacts"])
def test_a_missing_field_is_named(tmp_path, field):
    raw = raw_run()
    del raw[field]
    (tmp_path / "run.json").write_text(json.dumps(raw))
    with pytest.raises(RunError, match=f"field '{field}' is missing"):
        read_run(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1,}', "\x00"])
def test_broken_json_is_refused_with_its_line(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match=r"run\.json:1"):
        read_run(tmp_path)


def test_a_folder_without_run_json_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"no run\.json"):
        read_run(tmp_path)
