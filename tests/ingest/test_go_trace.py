"""Execution traces of every format against their known truth, and against what Go's own readers printed.

The traces are small real ones: `known` creates 1000 goroutines that each block twice on a channel and end;
`mixed` has something of everything. Their programs stand beside them, in `src`.
"""

import gzip
import json
from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.ingest import go_trace
from schedlab.model.trace_tables import TRACE_TABLES

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
KNOWN = sorted(FIXTURES.glob("known-*.trace.gz"))
MIXED = sorted(FIXTURES.glob("mixed-*.trace.gz"))
ALL = sorted(FIXTURES.glob("*.trace.gz"))
OLDER = [p for p in KNOWN if p.name.startswith(("known-1.19", "known-1.20", "known-1.21"))]
LATER = [p for p in KNOWN if p not in OLDER]
#: strings and stacks are found by a hash that wraps around; Python says so where kernels are not compiled
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered in scalar multiply")


def name(path):
    return path.name.removesuffix(".trace.gz")


def load(path, **options):
    return go_trace.read(str(path), gzip.decompress(path.read_bytes()), **options)


def workers(reading):
    lives = reading.tables["TRACE_GOROUTINES"]
    return lives[lives["function"] == "main.worker"]


@pytest.mark.parametrize("path", KNOWN, ids=name)
def test_every_one_of_the_thousand_goroutines_is_created_and_ends(path):
    """The last one may still be on its way out when the program, told that all are done, stops the trace."""
    found = workers(load(path))
    assert len(found) == 1000 and found["created"].all()
    assert found["ended"].sum() >= 999


@pytest.mark.parametrize("path", KNOWN, ids=name)
def test_each_of_them_blocks_exactly_twice_on_a_channel(path):
    reading = load(path)
    spans = reading.tables["GOROUTINE_SPANS"]
    mine = spans[spans["goroutine"].isin(workers(reading)["goroutine"])]
    waits = mine[(mine["state"] == "waiting") & (mine["reason"] == "chan receive")]
    assert waits.groupby("goroutine").size().tolist() == [2] * 1000
    assert waits["whole"].all()


@pytest.mark.parametrize("path", KNOWN, ids=name)
def test_each_of_them_becomes_runnable_by_creation_once_and_by_unblocking_twice(path):
    reading = load(path)
    spans = reading.tables["GOROUTINE_SPANS"]
    mine = spans[spans["goroutine"].isin(workers(reading)["goroutine"]) & (spans["state"] == "runnable")]
    counts = mine["reason"].value_counts()
    assert (counts["create"], counts["unblock"]) == (1000, 2000)


@pytest.mark.parametrize("path", KNOWN, ids=name)
def test_it_is_the_main_goroutine_that_ends_both_their_waits_when_their_runnable_spans_start(path):
    """Known truth: main closes the two channels."""
    reading = load(path)
    wakeups = reading.tables["TRACE_WAKEUPS"]
    mine = wakeups[wakeups["goroutine"].isin(workers(reading)["goroutine"])]
    assert len(mine) == 2000 and set(mine["by_goroutine"]) == {1}
    spans = reading.tables["GOROUTINE_SPANS"].query("state == 'runnable' and reason == 'unblock'")
    both = mine.merge(spans, left_on=["goroutine", "time_ns"], right_on=["goroutine", "start_ns"])
    assert len(both) == 2000


@pytest.mark.parametrize("path", ALL, ids=name)
def test_every_table_has_its_schema_and_nothing_was_damaged(path):
    reading = load(path)
    for schema in TRACE_TABLES:
        schema.check(reading.tables[schema.name])
    assert reading.damage.empty


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_span_takes_at_most_26_bytes(path):
    """16 for its time; the rest is as narrow as the values: tables of tens of millions of rows must fit."""
    spans = load(path).tables["GOROUTINE_SPANS"]
    names = sum(spans[column].cat.categories.memory_usage() for column in ("state", "reason"))
    assert spans.memory_usage(index=False).sum() <= 26 * len(spans) + names


@pytest.mark.parametrize("path", ALL, ids=name)
def test_the_spans_of_a_goroutine_follow_each_other_without_gap(path):
    spans = load(path).tables["GOROUTINE_SPANS"].sort_values(["goroutine", "start_ns"], kind="stable")
    ends = spans["start_ns"] + (spans["duration_s"] * 1e9).round().astype("int64")
    gaps = spans.groupby("goroutine")["start_ns"].shift(-1) - ends
    assert (gaps.dropna() == 0).all()


@pytest.mark.parametrize("path", MIXED, ids=name)
def test_a_cpu_sample_is_on_the_clock_of_the_spans_its_goroutine_was_running_at_its_time(path):
    """Independent source: the events; the profiler interrupts only what runs, and stamps samples itself."""
    tables = load(path).tables
    samples = tables["TRACE_CPU_SAMPLES"].query("goroutine > 0")
    spans = tables["GOROUTINE_SPANS"].query("state in ('running', 'syscall')")
    both = samples.reset_index().merge(spans, on="goroutine")
    after = both["time_ns"] - both["start_ns"]
    inside = both[(after >= 0) & (after <= both["duration_s"] * 1e9 + 0.5)]
    assert set(inside["index"]) == set(samples.index)
    assert len(samples) >= 2


