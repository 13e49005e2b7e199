"""The honesty audit, on real files whose faults are known from how they were made, and on a known server."""

from dataclasses import replace

import freezing
import golden_files as golden
import numpy as np
import pytest

from schedlab import ingest
from schedlab.errors import TooFewValues
from schedlab.ingest.audit import Plan, audit, together
from schedlab.ingest.audit_omission import most_in_flight
from schedlab.ingest.repair import fill, repaired

USERS, EACH_PER_S = 20, 50.0
PLAN = Plan(connections=USERS, rate_per_s=USERS * EACH_PER_S)


def read(format: str, name: str):
    return ingest.read(golden.folder(format) / name)


def rows(found, plan=None) -> dict:
    return {row.check: row for row in audit(found, plan).itertuples()}


def doubts(format: str, name: str, plan=None) -> set[str]:
    return {check for check, row in rows(read(format, name), plan).items() if row.doubt}


def test_wrks_filling_is_seen_by_littles_law():
    assert doubts("wrk", "echo.txt") >= {"Little's ratio", "closed loop", "quantiles only"}


def test_a_waiting_client_of_constant_rate_is_not_taken_for_filled():
    assert "Little's ratio" not in doubts("wrk2", "readme-uncorrected.txt")


def test_a_closed_loop_whose_connections_are_always_busy_measures_capacity():
    row = rows(read("h2load", "timed.txt"))["Little's ratio"]
    assert row.doubt and "capacity" in row.says and row.value == pytest.approx(107e-6 * 37217 / 4)


def test_a_frozen_server_shows_in_vegetas_requests_and_the_loop_is_open():
    assert doubts("vegeta-gob", "freeze.gob") <= {"max / median", "longest silence"}


@pytest.mark.parametrize("format, name", [("k6-points", "freeze.ndjson.gz"), ("k6-export", "freeze.json")])
def test_k6s_dropped_arrivals_are_a_doubt(format, name):
    assert "dropped arrivals" in doubts(format, name)


def test_our_own_clients_log_has_no_coarse_values_and_no_cap():
    found = doubts("schedlab-requests", "echo.csv.gz")
    assert not found & {"distinct values", "cap", "closed loop"}


@pytest.mark.parametrize("late, doubt", [(0, False), (9, False), (11, True), (500, True)])
def test_sends_over_a_millisecond_late_are_counted_and_doubted_from_one_in_a_hundred(late, doubt):
    found = read("schedlab-requests", "echo.csv.gz")
    requests = found.tables["REQUESTS"].sample(1000, replace=True, random_state=20240131)
    lag = np.where(np.arange(1000) < late, 1_000_001, 1_000_000)
    requests = requests.assign(intended_ns=requests["sent_ns"] - lag)
    row = rows(replace(found, tables={"REQUESTS": requests}))["late sends"]
    assert (row.value, row.doubt) == (late / 1000, doubt)
    assert ("latency from the intended start is the honest one" in row.says) == doubt


def test_what_is_cut_off_at_the_end_is_said():
    assert rows(read("oha-json", "freeze.json"))["in flight at the end"].value == 2
    assert "in flight at the end" in doubts("h2load", "timed.txt")
    assert "in flight at the end" not in doubts("h2load", "echo.txt")
    assert "last seconds" in doubts("locust-stats", "freeze.csv")


def test_values_coarser_than_what_they_measure_are_a_doubt():
    assert "step / median" in doubts("locust-json", "echo.json")
    assert "step / median" in doubts("ab", "errors.txt") | doubts("fortio", "default.json")
    assert "step / median" not in doubts("wrk-json", "freeze.json.gz")


@pytest.mark.parametrize("format", ("hey-csv", "ghz-json"))
def test_a_million_requests_are_a_cap_where_the_tool_stops_there(format):
    found = read(format, "freeze.csv" if format == "hey-csv" else "health.json")
    assert not rows(found)["cap"].doubt
    found.facts["requests"] = 1_000_000
    assert rows(found)["cap"].doubt


def test_a_saturated_locust_process_is_named():
    found = read("locust-json", "freeze.json")
    assert not rows(found)["Locust's own rate"].doubt
    for endpoint in found.facts["endpoints"]:
        endpoint["requests"] *= 100
    assert rows(found)["Locust's own rate"].doubt


def test_files_that_define_latency_otherwise_are_kept_off_one_axis():
    found = {"wrk": read("wrk", "echo.txt"), "locust": read("locust-json", "freeze.json")}
    shown = together(found).set_index("check")
    assert shown.loc["one clock", "doubt"] and not shown.loc["one loop", "doubt"]
    assert "excluded: wrk" in shown.loc["one clock", "says"]


