"""Metrics of mechanism programs: the numbers of real reports, and traces of requests made by hand."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from build import SECOND, START, write_run
from schedlab import ingest, metrics
from schedlab.errors import TooFewValues
from schedlab.metrics import mechanism, mechanism_trace
from schedlab.model.run import read_run

REPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "schedlab-mechanism").glob("*[!n].json"))
every_report = pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)


@every_report
def test_every_measure_of_a_real_report_is_the_number_printed(path):
    tables = ingest.read(path).tables
    printed = {m["name"]: m["value"] for m in json.loads(path.read_text())["measures"]}
    known = [name for name, *_ in mechanism.MEASURES if name in printed]
    assert known
    for name in known:
        assert metrics.metric(name).compute(tables, None) == printed[name]


@every_report
def test_a_printed_percentile_lies_in_the_bin_of_the_histogram_that_holds_it(path):
    tables = ingest.read(path).tables
    for name, bins in tables["GAUGE_BINS"].groupby("name"):
        for q, ending in ((0.5, "p50"), (0.99, "p99")):
            cumulated = bins["count"].cumsum() / bins["count"].sum()
            near = bins[(cumulated >= q - 1 / bins["count"].sum()) & (cumulated.shift(fill_value=0) <= q)]
            printed = mechanism.measure(tables, f"{name}_{ending}")
            assert near["lo"].min() * (1 - 1e-9) <= printed < near["hi"].max() * (1 + 1e-9)


def test_what_a_program_does_not_report_is_refused_by_name():
    tables = ingest.read(REPORTS[0]).tables
    with pytest.raises(TooFewValues, match="reports no depth_handler"):
        metrics.metric("depth_handler").compute(tables, None)


def test_urgent_over_rest_is_the_ratio_of_the_percentiles():
    tables = {"GAUGES": gauges(urgent_p99=0.002, rest_p99=0.008)}
    assert metrics.metric("urgent_over_rest").compute(tables, None) == pytest.approx(0.25)


def gauges(**values):
    return pd.DataFrame({"wall_ns": 0, "name": list(values), "value": list(values.values()), "unit": "1"})


#: two requests of 10 and 30 ms on goroutine 5, one of 10 ms on goroutine 6
RANGES = pd.DataFrame(
    {
        "kind": ["region", "region", "region", "gc cycle"],
        "detail": ["request", "request", "request", ""],
        "goroutine": [5, 5, 6, -1],
        "start_ns": [0, 100_000_000, 50_000_000, 0],
        "duration_s": [0.010, 0.030, 0.010, 1.0],
    }
)
#: 5 ms for the network inside the first, 20 ms between two requests, 10 ms for a channel in the second
SPANS = pd.DataFrame(
    {
        "goroutine": np.array([5, 5, 5, 7], np.int16),
        "state": ["waiting"] * 4,
        "reason": ["network", "network", "chan receive", "network"],
        "start_ns": [1_000_000, 20_000_000, 105_000_000, 1_000_000],
        "duration_s": [0.005, 0.020, 0.010, 9.0],
    }
)
GOROUTINES = pd.DataFrame(
    {
        "created": [True, True, True, False],
        "creator": [5, 5, 7, 5],
        "start_ns": [101_000_000, 99_000_000, 101_000_000, 101_000_000],
    }
)
TRACE = {"TRACE_RANGES": RANGES, "GOROUTINE_SPANS": SPANS, "TRACE_GOROUTINES": GOROUTINES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("request_network_share", 5 / 50),
        ("request_blocked_share", 10 / 50),
        ("goroutines_per_handler", 1 / 3),
    ],
)
def test_requests_of_a_trace_counted_by_hand(name, expected):
    assert metrics.metric(name).compute(TRACE, None) == pytest.approx(expected)


def test_a_trace_without_marked_requests_gives_no_share():
    bare = TRACE | {"TRACE_RANGES": RANGES[RANGES["kind"] != "region"]}
    with pytest.raises(TooFewValues, match="no region named request"):
        metrics.metric("request_network_share").compute(bare, None)


def test_network_waits_are_counted_a_task_of_the_traced_part(tmp_path):
    """100 tasks in a window of 10 s are 10 in a second of trace, which has 3 waits for the network."""
    run = read_run(write_run(tmp_path))
    assert run.window_ns == (START, START + 10 * SECOND)
    spans = SPANS.assign(duration_s=[0.005, 0.020, 0.010, 0.999])
    tables = {"GOROUTINE_SPANS": spans, "GAUGES": gauges(tasks=100.0)}
    found = mechanism_trace.NETWORK_BLOCKS.compute(tables, run)
    assert found == pytest.approx(0.3, rel=2e-3)


def test_requests_are_split_by_whether_a_gc_cycle_met_them():
    """Cycles from 100 to 130 ms and 500 to 510 ms; requests of 20 ms at 70, 90, 120, 135, 495 and 600 ms."""
    cycles = pd.DataFrame({"wall_ns": [130_000_000, 510_000_000], "sweep_term_s": [0.001, 0.001]})
    cycles = cycles.assign(mark_s=[0.028, 0.008], mark_term_s=0.001)
    begun = np.array([70, 90, 120, 135, 495, 600]) * 1_000_000
    requests = pd.DataFrame({"wall_ns": begun, "name": "request_latency", "value": 0.020, "unit": "s"})
    _, during = metrics.mechanism_series.beside({"GAUGES": requests, "GC_CYCLES": cycles})
    assert list(during) == [False, True, True, False, True, False]


def test_cache_hits_come_from_perf_and_are_refused_without_it():
    counted = gauges(**{"perf/cache-references": 200.0, "perf/cache-misses": 50.0})
    assert metrics.metric("cache_hit_share").compute({"GAUGES": counted}, None) == 0.75
    with pytest.raises(TooFewValues, match="no cache references"):
        metrics.metric("cache_hit_share").compute({"GAUGES": gauges(other=1.0)}, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mcall_park_share", 6 / 10), ("mcall_preempt_share", 1 / 10), ("mcall_exit_share", 3 / 10)],
)
def test_ways_into_mcall_are_shares_of_the_samples_under_it(name, expected, tmp_path):
    stacks = {
        0: (6, "runtime.park_m"),
        1: (1, "runtime.gopreempt_m"),
        2: (3, "runtime.goexit0"),
        3: (90, "main"),
    }
    samples = pd.DataFrame(
        {"sample": list(stacks), "kind": "samples", "value": [n for n, _ in stacks.values()]}
    )
    frames = [(s, name) for s, (_, name) in stacks.items()] + [(s, "runtime.mcall") for s in (0, 1, 2)]
    tables = {"STACK_SAMPLES": samples, "FRAMES": pd.DataFrame(frames, columns=["sample", "function"])}
    run = read_run(write_run(tmp_path))
    assert metrics.metric(name).compute(tables, run) == pytest.approx(expected)


def test_connections_are_counted_between_the_first_and_the_last_reading():
    readings = pd.DataFrame({"wall_ns": [START, START + 2 * SECOND], "value": [100.0, 400.0]})
    tables = {"GAUGES": readings.assign(name="net/Tcp.PassiveOpens", unit="1")}
    assert metrics.metric("connections_opened").compute(tables, None) == 150
    with pytest.raises(TooFewValues, match="before and after"):
        metrics.metric("connections_opened").compute({"GAUGES": tables["GAUGES"][:1]}, None)
