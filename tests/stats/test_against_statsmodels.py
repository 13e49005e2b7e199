"""Comparisons against values that statsmodels recorded (see statsmodels/record.py)."""

import numpy as np
import pytest
from scipy.special import stdtrit

from schedlab.stats import (
    dependence,
    dominance,
    histograms,
    multiplicity,
    power,
    proportions,
    student,
    two_sample,
    verdict,
)
from schedlab.stats.factorial import factorial
from stats.recorded import A, B, D, S, X, Y
from stats.test_factorial import FACTORS, design

BETWEEN, PAIRED = student.welch(np.log(B), np.log(A)), student.paired(np.array(D))


def test_welchs_interval_and_p_are_those_of_compare_means():
    found = (*BETWEEN.interval(0.95), BETWEEN.p_value())
    np.testing.assert_allclose(found, [S[f"welch_{x}"] for x in ("lo", "hi", "p")], rtol=1e-12)


@pytest.mark.parametrize(("shift", "name"), [(BETWEEN, "tost_{}"), (PAIRED, "tost_paired_{}")])
@pytest.mark.parametrize("bound", [0.5, 1.5])
def test_equivalence_is_shown_exactly_where_two_one_sided_tests_show_it(shift, name, bound):
    p = S[name.format(bound)]
    larger = max(shift.upper_p(-bound), 1 - shift.upper_p(bound))
    assert larger == pytest.approx(p, rel=1e-9)
    assert not verdict.equivalent(shift, bound, 0.99 * p) and verdict.equivalent(shift, bound, 1.01 * p)


@pytest.mark.parametrize("method", ["holm", "bh", "by"])
def test_adjusted_ps_are_those_of_multipletests(method):
    p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.05, 0.6, 0.0001]
    expected = [S[f"adjust_{method}_{i}"] for i in range(8)]
    np.testing.assert_allclose(multiplicity.adjust(p, method), expected, rtol=1e-12)


@pytest.mark.parametrize(("k", "n"), [(0, 50), (3, 1000), (50, 50)])
def test_wilsons_interval_is_that_of_proportion_confint(k, n):
    found = proportions.wilson(k, n)
    expected = [S[f"wilson_{k}_{n}_{end}"] for end in ("lo", "hi")]
    np.testing.assert_allclose((found.lo, found.hi), expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (0, 10, 0, 20), (10, 10, 0, 20)])
def test_newcombes_interval_is_that_of_confint_proportions_2indep(counts):
    found = proportions.newcombe(counts[2:], counts[:2])
    name = "newcombe_" + "_".join(map(str, counts))
    np.testing.assert_allclose((found.lo, found.hi), [S[f"{name}_{end}"] for end in ("lo", "hi")], rtol=1e-9)


@pytest.mark.parametrize("n", [3, 5, 10, 17, 64])
def test_detectable_effects_are_those_of_solve_power(n):
    assert power.detectable_between(n, n) == pytest.approx(S[f"power_two_{n}"], rel=1e-5)
    assert power.detectable_paired(n) == pytest.approx(S[f"power_paired_{n}"], rel=1e-5)


def test_brunner_munzel_and_how_often_slower_are_those_of_rank_compare_2indep():
    table = two_sample.battery(X, Y).table.set_index("test")
    assert table.loc["Brunner-Munzel W", "statistic"] == pytest.approx(-S["brunner_munzel"])  # scipy's sign
    packed = histograms.compress_arms([np.array(X, float)] * 2, [np.array(Y, float)] * 2)
    assert dominance.probability_slower(*packed).value == pytest.approx(S["slower"], rel=1e-12)


def test_autocorrelation_is_that_of_acf():
    np.testing.assert_allclose(
        dependence.autocorrelation(D, 5), [S[f"acf_{i}"] for i in range(6)], atol=1e-12
    )


def test_the_overall_ratio_of_a_factorial_design_is_that_of_mixedlm_with_a_random_block():
    found = factorial(design(), "a", "b", FACTORS, common=True).overall
    half = stdtrit(18, 0.975) * S["mixed_arm_se"]  # 24 blocks less 6 cells; mixedlm itself takes the normal's
    expected = np.exp([S["mixed_arm"], S["mixed_arm"] - half, S["mixed_arm"] + half])
    np.testing.assert_allclose((found.value, found.lo, found.hi), expected, rtol=1e-6)
