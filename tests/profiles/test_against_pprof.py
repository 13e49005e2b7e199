"""Every number equals what `go tool pprof` prints: asked live where Go is there, else from golden files."""

import re

import numpy as np
import pytest

from profiles import pprof_oracle as oracle
from schedlab.ingest.pprof import read_profile
from schedlab.profiles import algebra, export, filters, graph
from schedlab.profiles.top import top

GOLDEN = oracle.golden()
BY = {"-files": "file", "-lines": "line", "-filefunctions": "filefunction"}
UNITS = {"samples": "samples", "contentions": "contentions"}


def answer(case):
    """Asked live but for the many profiles of other releases, whose answers were recorded."""
    return oracle.ask_go(case) if oracle.GO and not case.startswith(oracle.RELEASES) else GOLDEN[case]


def load(name):
    return read_profile(oracle.FIXTURES / f"{name}.pb.gz")


def ours(case):
    """Our table for a case, with its options translated one to one."""
    args, files = oracle.CASES[case]
    options = dict(a.lstrip("-").split("=", 1) for a in args if "=" in a)
    profile = algebra.merge([load(f) for f in files]) if len(files) > 1 else load(files[0])
    if "base" in options:
        profile = algebra.subtract(profile, load(options["base"]))
    if "diff_base" in options:
        base = load(options["diff_base"])
        profile = algebra.normalized(profile, base) if "-normalize" in args else profile
        profile = algebra.against(profile, base)
    chosen = {k: options.get(k) for k in filters.FILTERS}
    profile = filters.apply(profile, inlines="-noinlines" not in args, **chosen)
    by = next((BY[a] for a in args if a in BY), "function")
    return profile, top(profile, options.get("sample_index"), by=by)


TOPS = [c for c, (args, _) in oracle.CASES.items() if "-top" in args]


@pytest.mark.parametrize("case", TOPS)
def test_flat_and_cum_of_every_entry_equal_pprof(case):
    theirs = oracle.top_rows(answer(case))
    _, table = ours(case)
    mine = {n: (f, c) for n, f, c in zip(table["name"], table["flat"], table["cum"], strict=True)}
    assert len(theirs) > 3
    if case == "files":  # pprof lists a file once per function in it, so its cum is only a lower bound
        assert {k: f for k, (f, _) in mine.items()} == {k: f for k, (f, _) in theirs.items()}
        assert all(mine[k][1] >= cum for k, (_, cum) in theirs.items())
        return
    assert {k: v for k, v in mine.items() if any(v)} == {k: v for k, v in theirs.items() if any(v)}


@pytest.mark.parametrize("case", TOPS)
def test_what_a_hundred_percent_is_equals_pprof(case):
    stated = re.search(r"of (-?\d+)\w* total", answer(case))
    profile, _ = ours(case)
    kind = dict(a.lstrip("-").split("=", 1) for a in oracle.CASES[case][0] if "=" in a).get("sample_index")
    assert profile.total(kind) == int(stated[1])


@pytest.mark.parametrize(
    "case", [c for c, (args, _) in oracle.CASES.items() if args[0] in ("-peek=.", "-tree")]
)
def test_callers_and_callees_equal_pprof(case):
    theirs = oracle.edge_rows(answer(case))
    links = graph.edges(load(oracle.CASES[case][1][0]))
    mine = {(a, b): v for a, b, v in zip(links["caller"], links["callee"], links["value"], strict=True)}
    assert len(theirs) > 10
    assert mine == theirs


@pytest.mark.parametrize("case", [c for c in oracle.CASES if c.startswith("traces")])
def test_traces_equal_pprof(case):
    theirs = sorted(oracle.trace_rows(answer(case)))
    mine = sorted(export.traces(load(oracle.CASES[case][1][0])))
    assert len(theirs) > 5
    assert mine == theirs


@pytest.mark.skipif(not oracle.GO, reason="Go is not installed: the golden answers cannot be renewed")
def test_the_golden_answers_are_what_go_says_now():
    for case in ("cpu", "diff_base", "heap inuse", "go1.21 cpu", "go1.27 block"):
        assert oracle.top_rows(oracle.ask_go(case)) == oracle.top_rows(GOLDEN[case])


def test_adding_what_was_subtracted_gives_the_same_profile():
    a, b = load("cpu"), load("cpu2")
    there_and_back = algebra.merge([algebra.subtract(a, b), b])
    wanted = algebra.merge([a])
    np.testing.assert_array_equal(
        top(there_and_back)[["name", "flat", "cum"]].query("cum != 0").to_numpy(),
        top(wanted)[["name", "flat", "cum"]].query("cum != 0").to_numpy(),
    )
