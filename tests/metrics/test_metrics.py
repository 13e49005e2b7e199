"""Every metric on a tiny run counted by hand, on empty tables, and in base units."""

import numpy as np
import pandas as pd
import pytest

from build import SECOND, START, write_run
from schedlab import metrics
from schedlab.errors import TooFewValues, UnknownName
from schedlab.model import tables
from schedlab.model.run import read_run
from schedlab.units import SCALES


def filled(schema, rows):
    """Rows of a table as dicts; columns not mentioned are zero, empty or False."""
    blank = {"int64": 0, "int32": 0, "float64": 0.0, "str": "", "bool": False, "category": ""}
    default = {name: blank[kind] for name, kind, _ in schema.columns}
    full = [default | row for row in rows]
    return schema.frame({name: [row[name] for row in full] for name in default})


def request(at_s, latency_s, ok=True, late_s=0.0):
    intended = START + int(at_s * SECOND)
    end = intended + int(latency_s * SECOND)
    sent = intended + int(late_s * SECOND)
    return {
        "intended_ns": intended, "sent_ns": sent, "end_ns": end, "latency_s": latency_s,
        "service_s": latency_s - late_s, "status": 200 if ok else 500, "ok": ok,
    }  # fmt: skip


#: ten seconds; one request before the window, one after it, one failed, one late, five plain ones
REQUESTS = filled(
    tables.REQUESTS,
    [
        request(-1, 0.1), request(0, 1.0), request(1, 2.0), request(2, 3.0), request(3, 4.0),
        request(4, 0.5, ok=False), request(5, 0.25, late_s=0.002), request(6, 0.75), request(10, 0.1),
    ],
)  # fmt: skip

#: two counted snapshots of two procs, one start-up print and one damaged line
SNAPSHOTS = filled(
    tables.SCHED_SNAPSHOTS,
    [
        {"snapshot": 0, "wall_ns": START, "gomaxprocs": 2, "idleprocs": 2, "threads": 99},
        {"snapshot": 1, "wall_ns": START + SECOND, "since_first_s": 1.0, "gomaxprocs": 2, "idleprocs": 1,
         "threads": 6, "spinningthreads": 1, "idlethreads": 3, "runqueue": 2, "detail": True},
        {"snapshot": 2, "wall_ns": START + 2 * SECOND, "since_first_s": 2.0, "gomaxprocs": 2, "idleprocs": 0,
         "threads": 8, "spinningthreads": 0, "idlethreads": 3, "runqueue": 0, "detail": True},
        {"snapshot": 3, "wall_ns": START + 3 * SECOND, "since_first_s": 3.0, "gomaxprocs": 2, "idleprocs": 2,
         "threads": 99, "damaged": True},
    ],
)  # fmt: skip
PROCS = filled(
    tables.SCHED_PROCS,
    [
        {"snapshot": 1, "proc": 0, "thread": 3, "runqsize": 3},
        {"snapshot": 1, "proc": 1, "thread": -1, "runqsize": 1},
        {"snapshot": 2, "proc": 0, "thread": 5, "runqsize": 0},
        {"snapshot": 2, "proc": 1, "thread": 3, "runqsize": 0},
    ],
)  # fmt: skip
GOROUTINES = filled(
    tables.SCHED_GOROUTINES,
    [{"snapshot": s, "goroutine": i, "status": g} for s in (1, 2) for i, g in enumerate((1, 2, 4, 4, 6))]
    + [{"snapshot": 2, "goroutine": 9, "status": 1}],
)
CYCLES = filled(
    tables.GC_CYCLES,
    [
        {"wall_ns": START - 1, "sweep_term_s": 9.0},
        {"wall_ns": START + 1, "sweep_term_s": 1e-3, "mark_term_s": 2e-3, "assist_cpu_s": 1.0,
         "background_cpu_s": 2.0},
        {"wall_ns": START + 2, "sweep_term_s": 2e-3, "mark_term_s": 5e-3, "idle_cpu_s": 1.0},
    ],
)  # fmt: skip
SERIES = filled(
    tables.LOAD_SERIES,
    [{"start_ns": START + i * SECOND, "duration_s": 1.0, "requests": r} for i, r in enumerate((5.0, 7.0))],
)
TABLES = {
    "REQUESTS": REQUESTS, "LOAD_SERIES": SERIES, "SCHED_SNAPSHOTS": SNAPSHOTS, "SCHED_PROCS": PROCS,
    "SCHED_GOROUTINES": GOROUTINES, "GC_CYCLES": CYCLES,
}  # fmt: skip

BY_HAND = {
    "throughput": 6 / 10,  # ended inside: latencies 1, 2, 3, 4, .25 and .75; the last one ends outside
    "error_rate": 1 / 7,
    "late_sends": 1 / 7,
    "latency_mean": (1 + 2 + 3 + 4 + 0.25 + 0.75) / 6,
    "latency_p50": 1.5,
    "idle_procs": 0.25,
    "threads_per_proc": 1.5,
    "snapshot_period": 1.0,
    "run_queue_length": (2 + 4 + 0) / 2,
    "global_queue_share": 2 / 6,
    "run_queue_imbalance": 3 / 2,
    "threads": 7.0,
    "spinning_threads": 0.5,
    "threads_without_proc": ((6 - 3 - 1) + (8 - 3 - 2)) / 2,
    "goroutines": (4 + 5) / 2,
    "goroutines_runnable": 1.5,
    "goroutines_waiting": 2.0,
    "goroutines_dead": 1.0,
    "gc_cycles": 0.2,
    "gc_pause_mean": 5e-3,
    "gc_pause_max": 7e-3,
    "gc_assist_share": 0.25,
}


@pytest.fixture
def run(tmp_path):
    return read_run(write_run(tmp_path))


