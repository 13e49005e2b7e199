"""Designs that cannot answer are refused, doubtful ones flagged; many comparisons fool nobody."""

import math
from dataclasses import replace

import numpy as np
import pytest

from build import raw_run, write_run
from schedlab.errors import UnknownName
from schedlab.model import catalog
from schedlab.model.results import Comparison
from schedlab.stats import design, multiplicity

HOST = {"label": "hand-made test data"}


@pytest.fixture
def runs(tmp_path):
    """Builds runs from (arm, changes) in the order of capture, four of each arm unless told otherwise."""

    def build(order="ABBAABBA", a=None, b=None):
        for position, letter in enumerate(order, 1):
            arm, changes = ("gpr", a) if letter == "A" else ("pool", b)
            write_run(tmp_path, id=f"{arm}-{position}", arm=arm, order=position, **(changes or {}))
        return catalog.runs(tmp_path)

    return build


def levels(runs, metric="latency_p99"):
    return {doubt.level: doubt.text for doubt in design.check(runs, "gpr", "pool", metric)}


def test_interleaved_equal_runs_raise_no_doubt(runs):
    assert design.check(runs(), "gpr", "pool", "latency_p99") == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"gomaxprocs": 4}, "unequal GOMAXPROCS: 2 against 4"),
        ({"factors": {"rate_per_s": 200}}, "unequal offered rate: 100/s and 200/s"),
        ({"scenario": "other"}, "scenario is steady against other"),
        ({"capture": "instrumented"}, "capture is quiet against instrumented"),
        ({"factors": {"rate_per_s": 100, "loop": "closed"}}, None),
        ({"clock": {"latency_from": "sent"}}, "different instants: none against sent"),
    ],
)
def test_a_difference_of_something_else_than_the_arm_is_refused(runs, changes, says):
    found = runs(b=changes)
    if says is None:  # the baseline names no loop: nothing to contradict, but closed loops are flagged
        assert "closed-loop latency" in levels(found)["caveat"]
        return
    assert says in levels(found)["refusal"]
    with pytest.raises(design.DesignError, match="pool against gpr"):
        design.caveats(found, "gpr", "pool", "latency_p99")


def test_blocks_whose_runs_lie_far_apart_are_said(runs):
    found = runs(b={"block": 1, "started_at": "2026-01-01T00:40:00+00:00"}, a={"block": 1})
    assert "1 of 1 blocks span more than 10 minutes" in levels(found)["caveat"]


def test_open_and_closed_loops_do_not_mix(runs):
    found = runs(a={"factors": {"loop": "open"}}, b={"factors": {"loop": "closed"}})
    assert "mixed" in levels(found)["refusal"]


def test_closed_loop_latency_needs_equal_throughput_and_throughput_does_not(runs):
    closed = {"factors": {"loop": "closed"}}
    slow, fast = {"measured": {"achieved_rate": 900.0}}, {"measured": {"achieved_rate": 1000.0}}
    found = runs(a=closed | slow, b=closed | fast)
    assert "different throughputs (900/s and 1000/s)" in levels(found)["caveat"]
    assert levels(found, "throughput") == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"go_version": "go1.26"}, "go_version differs between the arms"),
        ({"factors": {"rate_per_s": 100, "body_bytes": 10}}, "factor body_bytes differs"),
        ({"measured": {"client_cpu_share": 0.97}}, "the load client was saturated in 4 runs"),
        ({"measured": {"late_sends_share": 0.2}}, "sent late"),
        ({"measured": {"foreign_cpu_share": 0.3}}, "other processes used the CPU"),
        ({"measured": {"kept_schedule": False}}, "4 runs left out (pool-2, pool-3, pool-6): the load client"),
        ({"factors": {"rate_per_s": 100, "protocol": "grpc"}}, "factor protocol differs"),
        ({"godebug": "gctrace=1"}, "godebug differs between the arms"),
        ({"host": {"label": "elsewhere"}}, "different hosts"),
    ],
)
def test_a_doubtful_design_is_flagged_and_travels_with_the_result(runs, changes, says):
    found = runs(b=changes)
    assert any(says in text for text in design.caveats(found, "gpr", "pool", "latency_p99"))


def test_what_makes_the_arm_and_the_seed_of_the_schedule_are_no_hidden_factors(runs):
    own = {"factors": {"rate_per_s": 100, "program": "web", "mode": "-x", "seed": 7}}
    assert design.caveats(runs(b=own), "gpr", "pool", "latency_p99") == ()


def test_one_arm_after_the_other_is_flagged(runs):
    assert "not interleaved" in levels(runs("AAAABBBB"))["caveat"]


def test_a_factor_that_varies_within_the_arms_is_flagged(tmp_path):
    for position in range(1, 9):
        arm, level = ("gpr", "pool")[position % 2], position // 3
        factors = {"rate_per_s": 100, "connections": level}
        write_run(tmp_path, id=f"r{position}", arm=arm, order=position, factors=factors)
    doubts = design.check(catalog.runs(tmp_path), "gpr", "pool")
    assert any("factor connections" in doubt.text for doubt in doubts)


def test_the_raw_run_of_the_tests_is_of_the_house():
    assert raw_run()["host"]["label"] == HOST["label"]


SLOWER = Comparison("m", "s", "a", "b", 1.1, 1.02, 1.2, 0.95, 5, 5, "t", "slower", 1.1, 0.03)


def test_holm_takes_back_a_direction_that_does_not_survive_the_family():
    family = [SLOWER, replace(SLOWER, p_value=0.2, verdict="cannot tell"), replace(SLOWER, p_value=0.001)]
    found = multiplicity.correct(family, "holm")
    assert [c.verdict for c in found] == ["cannot tell", "cannot tell", "slower"]
    assert "not among 3 comparisons" in found[0].warnings[0] and found[0].family == "holm over 3"


def test_a_missing_p_counts_as_one_as_r_adjusts_it_and_stays_missing():
    adjusted = multiplicity.adjust([math.nan, 0.04, 0.01], "bh")
    np.testing.assert_allclose(adjusted[1:], [0.06, 0.03])  # R: p.adjust(c(1, 0.04, 0.01), "BH")
    assert math.isnan(adjusted[0])


def test_an_unknown_correction_is_refused():
    with pytest.raises(UnknownName, match="bonferroni"):
        multiplicity.adjust([0.1], "bonferroni")
