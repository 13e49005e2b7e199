"""`schedlab trace` tells of a trace in tables or JSON, of a window, and generation by generation."""

import gzip
import json
from pathlib import Path

import pytest

from schedlab import cli

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
KNOWN = FIXTURES / "known-1.27.3.trace.gz"


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "known.trace"
    path.write_bytes(gzip.decompress(KNOWN.read_bytes()))
    return path


def answer(capsys, *arguments):
    assert cli.main(["trace", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_counts_the_thousand_goroutines_and_their_two_waits(capsys):
    found = answer(capsys, KNOWN)
    created = {row["function"]: row["created"] for row in found["goroutines created by function"]}
    assert created["main.worker"] == 1000
    waits = {row["reason"]: row["count"] for row in found["blocked time by reason"]}
    assert 2000 <= waits["chan receive"] < 2010  # the runtime waits on a few channels of its own
    assert found["facts"]["format"] == "go 1.26"


def test_people_get_tables(capsys):
    assert cli.main(["trace", str(KNOWN)]) == 0
    out = capsys.readouterr().out
    assert "runnable latency by cause" in out and "main.worker" in out


def test_an_unpacked_file_gives_the_same_as_a_packed_one(capsys, plain):
    assert answer(capsys, plain) == answer(capsys, KNOWN)


def test_generations_together_count_the_events_of_the_whole(capsys, plain):
    rows = answer(capsys, plain, "--by-generation")
    assert sum(row["events"] for row in rows) == answer(capsys, KNOWN)["facts"]["events"]
    assert sum(row["created"] for row in rows) >= 1000


def test_a_window_before_the_trace_says_that_nothing_is_there(capsys, plain):
    assert cli.main(["trace", str(plain), "--window=-2,-1"]) == 2
    assert "no complete generation" in capsys.readouterr().err


def test_the_timeline_is_one_page(capsys, plain, tmp_path):
    assert cli.main(["trace", str(plain), "--timeline", str(tmp_path / "t.html")]) == 0
    assert "proc 0" in (tmp_path / "t.html").read_text(encoding="utf-8")


def test_people_read_durations_with_their_units_and_no_exponents(capsys):
    assert cli.main(["trace", str(KNOWN)]) == 0
    waits = capsys.readouterr().out.partition("runnable latency by cause")[2].partition("events")[0]
    assert " ns" in waits and " ms" in waits
    assert "e-0" not in waits and "nan" not in waits


def test_a_window_that_is_none_is_refused_with_an_example(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["trace", str(KNOWN), "--window", "5"])
    assert "'5' is not FROM,TO in seconds" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.gz")), ids=lambda p: p.name)
def test_every_release_is_summarised_with_the_longest_waits_first(capsys, path):
    waits = answer(capsys, path)["blocked time by reason"]
    assert [w["total_s"] for w in waits] == sorted((w["total_s"] for w in waits), reverse=True)


def test_something_else_is_refused_in_one_sentence(capsys, tmp_path):
    (tmp_path / "x").write_bytes(b"SCHED 0ms: gomaxprocs=2")
    assert cli.main(["trace", str(tmp_path / "x")]) == 2
    assert "no Go execution trace" in capsys.readouterr().err
