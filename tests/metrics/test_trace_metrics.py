"""Metrics of execution traces on a trace of one second, counted by hand, and on the captured tiny runs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from build import SECOND, START, write_run
from schedlab import metrics
from schedlab.errors import TooFewValues
from schedlab.metrics import (
    preemptions,
    proc_use,
    trace_attribution,
    trace_clock,
    trace_coverage,
    trace_lanes,
    trace_requests,
)
from schedlab.model import tables as schemas
from schedlab.model.run import read_run

TINY = Path(__file__).parents[2] / "data" / "runs" / "tiny"
BLANK = {"int64": 0, "int32": 0, "int": 0, "float64": 0.0, "str": "", "category": ""}
BLANK |= {"bool": True, "bool[pyarrow]": True}
#: the trace's clock starts at 5 s, which is one second into the run's window
OFFSET = START + SECOND - 5 * SECOND


def filled(name, rows):
    """Rows of a table as dicts; columns not mentioned are blank, flags are True."""
    schema = schemas.table(name)
    default = {column: BLANK[kind] for column, kind, _ in schema.columns}
    full = [default | row for row in rows]
    return schema.frame({column: [row[column] for row in full] for column in default})


def span(goroutine, state, begin_ms, end_ms, **more):
    duration = {"start_ns": 5 * SECOND + int(begin_ms * 1e6), "duration_s": (end_ms - begin_ms) / 1e3}
    return {"goroutine": goroutine, "state": state, **duration, "proc": -1, "stack": -1} | more


#: two procs; goroutine 1 runs, waits for the network, is made runnable by 2, and runs on the other proc;
#: goroutine 2 is created, runs, is preempted once, and runs on
SPANS = filled(
    "GOROUTINE_SPANS",
    [
        span(1, "running", 0, 100, proc=0, whole=False),
        span(1, "waiting", 100, 600, reason="network", stack=0),
        span(1, "runnable", 600, 650, reason="unblock"),
        span(1, "running", 650, 1000, proc=1, whole=False),
        span(2, "runnable", 100, 200, reason="create"),
        span(2, "running", 200, 500, proc=0),
        span(2, "runnable", 500, 510, reason="preempted"),
        span(2, "running", 510, 900, proc=0),
        span(2, "waiting", 900, 1000, reason="chan receive", whole=False, stack=1),
    ],
)
PROCS = filled(
    "PROC_SPANS",
    [
        {"proc": 0, "state": "running", "start_ns": 5 * SECOND, "duration_s": 0.9},
        {"proc": 1, "state": "running", "start_ns": 5 * SECOND + 650_000_000, "duration_s": 0.35},
    ],
)
RANGES = filled(
    "TRACE_RANGES",
    [
        {"kind": "stop-the-world", "detail": "start trace", "start_ns": 5 * SECOND, "duration_s": 0.5},
        {
            "kind": "stop-the-world",
            "detail": "GC mark termination",
            "start_ns": 5_300_000_000,
            "duration_s": 2e-3,
        },
        {"kind": "mark assist", "start_ns": 5_700_000_000, "duration_s": 4e-3},
    ],
)
GENERATIONS = filled(
    "TRACE_GENERATIONS", [{"start_ns": 5 * SECOND, "clock_ns": 5 * SECOND, "wall_ns": 5 * SECOND + OFFSET}]
)


def request(begin_ms, end_ms):
    at = [5 * SECOND + OFFSET + int(ms * 1e6) for ms in (begin_ms, end_ms)]
    took = (end_ms - begin_ms) / 1e3
    return {"intended_ns": at[0], "sent_ns": at[0], "end_ns": at[1], "latency_s": took, "service_s": took}


#: two while tracing, of which one meets the pause, and one after it
REQUESTS = filled("REQUESTS", [request(290, 310), request(400, 401), request(1500, 1501)])
LIVES = filled(
    "TRACE_GOROUTINES",
    [
        {"goroutine": 1, "created": False, "ended": False, "function": "main.main"},
        {"goroutine": 2, "created": True, "ended": False, "function": "main.work", "creation_stack": 0},
    ],
)
TABLES = {
    "GOROUTINE_SPANS": SPANS, "PROC_SPANS": PROCS, "TRACE_RANGES": RANGES, "TRACE_GENERATIONS": GENERATIONS,
    "TRACE_GOROUTINES": LIVES, "REQUESTS": REQUESTS,
    "TRACE_GAUGES": filled("TRACE_GAUGES", [{"name": "gomaxprocs", "value": 2.0, "unit": "1"}]),
    "TRACE_STACKS": filled(
        "TRACE_STACKS",
        [
            {"stack": 0, "depth": 0, "function": "internal/poll.(*FD).Read"},
            {"stack": 0, "depth": 1, "function": "net.(*conn).Read"},
            {"stack": 1, "depth": 0, "function": "runtime.chanrecv1"},
            {"stack": 1, "depth": 1, "function": "main.work"},
        ],
    ),
}  # fmt: skip

BY_HAND = {
    "traced_requests": 2,
    "goroutines_created": 1.0,
    "goroutines_created_per_request": 0.5,
    "preemptions": 1.0,
    "migrations": 1.0,  # goroutine 1, from proc 0 to proc 1
    "proc_use": (0.9 + 0.35) / 2,
    # runnable and a proc idle: 100..200, 500..510 and 600..650 with proc 1 idle
    "idle_with_work": 0.1 + 0.01 + 0.05,
    "blocked_network_per_request": 0.25,
    "blocked_channel_per_request": 0.05,
    "blocked_lock_per_request": 0.0,
    "stw_share": 2e-3,
    "stw_max": 2e-3,
    "assist_per_request": 2e-3,
}


@pytest.fixture
def run(tmp_path):
    return read_run(write_run(tmp_path))


@pytest.mark.parametrize("name", BY_HAND)
def test_a_second_of_trace_counted_by_hand(name, run):
    assert metrics.metric(name).compute(TABLES, run) == pytest.approx(BY_HAND[name], rel=1e-9)


@pytest.mark.parametrize("metric", metrics.TRACE, ids=lambda m: m.name)
def test_an_empty_trace_gives_no_number_and_a_reason(metric, run):
    empty = {name: schemas.table(name).empty() for name in metric.needs}
    with pytest.raises(TooFewValues):
        metric.compute(empty, run)


def test_quantiles_of_runnable_latency_need_enough_waits_of_their_cause(run):
    waits = [span(k, "runnable", k, k + 0.001 * (k + 1), reason="create") for k in range(400)]
    tables = {"GOROUTINE_SPANS": filled("GOROUTINE_SPANS", waits)}
    p99 = metrics.metric("runnable_latency_create_p99").compute(tables, run)
    assert p99 == pytest.approx(np.quantile(1e-6 * np.arange(1, 401), 0.99), rel=1e-6)
    with pytest.raises(TooFewValues, match="needs 368 waits, the trace has 0"):
        metrics.metric("runnable_latency_unblock_p99").compute(tables, run)


def test_requests_are_told_apart_by_what_of_the_collector_they_met(run):
    found = trace_requests.latency_beside(TABLES, run).set_index("met")["requests"]
    assert found.to_dict() == {"stop-the-world": 1, "mark assist": 0, "gc cycle": 0, "none of these": 1}


def test_the_wall_clock_in_the_trace_aligns_it_exactly(run):
    assert trace_clock.align(TABLES, run) == trace_clock.Alignment(OFFSET, 0, "the wall clock in the trace")


NO_WALL = TABLES | {"TRACE_GENERATIONS": GENERATIONS.assign(clock_ns=0, wall_ns=0)}


def test_before_go_125_the_run_s_clocks_align_it_within_their_drift(tmp_path):
    clock = {
        "start": {"wall_ns": OFFSET + 100, "monotonic_ns": 0},
        "end": {"wall_ns": OFFSET + 10 * SECOND + 140, "monotonic_ns": 10 * SECOND},
    }
    run = read_run(write_run(tmp_path, clock=clock, go_version="go1.24.11"))
    found = trace_clock.align(NO_WALL, run)
    assert (found.offset_ns, found.uncertainty_ns) == (OFFSET + 120, 40)


def test_before_go_122_it_lies_between_asking_for_the_trace_and_having_it(tmp_path):
    asked = {"start_ns": START + SECOND - 2_000_000, "end_ns": START + 2 * SECOND + 6_000_000}
    run = read_run(write_run(tmp_path, clock={"profiles": {"trace": asked}}))
    found = trace_clock.align(NO_WALL, run)
    assert found.offset_ns == OFFSET + 2_000_000
    assert found.uncertainty_ns == 4_000_000
    assert abs(found.offset_ns - OFFSET) <= found.uncertainty_ns


def test_without_any_clock_the_trace_is_not_aligned(run):
    with pytest.raises(TooFewValues, match="neither the trace nor the run"):
        trace_clock.align(NO_WALL, run)


def test_all_time_of_the_application_has_a_cause_and_open_ones_say_why():
    found = trace_attribution.attribution(TABLES)
    assert found["total_s"].sum() == pytest.approx(SPANS["duration_s"].sum())
    assert found["share"].sum() == pytest.approx(1.0)
    network = found[found["cause"] == "network wait"].iloc[0]
    assert (network["symbol"], network["owner"]) == ("internal/poll.(*FD).Read", "net.(*conn).Read")
    assert network["decided"]
    running = found[found["cause"] == "running"]
    assert not running["decided"].any() and running["because"].str.contains("taken the core away").all()


def test_the_collector_s_ranges_cover_the_time_they_overlap():
    """By hand: goroutine 2 runs through the 2 ms pause; the first pause covers 100 + 300 ms of running."""
    found = trace_attribution.collector_overlap(TABLES).set_index(["kind", "state"])["overlap_s"]
    assert found["stop-the-world", "running"] == pytest.approx(0.1 + 0.3, abs=0.0021)


def test_lanes_are_cut_at_the_window_and_know_the_wait_before():
    lanes = trace_lanes.lanes(TABLES, (5_100_000_000, 5_800_000_000))
    first = lanes[lanes["goroutine"] == 2].iloc[0]
    assert (first["wait_s"], first["cause"]) == (pytest.approx(0.1), "create")
    assert lanes["start_ns"].min() >= 5_100_000_000 and lanes["end_ns"].max() <= 5_800_000_000


def test_the_backlog_counts_runnable_goroutines_between_changes():
    found = trace_lanes.backlog(TABLES, (5 * SECOND, 6 * SECOND)).set_index("at_ns")["runnable"]
    assert found.loc[5_100_000_000] == 1 and found.loc[5_200_000_000] == 0 and found.iloc[-1] == 0


def test_use_and_migrations_of_a_random_trace_equal_a_count_one_by_one():
    """Slow twin: a walk over every microsecond. Seed 20240131."""
    draw = np.random.default_rng(20240131)
    rows, at = [], {0: 0, 1: 0}
    for k in range(40):
        proc = int(draw.integers(2))
        begin = at[proc] + int(draw.integers(1, 50))
        at[proc] = end = begin + int(draw.integers(1, 50))
        rows.append(span(int(draw.integers(5)), "running", begin, end, proc=proc))
        rows.append(span(100 + k, "runnable", begin - 1, end - 1, reason="create"))
    spans = filled("GOROUTINE_SPANS", rows)
    busy = spans[spans["state"] == "running"]
    procs = filled(
        "PROC_SPANS",
        [{**r, "state": "running"} for r in busy[["proc", "start_ns", "duration_s"]].to_dict("records")],
    )
    tables = TABLES | {"GOROUTINE_SPANS": spans, "PROC_SPANS": procs}
    lo, hi = trace_clock.observed(spans)
    lost = 0
    for ms in range((hi - lo) // 1_000_000):
        instant = lo + ms * 1_000_000 + 500_000
        inside = (spans["start_ns"] <= instant) & (trace_lanes.ends(spans) > instant)
        running = int((inside & (spans["state"] == "running")).sum())
        lost += running < 2 and bool((inside & (spans["state"] == "runnable")).any())
    assert proc_use.idle_with_work(tables) == pytest.approx(lost / ((hi - lo) / 1e6))
    moved, last = 0, {}
    for row in busy.sort_values("start_ns").itertuples():
        moved += last.get(row.goroutine, row.proc) != row.proc
        last[row.goroutine] = row.proc
    assert preemptions.migrations(spans) == moved


def test_metrics_of_a_captured_run_lie_where_they_must():
    run = read_run(TINY / "steady-instrumented-gpr-01")
    found = metrics.collect([run], metrics.TRACE).set_index("metric")["value"]
    assert 0 < found["proc_use"] < 1 and 0 <= found["idle_with_work"] < 1
    assert found["goroutines_created_per_request"] == pytest.approx(2.0, abs=0.1)
    covered = trace_coverage.coverage(run).set_index("event")
    assert covered.loc["create", "trace"] == pytest.approx(
        found["goroutines_created_per_request"] * found["traced_requests"]
    )
    assert covered.loc["end by panic", list(trace_coverage.SOURCES)].isna().all()
    assert isinstance(covered, pd.DataFrame) and covered["says"].all()