def test_what_locusts_csv_lost_is_counted_against_its_json():
    shown = together({"csv": read("locust-stats", "freeze.csv"), "json": read("locust-json", "freeze.json")})
    lost = shown.set_index("check").loc["lost by Locust's CSV"]
    assert lost["doubt"] and lost["value"] == pytest.approx(1 - 272 / 330)


def test_other_formats_have_nothing_to_audit():
    assert audit(read("runtime-metrics", "dump.json")).empty


LOOPS = {
    "drops": freezing.closed(USERS, EACH_PER_S, 20.0, catches_up=False),
    "catches up": freezing.closed(USERS, EACH_PER_S, 20.0, catches_up=True),
    "open": freezing.open_loop(PLAN.rate_per_s, 20.0),
}


def test_the_five_tests_tell_three_testers_of_one_frozen_server_apart():
    drops, catches, free = (rows(LOOPS[name], PLAN) for name in LOOPS)
    assert (
        drops["sent / planned"].doubt
        and not catches["sent / planned"].doubt
        and not free["sent / planned"].doubt
    )
    assert catches["send lag"].doubt and not free["send lag"].doubt
    assert drops["closed loop"].doubt and not free["closed loop"].doubt
    assert drops["max / median"].doubt and "a stall" in drops["max / median"].says
    assert all(found["longest silence"].doubt for found in (drops, catches, free))


def test_independent_slow_requests_are_not_taken_for_a_stall():
    rng = np.random.default_rng(20240131)
    sent = np.sort(rng.uniform(0, 20, 20_000))
    took = np.where(rng.random(20_000) < 0.01, 0.05 * rng.exponential(size=20_000) + 0.2, 1e-3)
    found = rows(freezing.reading(np.column_stack([sent, sent + took]), "open"))
    assert "one by one" in found["max / median"].says and not found["longest silence"].doubt


def test_in_flight_counts_overlapping_requests():
    assert most_in_flight(np.array([0, 1, 2, 10]), np.array([5, 3, 9, 11])) == 3


@pytest.mark.parametrize("name", ("drops", "catches up"))
def test_the_repair_comes_within_one_interval_of_the_truth_and_what_was_measured_does_not(name):
    table = repaired(LOOPS[name], PLAN).set_index("kind")
    interval_s = USERS / PLAN.rate_per_s
    assert list(table.index) == ["as measured", "corrected"]
    for column, truth in freezing.TRUTH.items():
        assert table.loc["corrected", column] == pytest.approx(truth, abs=interval_s + freezing.SERVICE_S)
    assert table.loc["as measured", "p95_s"] < 0.02  # a closed loop that sees 300 ms as a few
    assert ("schedule" in table.loc["corrected", "says"]) == (name == "catches up")


def test_an_open_loop_needs_no_repair_and_gets_none():
    table = repaired(LOOPS["open"], PLAN)
    assert table["kind"].tolist() == ["as measured"]
    assert table["p90_s"][0] == pytest.approx(freezing.TRUTH["p90_s"], abs=2e-3)


def test_a_closed_loop_without_a_plan_is_shown_as_a_band():
    table = repaired(LOOPS["drops"], Plan(connections=USERS))
    assert "the truth lies between" in table["says"][1] and table["p95_s"][1] > table["p95_s"][0]


def test_filling_adds_what_hdrhistogram_adds():
    values, counts = fill(np.array([0.4, 0.0005]), np.ones(2), 1e-3)
    assert len(values) == counts.sum() == 401  # 1200 of the Java log's third interval are 800 + 400
    assert sorted(values)[1] == pytest.approx(1e-3)


def test_filling_that_would_never_end_is_refused():
    with pytest.raises(TooFewValues, match="too short"):
        fill(np.array([3600.0]), np.ones(1), 1e-6)


@pytest.mark.parametrize("format, name", [("wrk", "echo.txt"), ("h2load", "timed.txt"), ("ab", "echo.txt")])
def test_quantiles_alone_are_not_repaired(format, name):
    with pytest.raises(TooFewValues, match=r"the file carries (quantiles|means) only"):
        repaired(read(format, name), PLAN)


def test_wrks_dump_is_unfilled_before_it_is_repaired():
    table = repaired(read("wrk-json", "freeze.json.gz"), Plan(connections=4)).set_index("kind")
    assert table.loc["as measured", "n"] == read("wrk-json", "freeze.json.gz").facts["requests"]
