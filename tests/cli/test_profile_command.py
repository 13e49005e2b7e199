"""`schedlab profile` answers what the library and `go tool pprof` answer, as JSON and for people."""

import json
import re
from pathlib import Path

import pytest

from profiles import pprof_oracle as oracle
from schedlab import cli, profiles
from schedlab.profiles.names import canonical_name

FIXTURES = Path(__file__).parents[1] / "fixtures"
CPU, CPU2 = str(FIXTURES / "pprof" / "cpu.pb.gz"), str(FIXTURES / "pprof" / "cpu2.pb.gz")
DUMP = str(FIXTURES / "pileups" / "goroutines.txt.gz")


def asked(capsys, *arguments):
    assert cli.main(["profile", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def printed(capsys, *arguments):
    assert cli.main(["profile", *arguments]) == 0
    return capsys.readouterr()


@pytest.mark.parametrize(
    ("case", "arguments"),
    [("focus", [CPU, "--focus", "json"]), ("merge", [CPU, CPU2])],
    ids=["focus", "merge"],
)
def test_top_is_what_pprof_prints_but_for_functions_that_moved(capsys, case, arguments):
    theirs: dict[str, int] = {}
    for name, (flat, _) in oracle.top_rows(oracle.golden()[case]).items():
        theirs[canonical_name(name)] = theirs.get(canonical_name(name), 0) + flat
    mine = {row["name"]: row["flat"] for row in asked(capsys, "top", *arguments)}
    assert {k: v for k, v in mine.items() if v} == {k: v for k, v in theirs.items() if v}


def test_peek_lists_callers_and_callees(capsys):
    rows = asked(capsys, "peek", CPU, "--pattern", r"^runtime\.mallocgc$")
    assert {row["role"] for row in rows} == {"caller", "self", "callee"}
    assert {row["entry"] for row in rows} == {"runtime.mallocgc"}


def test_tree_prints_folded_stacks(capsys):
    lines = printed(capsys, "tree", CPU).out.splitlines()
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == profiles.read(CPU).total()


def test_classes_and_depth_are_those_of_the_library(capsys):
    assert asked(capsys, "classes", CPU) == profiles.classes(profiles.read(CPU)).to_dict(orient="records")
    (row,) = asked(capsys, "depth", CPU, "--below", r"runtime\.mcall")
    assert row["mean"] == profiles.depths(profiles.read(CPU)).mean
    assert {"q0.5", "q0.9", "q0.99", "at_cap_32", "at_cap_64", "at_cap_128"} <= set(row)


def test_diff_says_on_stderr_what_its_intervals_hold(capsys):
    assert cli.main(["profile", "diff", CPU2, "--base", CPU, "--json"]) == 0
    shown = capsys.readouterr()
    assert "sampling noise only" in shown.err
    assert not any(row["beyond_noise"] for row in json.loads(shown.out))


@pytest.mark.parametrize("more", [(), ("--base", CPU)], ids=["one arm", "two arms"])
def test_flame_writes_one_file_that_needs_no_other(capsys, tmp_path, more):
    printed(capsys, "flame", CPU2, *more, "--to", str(tmp_path / "flame.html"))
    text = (tmp_path / "flame.html").read_text()
    assert text.startswith("<!doctype html>") and not re.search(r"(src|href)=[\"']?http", text)


def test_pileups_finds_the_growth_between_dumps(capsys):
    rows = asked(capsys, "pileups", DUMP, "--every", "0.25")
    assert [row["site"] for row in rows if row["piles_up"]] == ["main.leave (main.go:27)"]


@pytest.mark.parametrize("kind", ["block", "mutex", "goroutine", "heap"])
def test_every_kind_of_profile_draws_as_easily_as_cpu(capsys, tmp_path, kind):
    path = FIXTURES / "pprof" / f"{kind}.pb.gz"
    printed(capsys, "flame", str(path), "--to", str(tmp_path / "flame.html"))
    assert profiles.read(path).types[-1][0] in (tmp_path / "flame.html").read_text()


def test_goroutine_dumps_and_traces_are_profiles_too(capsys):
    trace = str(FIXTURES / "go_trace" / "mixed-1.27.3.trace.gz")
    for path, wanted in ((DUMP, "channel"), (trace, "timer")):
        assert wanted in {row["mechanism"] for row in asked(capsys, "classes", path)}


def test_people_read_percent_and_readable_units(capsys):
    head = printed(capsys, "top", CPU, "--rows", "3").out.splitlines()
    assert "flat (ms)" in head[0] and "cum (%)" in head[0] and len(head) == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["top", "none.pb.gz"], "none.pb.gz: cannot be opened"),
        (["diff", CPU], "profile diff needs a baseline: add --base FILE"),
        (["top", CPU, "--kind", "delay"], "there is no sample type 'delay'; there are: cpu, samples"),
        (["top", CPU, "--by", "colour"], "there is no granularity 'colour'"),
        (["depth", CPU, "--below", "nothing"], "no sample has a frame 'nothing'"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_exit_code_2(capsys, arguments, says):
    assert cli.main(["profile", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and says in shown.err and shown.err.count("\n") == 1


def test_a_broken_regular_expression_is_refused_before_anything_is_read(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["profile", "top", CPU, "--focus", "("])
    assert stop.value.code == 2
    assert "is no regular expression" in capsys.readouterr().err