@pytest.mark.parametrize("path", LATER, ids=name)
def test_a_cut_file_is_refused_with_its_place_or_says_what_is_missing(path):
    data = gzip.decompress(path.read_bytes())
    with pytest.raises(FormatError, match="no complete generation"):
        go_trace.read(str(path), data[: len(data) // 2])


@pytest.mark.parametrize("path", OLDER, ids=name)
def test_a_cut_trace_of_the_old_format_says_that_its_clock_is_missing(path):
    data = gzip.decompress(path.read_bytes())
    with pytest.raises(FormatError, match="clock"):
        go_trace.read(str(path), data[: len(data) // 2])


def test_an_unknown_format_is_named():
    with pytest.raises(FormatError, match=r"format 1\.99 is not known"):
        go_trace.read("x", b"go 1.99 trace\0\0\0" + b"\1" * 50)


def test_something_else_is_no_trace():
    with pytest.raises(FormatError, match="no Go execution trace"):
        go_trace.read("x", b"SCHED 0ms: gomaxprocs=2")


GOLDEN = json.loads((FIXTURES / "golden.json").read_text(encoding="utf-8"))
BY_GO_127 = [p for p in ALL if "spans" in GOLDEN[name(p)]]
BY_OLD_GO = [p for p in ALL if "events" in GOLDEN[name(p)]]
LOCAL = {"GoStartLocal": "GoStart", "GoUnblockLocal": "GoUnblock", "GoSysExitLocal": "GoSysExit"}
BLOCKED = ["chan send", "chan receive", "select", "sync", "sync.(*Cond).Wait"]
RENAMED = {"GCSTWStart": "STWStart", "GCSTWDone": "STWDone"}  # since Go 1.21 the world is stopped for more


@pytest.mark.parametrize("path", BY_GO_127, ids=name)
def test_states_are_counted_and_timed_to_the_nanosecond_as_by_gos_own_reader(path):
    """Independent source: internal/trace of Go 1.27.3 (closed spans; it rewrites times, hence `strict`)."""
    spans = load(path, strict=True).tables["GOROUTINE_SPANS"]
    last = spans.groupby("goroutine")["start_ns"].transform("max") == spans["start_ns"]
    ended = load(path, strict=True).tables["TRACE_GOROUTINES"].set_index("goroutine")["ended"]
    closed = spans[~last | spans["goroutine"].map(ended)]
    nanoseconds = (closed["duration_s"] * 1e9).round().astype("int64")
    state = closed["state"].astype("str")
    assert state.value_counts().to_dict() == GOLDEN[name(path)]["spans"]
    assert nanoseconds.groupby(state).sum().to_dict() == GOLDEN[name(path)]["total_ns"]


@pytest.mark.parametrize("path", BY_GO_127, ids=name)
def test_the_times_in_the_file_differ_from_gos_by_what_its_reader_adds_to_them(path):
    """Go's reader makes times strictly increase, a nanosecond each, and a coroutine's switch three events."""
    ours, gos = (load(path, strict=strict).tables["GOROUTINE_SPANS"] for strict in (False, True))
    moved = (ours["duration_s"] - gos["duration_s"]).abs()
    assert moved.max() <= 3.5e-9
    assert moved.sum() <= 1e-4 * gos["duration_s"].sum()


@pytest.mark.parametrize("path", BY_OLD_GO, ids=name)
def test_events_of_the_old_formats_are_counted_as_by_the_go_that_wrote_them(path):
    """Independent source: `go tool trace -d` of Go 1.19.8, 1.20.14 and 1.21.13, which drop Local forms."""
    reading = load(path)
    counts = reading.tables["TRACE_EVENTS"].set_index("event")["count"].rename(index=LOCAL)
    counts = counts.groupby(level=0).sum().to_dict()
    if len(reading.tables["TRACE_CPU_SAMPLES"]):
        counts["CPUSample"] = len(reading.tables["TRACE_CPU_SAMPLES"])
    golden = GOLDEN[name(path)]["events"]
    assert counts == {RENAMED.get(event, event): n for event, n in golden.items()}


@pytest.mark.parametrize("path", BY_OLD_GO, ids=name)
def test_lives_in_the_old_formats_are_timed_to_the_nanosecond_as_by_gos_own_statistics(path):
    """Independent source: GoroutineStats of Go 1.21.13, of goroutines created and ended while tracing.

    To it a system call is execution until the proc is taken away, to us from its beginning: the sums agree.
    """
    tables = load(path).tables
    lives = tables["TRACE_GOROUTINES"].query("created and ended")
    spans = tables["GOROUTINE_SPANS"].merge(lives["goroutine"])
    spent = (spans["duration_s"] * 1e9).round().astype("int64")
    by_state = spent.groupby(spans["state"].astype("str")).sum()
    by_reason = spent.groupby(spans["reason"].astype("str").where(spans["state"] == "waiting")).sum()
    golden = GOLDEN[name(path)]["lives"]
    total = golden["total_ns"]
    assert len(lives) == golden["goroutines"]
    assert by_state["runnable"] == total["scheduler wait"]
    on_proc = by_state.reindex(["running", "syscall"], fill_value=0).sum()
    assert on_proc == total["execution"] + total["syscall"]
    assert by_reason.get("network", 0) == total["network wait"]
    assert by_reason.reindex(BLOCKED, fill_value=0).sum() == total["synchronisation"]
