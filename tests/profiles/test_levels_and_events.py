"""Profiles beside traces: CPU samples and waits must agree with what the scheduler says happened."""

from pathlib import Path

import numpy as np
import pytest

from schedlab import ingest, profiles
from schedlab.model import catalog
from schedlab.profiles import arms, events, levels
from schedlab.profiles.filters import tagfocus

ROOT = Path(__file__).parents[2]
TRACES = sorted((ROOT / "tests" / "fixtures" / "go_trace").glob("mixed-*.gz"))
TINY = catalog.select(catalog.runs(ROOT / "data" / "runs" / "tiny"), capture="instrumented")
EVERY = pytest.mark.parametrize("path", TRACES, ids=lambda p: p.name.split("-")[1].removesuffix(".trace.gz"))


@EVERY
def test_every_cpu_sample_on_a_goroutine_falls_where_the_trace_says_it_ran(path):
    """Two sources within one trace: the profiling signal and the scheduler's events."""
    found = events.cpu_samples(ingest.read(path).tables)
    table = events.agreement(found, "state")
    on_goroutines = table[table["state"] != "scheduler"]
    assert on_goroutines["samples"].sum() > 0
    assert set(on_goroutines["state"]) <= {"running", "syscall"}


@EVERY
def test_waits_of_a_trace_are_a_profile_with_the_sums_of_its_spans(path):
    tables = ingest.read(path).tables
    found = events.waits(tables)
    spans = tables["GOROUTINE_SPANS"]
    spans = spans[(spans["state"] == "waiting") & spans["whole"]]
    assert found.total("contentions") == len(spans)
    assert found.total("delay") / 1e9 == pytest.approx(spans["duration_s"].sum(), abs=1e-6)
    slept = tagfocus(found, "reason=sleep").value().sum() / 1e9
    assert slept == pytest.approx(spans.loc[spans["reason"] == "sleep", "duration_s"].sum(), abs=1e-6)


def test_symbols_and_events_name_the_same_mechanism_for_channels():
    table = events.agreement(events.waits(ingest.read(TRACES[-1]).tables), "reason")
    symbols = table[table["mechanism"] == "channel"]
    assert set(symbols["reason"]) <= {"chan receive", "chan send", "select"}


@pytest.fixture(scope="module")
def table():
    found = arms.captures(TINY)
    return levels.levels(found["gpr"], found["pool"])


def test_all_three_levels_stand_in_one_table_each_with_its_evidence(table):
    assert table["level"].unique().tolist() == [1, 2, 3]
    assert set(table["evidence"]) == {"CPU profile", "goroutine dump", "trace"}
    assert set(table.loc[table["evidence"] == "trace", "level"]) == {3}
    np.testing.assert_allclose(table["treated"] - table["baseline"], table["difference"])


def test_what_a_level_says_is_what_was_captured(table):
    """The pool of the tiny experiment has eight workers more that wait on a channel."""
    row = table.set_index("what").loc["goroutines waiting: channel"]
    assert row["difference"] == pytest.approx(8, abs=1)
    one = catalog.select(TINY, arm="pool")
    shares = [s.groups["share"].max() for run in one if (s := arms.snapshot(run))]
    assert table.set_index("what").loc["goroutines on the commonest stack", "treated"] == np.mean(shares)


def test_runs_without_a_trace_or_a_dump_have_the_levels_they_have():
    bare = [levels.Capture(cpu=c.cpu) for c in arms.captures(TINY)["pool"]]
    found = levels.levels(bare, bare)
    assert found["level"].unique().tolist() == [1, 2]
    assert (found["difference"] == 0).all()


def test_a_block_profile_of_an_arm_is_without_the_profilers_own_sleep():
    found = arms.arms(TINY, "block_profile")
    for arm in found.values():
        for profile in arm.profiles:
            assert "observer" not in profiles.classes(profile)["mechanism"].tolist()
