"""The first page's own numbers, against sums done by hand and against the binomial law."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from schedlab.claims import front

PAIRS = [("plain", "pool"), ("plain", "router"), ("plain", "late")]


def runs(**arms):
    rows = [(arm, block, value) for arm, values in arms.items() for block, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["arm", "block", "value"]).dropna()


def test_all_pairs_together_are_the_geometric_mean_with_blocks_as_the_unit():
    found = front.together(runs(plain=[1.0, 2.0], pool=[2.0, 4.0], router=[8.0, 4.0]), PAIRS, 0.95)
    logs = np.log([np.sqrt(2.0 * 8.0), np.sqrt(2.0 * 2.0)])  # of each block: two pairs
    lo, hi = stats.t.interval(0.95, 1, logs.mean(), stats.sem(logs))
    np.testing.assert_allclose((found.value, found.lo, found.hi), np.exp([logs.mean(), lo, hi]), rtol=1e-9)
    assert found.n == 2


def test_a_pair_that_lacks_a_block_is_left_out_of_all_blocks():
    whole = {"plain": [1.0, 2.0, 1.0], "pool": [2.0, 4.5, 2.1]}
    found = front.together(runs(**whole, late=[np.nan, 90.0, 80.0]), PAIRS, 0.95)
    assert found == front.together(runs(**whole), PAIRS, 0.95)


def test_without_a_pair_nothing_is_measured():
    assert front.together(runs(plain=[1.0, 2.0]), PAIRS, 0.95) == front.NONE
    assert front.verdict((), "latency_p99, steady") == front.NONE


def test_a_tool_is_held_against_ours_arm_by_arm():
    table = pd.DataFrame({"instrument": ["ours", "wrk", "wrk", "k6"], "p99_of_ours": [1.0, 0.5, 2.0, np.nan]})
    found = front.of_ours(table, "wrk")
    assert found.value == pytest.approx(1.0) and found.n == 2
    assert front.of_ours(table, "k6") == front.of_ours(table, "ghz") == front.NONE


def test_settings_weigh_their_replicates_and_the_interval_is_binomial():
    rates, reps = np.array([0.94, 0.96]), np.array([1000, 3000])
    settings = pd.DataFrame({"what": "paired t", "rate": rates, "reps": reps})
    found = front.held(settings.assign(mc_se=np.sqrt(rates * (1 - rates) / reps)), "paired t")
    held = int((rates * reps).sum())
    wilson = stats.binomtest(held, 4000).proportion_ci(0.95, "wilson")
    assert found.value == pytest.approx(held / 4000) and found.n == 4000
    np.testing.assert_allclose((found.lo, found.hi), (wilson.low, wilson.high), atol=5e-4)


def test_a_verdict_that_other_choices_do_not_give_says_so():
    def judged(metric, verdict):
        return SimpleNamespace(metric=metric, verdict=verdict)

    main = [judged("latency_p99, steady", "faster")]
    assert front.robust(main, "latency_p99, steady", [judged("other", "faster")]) == "faster"
    said = front.robust(main, "latency_p99, steady", [judged("a", "faster"), judged("b", "cannot tell")])
    assert said == "faster as declared, though 1 of 2 other choices of runs do not say so"
    assert front.robust((), "latency_p99, steady", main) == front.NONE
