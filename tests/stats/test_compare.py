"""Treated against baseline: right against independent sources, and defined at every edge."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from schedlab.errors import SchedlabError, TooFewValues, UnknownName
from schedlab.stats.compare import compare
from schedlab.stats.say import say


def frame(baseline, treated, blocks=True):
    rows = [("a", i, v) for i, v in enumerate(baseline)] + [("b", i, v) for i, v in enumerate(treated)]
    table = pd.DataFrame(rows, columns=["arm", "block", "value"])
    table["run"] = table["arm"] + table["block"].astype(str)
    return table if blocks else table.assign(block=range(len(table)))


def draws(n1, n2, sd=0.05, shift=0.0, seed=20240131):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(0, sd, n1)), np.exp(rng.normal(shift, sd, n2))


def latency(table, **options):
    return compare(table, "a", "b", metric="latency_p99", unit="s", better="lower", **options)


def test_unpaired_ratio_is_welch_of_logs_as_scipy_computes_it():
    one, two = draws(7, 9, shift=0.1)
    found = latency(frame(one, two, blocks=False))
    reference = scipy_stats.ttest_ind(np.log(two), np.log(one), equal_var=False)
    expected = np.exp(reference.confidence_interval(0.95))
    np.testing.assert_allclose((found.lo, found.hi), expected, rtol=1e-12)
    np.testing.assert_allclose(found.p_value, reference.pvalue, rtol=1e-10)
    assert not found.paired and (found.n1, found.n2) == (7, 9)


def test_interleaved_runs_are_paired_by_block_as_scipy_computes_it():
    one, two = draws(6, 6, shift=0.1)
    found = latency(frame(one, two))
    reference = scipy_stats.ttest_rel(np.log(two), np.log(one))
    np.testing.assert_allclose((found.lo, found.hi), np.exp(reference.confidence_interval(0.95)), rtol=1e-12)
    np.testing.assert_allclose(found.p_value, reference.pvalue, rtol=1e-10)
    assert found.paired


def test_pairing_removes_a_drift_that_both_arms_share():
    one, two = draws(8, 8, sd=0.01, shift=0.05)
    drift = np.exp(np.linspace(0, 0.5, 8))
    assert latency(frame(one * drift, two * drift)).verdict == "slower"
    assert latency(frame(one * drift, two * drift), paired=False).verdict == "cannot tell"


def test_a_block_without_one_arm_is_left_out_and_named():
    one, two = draws(5, 6)
    found = latency(frame(one, two))
    assert found.paired and any("1 blocks hold one arm only" in w for w in found.warnings)


def test_permutation_p_is_exact_and_says_how_small_it_could_get():
    found = latency(frame([1, 2, 3], [4, 5, 6], blocks=False))
    assert found.permutation_p == pytest.approx(0.1)  # 2 of comb(6, 3) = 20 relabellings, by hand
    assert found.smallest_p == pytest.approx(0.1)
    assert any("below 0.1" in w for w in found.warnings)


@pytest.mark.parametrize(
    ("better", "unit", "shift", "verdict"),
    [
        ("lower", "s", 0.2, "slower"),
        ("lower", "s", -0.2, "faster"),
        ("higher", "1/s", 0.2, "faster"),
        ("higher", "1/s", -0.2, "slower"),
        ("neither", "1", 0.2, "higher"),
        ("lower", "1/s", -0.2, "lower"),  # collections a second are counted, not fast
        ("lower", "bytes", -0.2, "lower"),
    ],
)
def test_the_verdict_speaks_of_speed_only_for_times_and_rates(better, unit, shift, verdict):
    table = frame(*draws(6, 6, sd=0.01, shift=shift))
    found = compare(table, "a", "b", unit=unit, better=better)
    assert found.verdict == verdict
    assert found.worse == (verdict == "slower")


def test_equivalent_needs_the_ninety_percent_interval_inside_the_stated_margin():
    table = frame(*draws(10, 10, sd=0.005))
    assert latency(table, margin=0.02).verdict == "equivalent"
    assert latency(table).verdict == "cannot tell"
    assert latency(table, margin=0.0005).verdict == "cannot tell"


def test_cannot_tell_says_how_many_runs_would():
    found = latency(frame(*draws(4, 4, sd=0.05, shift=0.02), blocks=False))
    assert found.verdict == "cannot tell"
    assert found.runs_needed > 4 and f"{found.runs_needed:.0f} runs an arm would tell" in say(found)


def test_an_effect_seen_beyond_the_margin_needs_runs_to_show_it_not_to_deny_it():
    table = frame(*draws(4, 4, sd=0.05, shift=0.02), blocks=False)
    assert latency(table, margin=0.001).runs_needed == latency(table).runs_needed


def test_difference_scale_adds_instead_of_multiplying():
    one, two = np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 7])
    found = compare(frame(one, two, blocks=False), "a", "b", scale="difference")
    reference = scipy_stats.ttest_ind(two, one, equal_var=False).confidence_interval(0.95)
    np.testing.assert_allclose((found.effect, found.lo, found.hi), (2.25, *reference), rtol=1e-12)


def test_odds_scale_compares_shares_on_the_logit():
    one, two = np.array([0.1, 0.12, 0.11, 0.09]), np.array([0.2, 0.21, 0.19, 0.22])
    found = compare(frame(one, two, blocks=False), "a", "b", unit="share", scale="odds")
    logit = np.log(two / (1 - two)).mean() - np.log(one / (1 - one)).mean()
    assert found.effect == pytest.approx(math.exp(logit))


def test_zeros_have_no_ratio_and_fall_back_to_a_difference_with_a_warning():
    found = compare(frame([0.0, 0, 0, 0], [0.0, 0.01, 0, 0.02]), "a", "b", metric="error_rate", unit="share")
    assert found.scale == "difference" and any("no ratio" in w for w in found.warnings)


def test_zero_errors_everywhere_is_a_defined_answer():
    found = compare(frame([0.0] * 5, [0.0] * 5), "a", "b", metric="error_rate", unit="share")
    assert (found.effect, found.lo, found.hi, found.verdict) == (0, 0, 0, "cannot tell")
    assert any("no spread" in w for w in found.warnings)
    assert "in all 5 + 5 runs" in say(found)


def test_complete_separation_without_spread_is_judged_by_the_exact_test():
    assert latency(frame([1.0] * 5, [2.0] * 5, blocks=False)).verdict == "slower"
    assert latency(frame([1.0] * 3, [2.0] * 3, blocks=False)).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("unit", "runs", "verdict"),
    [
        ("frames", 5, "lower"),
        ("frames", 2, "cannot tell"),
        ("share", 5, "cannot tell"),
        ("s", 5, "cannot tell"),
    ],
)
def test_a_count_on_which_all_runs_agree_is_exact_and_nothing_else_is(unit, runs, verdict):
    found = compare(frame([12.0] * runs, [11.0] * runs), "a", "b", unit=unit, better="neither")
    assert found.verdict == verdict
    assert any("exact, and needs" in w for w in found.warnings) == (verdict == "lower")


def test_a_ratio_within_the_margin_is_equivalent_even_where_its_interval_leaves_one():
    table = frame(np.linspace(0.999, 1.0, 5), np.linspace(1.001, 1.002, 5))
    assert compare(table, "a", "b", unit="bytes", better="lower").verdict == "higher"
    assert compare(table, "a", "b", unit="bytes", better="lower", margin=0.05).verdict == "equivalent"


def test_a_margin_of_ratios_says_nothing_about_a_difference_shown_instead():
    table = frame([0.0, 0.01, 0.02, 0.0], [0.01, 0.02, 0.01, 0.01])
    found = compare(table, "a", "b", unit="s", better="lower", margin=0.05)
    assert (found.scale, found.margin, found.verdict) == ("difference", None, "cannot tell")


def test_the_t_test_decides_and_a_permutation_test_that_disagrees_is_named_either_way():
    two = [1.02, 1.05, 1.03, 1.04, 1.06, 4.0]  # the t test sees noise, every sign flip sees a shift
    found = latency(frame([1.0] * 6, two))
    assert (found.verdict, found.permutation_p <= 0.05) == ("cannot tell", True)
    assert any("disagree" in w for w in found.warnings)


def test_one_run_an_arm_cannot_tell_and_says_why():
    found = latency(frame([1.0], [2.0], blocks=False))
    assert (found.lo, found.hi, found.verdict) == (0.0, math.inf, "cannot tell")
    assert found.effect == pytest.approx(2) and any("one run" in w for w in found.warnings)


def test_an_empty_arm_a_wrong_name_and_a_repeated_run_are_clear_errors():
    table = frame(*draws(3, 3))
    with pytest.raises(TooFewValues, match="arm 'c' has no run with a value"):
        compare(table, "a", "c")
    with pytest.raises(TooFewValues, match="arm 'b' has no run"):
        compare(table.assign(value=np.where(table["arm"] == "b", np.nan, 1.0)), "a", "b")
    with pytest.raises(SchedlabError, match="two arms"):
        compare(table, "a", "a")
    with pytest.raises(SchedlabError, match="several values for one run"):
        compare(table.assign(run="same"), "a", "b")
    with pytest.raises(UnknownName, match="no scale 'log'"):
        compare(table, "a", "b", scale="log")
    with pytest.raises(TooFewValues, match="blocks hold both arms"):
        compare(table.assign(block=range(6)), "a", "b", paired=True)


def test_missing_values_are_left_out_and_counted():
    table = frame(*draws(6, 6))
    table.loc[0, "value"] = np.nan
    assert "1 of 6 runs of a have no value: left out" in latency(table).warnings


def test_detectable_effect_is_the_factor_that_r_power_t_test_gives():
    # R: power.t.test(n=5, power=.8)$delta = 2.024438 in between-run sd
    one, two = np.exp([-2.0, -1, 0, 1, 2]), np.exp([-1.0, 0, 1, 2, 3])
    found = latency(frame(one, two, blocks=False))
    sd = math.sqrt(2.5)
    assert math.log(found.detectable) / sd == pytest.approx(2.024438, abs=2e-6)


def test_two_runs_an_arm_decide_nothing_however_far_apart():
    rows = [(f"{arm}{i}", arm, i, 10.0**k + 0.001 * i) for k, arm in enumerate("ab") for i in range(2)]
    values = pd.DataFrame(rows, columns=["run", "arm", "block", "value"])
    found = compare(values, "a", "b", unit="s", better="lower", margin=0.05)
    assert found.lo > 1 and found.verdict == "cannot tell"
    assert "fewer than 3 runs of an arm decide nothing" in found.warnings
