"""Differences by function: chains, requests, heaps, what could have been seen; by hand and by scipy."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from schedlab.ingest.stack_tables import Frame, profile
from schedlab.profiles.diff import Arm, class_differences, diff, effective_n

TYPES = (("samples", "count"),)
STACKS = [["main.c", "main.b", "main.a"], ["main.d", "main.a"], ["main.e"]]


def run(*counts):
    """One run's CPU profile: so many samples of a>b>c, a>d and e."""
    stacks = [[Frame(name) for name in stack] for stack in STACKS]
    return profile(stacks, TYPES, [[n] for n in counts], {"period": 10_000_000})


def test_functions_that_are_copies_of_one_call_chain_are_one_hypothesis():
    """c is only ever called by b: the two are near-copies; a is not, since d shares it."""
    table = diff(Arm("x", (run(50, 20, 30),)), Arm("y", (run(70, 10, 20),))).table.set_index("name")
    assert table.loc["main.b", "chain"] == table.loc["main.c", "chain"]
    assert table.loc["main.a", "chain"] == "main.a"
    assert table.loc["main.b", "q"] == table.loc["main.c", "q"]


def test_shares_and_differences_are_those_counted_by_hand():
    table = diff(Arm("x", (run(50, 20, 30),)), Arm("y", (run(70, 10, 20),))).table.set_index("name")
    assert table.loc["main.a", ["baseline", "treated"]].tolist() == [0.7, 0.8]
    assert table.loc["main.e", "difference"] == pytest.approx(-0.1)
    assert table.loc["main.a", "samples"] == 150


def test_what_is_unchanged_per_request_is_unchanged_though_its_share_rises():
    """Half of e's cost went away; a costs the same per request, and its share rises all the same."""
    found = diff(Arm("x", (run(50, 0, 50),), (100.0,)), Arm("y", (run(50, 0, 25),), (100.0,)))
    row = found.table.set_index("name").loc["main.a"]
    assert row["difference"] > 0.15
    assert row["per_request_ratio"] == 1
    assert row["per_request_lo"] < 1 < row["per_request_hi"]


def test_costs_per_request_over_runs_are_welchs_on_logs_as_scipy_has_it():
    random = np.random.default_rng(5)
    one, other = (random.poisson((60, 20, 30), (5, 3)) for _ in range(2))
    requests = random.uniform(900, 1100, (2, 5))
    arms = [
        Arm(name, tuple(run(*c) for c in counts), tuple(served))
        for name, counts, served in zip("xy", (one, other), requests, strict=True)
    ]
    row = diff(*arms).table.set_index("name").loc["main.e"]
    logs = np.log(np.array([one[:, 2], other[:, 2]]) / requests)
    wanted = stats.ttest_ind(logs[1], logs[0], equal_var=False).confidence_interval(0.95)
    assert np.log([row["per_request_lo"], row["per_request_hi"]]) == pytest.approx([wanted.low, wanted.high])


def test_a_heap_of_equal_objects_is_worth_as_many_samples_as_were_taken():
    """Objects far larger than the sampling period are all sampled: ten of them are ten samples."""
    kinds = (("inuse_objects", "count"), ("inuse_space", "bytes"))
    made = profile([[Frame("main.a")]], kinds, [[10, 10 << 30]], {"period": 1})
    labels = {"sample": [0], "key": ["bytes"], "text": [""], "number": [1 << 30], "unit": [""]}
    labelled = replace(made, labels=pd.DataFrame(labels))
    assert effective_n(labelled, "inuse_space") == pytest.approx(10)


def test_what_could_have_been_seen_follows_from_samples_and_dispersion():
    """Two arms of 1000 samples, a share of 10 %: 2.80 standard errors of 1.34 points."""
    found = diff(Arm("x", (run(500, 200, 300),)), Arm("y", (run(500, 200, 300),)))
    assert found.detectable(0.1) == pytest.approx(0.0376, abs=1e-4)
    assert found.power(0.1, [found.detectable(0.1)])["power_share"].iloc[0] == pytest.approx(0.8, abs=1e-3)
    assert found.power(0.1, [0.0])["power_share"].iloc[0] == pytest.approx(0.05)


def test_nothing_differs_between_an_arm_and_itself():
    arm = Arm("x", tuple(run(50 + i, 20, 30) for i in range(5)))
    found = diff(arm, arm)
    assert (found.table["difference"] == 0).all() and not found.table["beyond_noise"].any()


def test_profiles_without_a_stack_differ_in_nothing():
    """As mutex profiles are of servers in which nobody ever waited for a lock."""
    idle = profile([], TYPES, np.empty((0, 1)), {"period": 10_000_000})
    arms = Arm("x", (idle, idle)), Arm("y", (idle,))
    assert diff(*arms).table.empty and class_differences(*arms).empty


def test_a_run_without_a_stack_is_a_run_all_the_same():
    """The last run of an arm is where it was once forgotten."""
    idle = profile([], TYPES, np.empty((0, 1)), {"period": 10_000_000})
    found = diff(Arm("x", (run(50, 20, 30),)), Arm("y", (run(70, 10, 20), idle)))
    assert found.runs == (1, 2)
    shares = found.table.set_index("name").loc["main.a", ["baseline", "treated"]]
    assert shares.tolist() == pytest.approx([0.7, 0.8])
