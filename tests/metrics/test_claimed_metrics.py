"""What claims ask for beside the usual metrics: set-ups, sockets, events of a trace, counted by hand."""

import json
from pathlib import Path

import pandas as pd
import pytest

from build import write_run
from schedlab import ingest, metrics
from schedlab.errors import TooFewValues
from schedlab.metrics import trace_coverage, trace_requests, trace_series
from schedlab.model import catalog, tables
from schedlab.model.run import read_run

DATA = Path(__file__).parents[2] / "data" / "runs"


def gauges(*rows):
    columns = ["wall_ns", "name", "value", "unit"]
    return {"GAUGES": pd.DataFrame([(*row, "1") for row in rows], columns=columns)}


@pytest.fixture
def run(tmp_path):
    return read_run(write_run(tmp_path))


def compute(name, held, run):
    return metrics.metric(name).compute(held, run)


def test_sockets_are_those_in_use_and_in_time_wait_when_they_are_most(run):
    before = ((1, "net/sockets.TCP_inuse", 3.0), (1, "net/sockets.TCP_tw", 900.0))
    after = ((2, "net/sockets.TCP_inuse", 400.0), (2, "net/sockets.TCP_tw", 700.0))
    assert compute("sockets_most", gauges(*before, *after), run) == 1100
    with pytest.raises(TooFewValues, match="not counted"):
        compute("sockets_most", gauges((1, "net/Tcp.PassiveOpens", 1.0)), run)


def test_goroutines_at_the_end_are_the_runtime_s_count(run):
    assert compute("goroutines_at_end", gauges((0, "/sched/goroutines:goroutines", 73.0)), run) == 73
    with pytest.raises(TooFewValues, match="does not count"):
        compute("goroutines_at_end", gauges(), run)


def test_a_cpu_profile_is_as_long_as_it_says():
    found = metrics.collect(catalog.runs(DATA / "tiny"), ["cpu_profile_time"]).dropna(subset=["value"])
    assert len(found) == 4 and found["value"].between(1.0, 2.0).all(), "the plan of tiny asks for one second"


def test_the_ramp_of_locust_is_its_run_time_less_what_it_counted_at_full_number(tmp_path):
    content = [{
        "name": "/", "method": "GET", "num_requests": 1, "num_none_requests": 0, "num_failures": 0,
        "start_time": 100.0, "last_request_timestamp": 101.5, "total_response_time": 1.0,
        "max_response_time": 1.0, "min_response_time": 1.0, "total_content_length": 0,
        "response_times": {"1": 1}, "num_reqs_per_sec": {"100": 1}, "num_fail_per_sec": {},
    }]  # fmt: skip
    file = {"locust": ("locust.json", "locust-json", json.dumps(content).encode())}
    told = {"locust": {"command": "locust --headless --reset-stats -u 200 -r 50 -t 5s"}}
    run = read_run(write_run(tmp_path, file, id="a", tools=told))
    assert compute("locust_ramp_time", {}, run) == pytest.approx(3.5)
    silent = read_run(write_run(tmp_path, file, id="b", tools={"locust": {"command": "locust -t 5s"}}))
    with pytest.raises(TooFewValues, match="not to count anew"):
        compute("locust_ramp_time", {}, silent)


def spans(*rows):
    """Goroutine, state, reason and beginning; what begins at 0 began before the trace, at 3 it is cut off."""
    names = ["goroutine", "state", "reason", "start_ns"]
    frame = pd.DataFrame(rows, columns=names).assign(whole=[0 < row[3] < 3 for row in rows])
    return {"GOROUTINE_SPANS": frame}


def test_events_of_a_trace_are_those_whose_beginning_it_saw(run):
    held = spans(
        (1, "running", "", 0), (1, "waiting", "sync", 1), (1, "runnable", "sync", 2), (1, "running", "", 3),
        (2, "waiting", "network", 1), (3, "waiting", "sleep", 2),
    )  # fmt: skip
    assert compute("traced_starts", held, run) == 1
    assert compute("traced_other_blocks", held, run) == 2
    lives = {
        "TRACE_GOROUTINES": pd.DataFrame({"created": [True, False, True], "ended": [True, False, False]})
    }
    assert (compute("traced_creations", lives, run), compute("traced_ends", lives, run)) == (2, 1)


@pytest.mark.parametrize("name", ["traced_creations", "traced_starts", "traced_other_blocks", "traced_ends"])
def test_an_empty_trace_holds_no_event(name, run):
    held = {need: tables.table(need).empty() for need in metrics.metric(name).needs}
    assert compute(name, held, run) == 0


def test_what_a_trace_unblocked_is_what_its_events_count():
    run = catalog.runs(DATA / "mechanisms" / "preempt-traced-mechanism-crowded-01")[0]
    held = ingest.reading(run, "trace").tables
    spans, events = held["GOROUTINE_SPANS"], held["TRACE_EVENTS"].set_index("event")["count"]
    seen = trace_coverage.begun(spans) & (spans["reason"] == "unblock")
    assert seen.sum() == events.reindex(["GoUnblock", "GoUnblockLocal"]).sum()


def test_requests_beside_a_stop_are_a_multiple_of_the_others():
    run = catalog.runs(DATA / "echo-2core" / "steady-instrumented-gpr-01")[0]
    p50 = trace_requests.latency_beside(trace_series.tables(run), run).set_index("met")["p50_s"]
    found = metrics.collect([run], ["latency_stop_ratio"])["value"].iloc[0]
    assert found == pytest.approx(p50["stop-the-world"] / p50["none of these"])
