"""Load tools are held against ours on the same arm and rate; every ratio here was counted by hand."""

from pathlib import Path

import pandas as pd
import pytest

from build import write_run
from schedlab.metrics import agreement
from schedlab.metrics.instruments import COLUMNS
from schedlab.model import catalog
from schedlab.model.run import read_run

INSTRUMENTS = Path(__file__).parents[2] / "data" / "runs" / "instruments"


def row(arm, tool, run, p50, p99):
    return (arm, "steady", tool, "open", "send", run, 1000.0, p50, p99, 3000, 1)


@pytest.fixture
def two_arms(monkeypatch):
    """ours in two runs of arm a (medians 2 and 10 ms), vegeta and Locust in one each; arm b by ours alone."""
    rows = [row("a", "ours", "r1", 1e-3, 8e-3), row("a", "ours", "r2", 3e-3, 12e-3)]
    rows += [row("a", "vegeta", "r3", 2.1e-3, 9.5e-3), row("a", "Locust", "r4", 6e-3, 5e-3)]
    rows += [row("b", "ours", "r5", 1e-3, 1e-3)]
    monkeypatch.setattr(agreement, "compare", lambda _: pd.DataFrame(rows, columns=list(COLUMNS)))
    return agreement.agreement([]).set_index("instrument")


def test_medians_ratios_and_sums_counted_by_hand(two_arms):
    assert set(two_arms["arm"]) == {"a"}, "an arm that one tool alone has loaded says nothing"
    assert two_arms.loc["ours", ["runs", "p50_s", "p99_s", "errors"]].tolist() == [2, 2e-3, 10e-3, 2]
    assert two_arms.loc["vegeta", "p50_of_ours"] == pytest.approx(1.05)
    assert two_arms.loc["Locust", ["p50_of_ours", "p99_of_ours"]].tolist() == pytest.approx([3.0, 0.5])


def test_the_sentence_names_the_sizes_and_a_table_what_the_tools_do_otherwise(two_arms):
    assert two_arms.loc["vegeta", "says"] == "agrees with ours: p50 and p99 within a factor of 1.1"
    assert two_arms.loc["Locust", "says"] == "p50 is 3 times ours and p99 is 0.5 times ours"
    otherwise = agreement.otherwise(two_arms.reset_index()).set_index("instrument")["otherwise"]
    assert set(otherwise.index) == {"vegeta", "Locust"} and "one Python process" in otherwise["Locust"]


def test_closed_loops_pulses_and_short_connections_are_not_held_against_each_other(tmp_path):
    plain = {"rate_per_s": 100.0}
    others = (
        {"rate_per_s": 0.0},
        plain | {"pulse_rate_per_s": 5.0},
        plain | {"connection_per_request": True},
    )
    runs = [read_run(write_run(tmp_path, id=f"r{i}", factors=f)) for i, f in enumerate((plain, *others))]
    assert [agreement._plain(run) for run in runs] == [True, False, False, False]


@pytest.mark.skipif(not INSTRUMENTS.is_dir(), reason="this checkout has no such captures")
def test_every_arm_of_the_captures_has_every_tool_that_speaks_its_protocol():
    found = agreement.agreement(catalog.runs(INSTRUMENTS))
    http = {"ours", "wrk, correction undone", "wrk, as printed", "vegeta", "Locust"}
    for arm, tools in found.groupby("arm")["instrument"]:
        assert set(tools) == ({"ours", "ghz"} if arm.startswith("grpc") else http), arm
    assert found["says"].str.len().gt(10).all() and found["p99_of_ours"].notna().all()
