"""Load and stops of mechanism programs: theory against closed forms and a simulation, stops by hand."""

import heapq

import numpy as np
import pandas as pd
import pytest

from build import SECOND, START, write_run
from schedlab.errors import TooFewValues
from schedlab.metrics import mechanism_load, mechanism_stops, metric
from schedlab.model.run import read_run


@pytest.mark.parametrize("load", [0.1, 0.5, 0.7, 0.95])
def test_one_and_two_servers_are_the_textbooks_closed_forms(load):
    """M/M/1: 1 / (1 - load); M/M/2: 1 / (1 - load^2)."""
    assert mechanism_load.mean_sojourn(1, load, 1.0) == pytest.approx(1 / (1 - load))
    assert mechanism_load.mean_sojourn(2, load, 1.0) == pytest.approx(1 / (1 - load**2))


def test_more_servers_agree_with_a_simulated_queue():
    random, servers, load = np.random.default_rng(20240131), 5, 0.8
    arrivals = np.cumsum(random.exponential(1 / (servers * load), 200_000))
    free, sojourn = [0.0] * servers, []
    for at, work in zip(arrivals, random.exponential(1.0, len(arrivals)), strict=True):
        end = max(at, heapq.heappop(free)) + work
        heapq.heappush(free, end)
        sojourn.append(end - at)
    assert mechanism_load.mean_sojourn(servers, load, 1.0) == pytest.approx(np.mean(sojourn), rel=0.03)


def test_a_queue_that_gets_more_than_it_can_do_has_no_expectation():
    with pytest.raises(TooFewValues, match="no steady state"):
        mechanism_load.mean_sojourn(2, 1.02, 1e-4)


def run_of(tmp_path, **changes):
    mode = "-seconds 10 -load 0.5 -service 1ms -policy global"
    settings = {"factors": {"program": "mechanisms/queues", "mode": mode}, "gomaxprocs": 2, **changes}
    return read_run(write_run(tmp_path, **settings))


def gauges(**values):
    return {"GAUGES": pd.DataFrame({"wall_ns": 0, "name": list(values), "value": list(values.values())})}


def test_achieved_load_is_the_programs_own_count_of_its_cpu_time(tmp_path):
    """10 000 tasks of 1.2 ms in 10 s are 1.2 cores of two: 60 %, where 50 % were meant."""
    run, tables = run_of(tmp_path), gauges(tasks=10_000.0, cpu_per_task=1.2e-3, sojourn_mean=3e-3)
    assert metric("stated_load").compute(tables, run) == 0.5
    assert metric("cores_used").compute(tables, run) == pytest.approx(1.2)
    assert metric("utilisation").compute(tables, run) == pytest.approx(0.6)
    assert metric("sojourn_at_stated").compute(tables, run) == pytest.approx(1e-3 / (1 - 0.5**2))
    assert metric("sojourn_at_achieved").compute(tables, run) == pytest.approx(1.2e-3 / (1 - 0.6**2))
    assert metric("sojourn_over_stated").compute(tables, run) == pytest.approx(3 * (1 - 0.5**2))
    assert metric("sojourn_over_achieved").compute(tables, run) == pytest.approx(3 * (1 - 0.6**2) / 1.2)


def test_older_reports_without_cpu_time_fall_back_on_what_the_harness_counted(tmp_path):
    clock = {"start": {"wall_ns": START}, "end": {"wall_ns": START + 11 * SECOND}}
    run = run_of(tmp_path, clock=clock, measured={"server_cpu_share": 0.5}, host={"label": "x", "cores": 2})
    assert metric("cores_used").compute(gauges(sojourn_mean=1e-3), run) == pytest.approx(1.1)


def test_the_mean_of_all_tasks_weighs_urgent_and_other_ones_by_their_number(tmp_path):
    tables = gauges(urgent_n=1.0, rest_n=3.0, urgent_mean=0.004, rest_mean=0.008)
    assert metric("sojourn_all_mean").compute(tables, run_of(tmp_path)) == pytest.approx(0.007)


def test_a_program_that_states_no_load_has_no_theory(tmp_path):
    run = run_of(tmp_path, factors={"program": "mechanisms/netpoll", "mode": ""})
    with pytest.raises(TooFewValues, match="netpoll states no load"):
        metric("sojourn_at_stated").compute(gauges(), run)


def cycles(count):
    """Stops of 1 and 3 ms around each marking."""
    at = START + np.arange(1, count + 1) * (SECOND // 1000)
    return {"GC_CYCLES": pd.DataFrame({"wall_ns": at, "sweep_term_s": 0.001, "mark_term_s": 0.003})}


def test_the_two_stops_of_a_cycle_count_apart_and_are_never_summed(tmp_path):
    run = run_of(tmp_path)
    assert metric("gc_one_stop_mean").compute(cycles(5), run) == pytest.approx(0.002)
    assert metric("gc_one_stop_max").compute(cycles(5), run) == 0.003
    assert metric("gc_one_stop_p99").compute(cycles(200), run) == pytest.approx(0.003)


def test_few_stops_have_no_percentile_and_none_at_all_no_number(tmp_path):
    run = run_of(tmp_path)
    with pytest.raises(TooFewValues, match="needs 368 stops"):
        metric("gc_one_stop_p99").compute(cycles(5), run)
    with pytest.raises(TooFewValues, match="no GC cycle"):
        mechanism_stops.stops(cycles(0), run)