@pytest.mark.parametrize("name", BY_HAND)
def test_a_tiny_run_counted_by_hand(name, run):
    assert metrics.metric(name).compute(TABLES, run) == pytest.approx(BY_HAND[name], rel=1e-9)


OURS = [m for m in metrics.METRICS if set(m.needs) <= set(TABLES)]


@pytest.mark.parametrize("metric", OURS, ids=lambda m: m.name)
def test_empty_tables_give_no_number_or_zero_never_a_traceback(metric, run):
    empty = {name: tables.table(name).empty() for name in metric.needs}
    try:
        value = metric.compute(empty, run)
    except TooFewValues:
        return
    assert np.isnan(value) or (metric.unit == "1/s" and value == 0)


@pytest.mark.parametrize("metric", metrics.METRICS, ids=lambda m: m.name)
def test_metrics_speak_base_units_and_say_what_is_better(metric):
    assert metric.unit in {*SCALES, "frames"}
    assert metric.better in ("higher", "lower", "neither")
    assert metric.about


def test_names_are_unique_and_unknown_ones_are_refused():
    names = [m.name for m in metrics.METRICS]
    assert len(names) == len(set(names))
    with pytest.raises(UnknownName, match="latency_p42"):
        metrics.metric("latency_p42")


def test_throughput_without_a_request_log_is_the_client_s_count():
    by_second = metrics.metric("throughput").otherwise
    assert by_second.compute(TABLES, None) == (5 + 7) / 2


def test_without_a_request_log_a_quantile_is_read_off_the_clients_histogram(run):
    values = np.sort(np.random.default_rng(1).lognormal(-7, 0.5, 5_000))
    edges = np.exp(np.arange(np.log(values[0]), np.log(values[-1]) + 1 / 64, 1 / 64))
    counts = np.histogram(values, edges)[0]
    rows = [
        {"kind": "as measured", "lo_s": lo, "hi_s": hi, "count": float(n)}
        for lo, hi, n in zip(edges, edges[1:], counts, strict=False)
        if n
    ]
    bins = {"LATENCY_BINS": filled(tables.LATENCY_BINS, rows)}
    for name, q in (("latency_p50", 0.5), ("latency_p99", 0.99)):
        found = metrics.metric(name).otherwise.compute(bins, run)
        assert found == pytest.approx(np.quantile(values, q), rel=1 / 64)


def test_cpu_per_request_is_the_servers_core_seconds_over_its_good_answers(tmp_path):
    host, measured = {"label": "by hand", "cores": 4}, {"server_cpu_share": 0.25, "ok": 5_000}
    run = read_run(write_run(tmp_path, host=host, measured=measured))
    assert metrics.metric("cpu_per_request").compute({}, run) == pytest.approx(0.25 * 4 * 10 / 5_000)


def test_a_quantile_that_the_run_cannot_bound_is_refused(run):
    with pytest.raises(TooFewValues, match="needs 368 requests, the run has 6"):
        metrics.metric("latency_p99").compute(TABLES, run)


def test_a_run_without_the_artifact_gives_a_reason_not_a_number(run):
    found = metrics.collect([run], ["throughput"])
    assert np.isnan(found["value"].iloc[0])
    assert found["missing_because"].iloc[0]
    assert isinstance(found, pd.DataFrame)


def test_a_run_whose_schedule_was_not_kept_is_left_out_with_the_reason(tmp_path):
    late = read_run(write_run(tmp_path, measured={"kept_schedule": False, "achieved_rate": 5.0}))
    found = metrics.collect([late], ["throughput", "goroutines"])
    assert found["value"].isna().all()
    assert set(found["missing_because"]) == {"the load client could not keep the schedule of this run"}


def test_any_quantile_of_the_latency_is_a_metric_when_asked_for(run):
    found = metrics.metric("latency_q0.5")
    assert found.compute(TABLES, run) == BY_HAND["latency_p50"] and found.unit == "s"
    with pytest.raises(TooFewValues, match="needs 72 requests, the run has 6"):
        metrics.metric("latency_q0.05").compute(TABLES, run)
    for name in ("latency_q1.5", "latency_q0", "latency_q"):
        with pytest.raises(UnknownName):
            metrics.metric(name)


@pytest.mark.parametrize(
    ("measured", "refused", "says"),
    [
        ({"late_wakeups_share": 0.0009, "late_sends_share": 0.0009}, (), ""),
        ({"late_wakeups_share": 0.002, "late_sends_share": 0.002}, ("latency_p99",), "woke late"),
        (
            {"late_wakeups_share": 0.0, "late_sends_share": 0.11},
            ("latency_p50", "latency_p99"),
            "fell behind",
        ),
    ],
)
def test_a_quantile_that_the_client_or_an_overload_made_is_not_given(tmp_path, measured, refused, says):
    """By hand: 0.2 % of sends is over a tenth of the 1 % beyond p99, and below a tenth of the half."""
    run = read_run(write_run(tmp_path, measured=measured, factors={"loop": "open"}))
    requests = filled(tables.REQUESTS, [request(k / 100, 0.001 + k / 1e5) for k in range(900)])
    for name in ("latency_p50", "latency_p99"):
        if name in refused:
            with pytest.raises(TooFewValues, match=says):
                metrics.metric(name).compute({"REQUESTS": requests}, run)
        else:
            assert metrics.metric(name).compute({"REQUESTS": requests}, run) > 0


def test_the_tail_from_the_send_leaves_the_client_s_lateness_out(tmp_path):
    run = read_run(write_run(tmp_path))
    requests = filled(tables.REQUESTS, [request(k / 100, 0.003, late_s=0.002) for k in range(900)])
    assert metrics.metric("service_p99").compute({"REQUESTS": requests}, run) == pytest.approx(0.001)
