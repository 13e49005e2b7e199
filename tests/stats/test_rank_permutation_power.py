"""Exact tests over runs and their power: by enumeration, by scipy, and by recorded R values."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from schedlab.stats import permutation, power, rank

RNG = np.random.default_rng(20240131)


def test_mann_whitney_counts_are_those_of_every_order():
    counts = np.zeros(13)
    for chosen in itertools.combinations(range(7), 4):
        counts[sum(chosen) - 6] += 1
    np.testing.assert_array_equal(rank.mann_whitney_counts(4, 3), counts)
    np.testing.assert_array_equal(rank.mann_whitney_counts(3, 4), counts)


def test_signed_rank_counts_are_those_of_every_sign_vector():
    counts = np.zeros(16)
    for signs in itertools.product((0, 1), repeat=5):
        counts[np.dot(signs, range(1, 6))] += 1
    np.testing.assert_array_equal(rank.signed_rank_counts(5), counts)


def test_the_hodges_lehmann_interval_holds_the_shifts_that_mann_whitney_does_not_reject():
    one, two = RNG.normal(size=8), RNG.normal(1, 2, size=7)
    found = rank.shift_between(one, two)
    inside = [scipy_stats.mannwhitneyu(two - s, one, method="exact").pvalue for s in _near(found, -1e-9)]
    outside = [scipy_stats.mannwhitneyu(two - s, one, method="exact").pvalue for s in _near(found, 1e-9)]
    assert min(inside) > 0.05 >= max(outside)


def test_the_paired_interval_holds_the_shifts_that_wilcoxon_does_not_reject():
    d = RNG.normal(0.5, 1, size=9)
    found = rank.shift_paired(d)
    inside = [scipy_stats.wilcoxon(d - s, method="exact").pvalue for s in _near(found, -1e-9)]
    outside = [scipy_stats.wilcoxon(d - s, method="exact").pvalue for s in _near(found, 1e-9)]
    assert min(inside) > 0.05 >= max(outside)


def _near(found, outwards):
    return found.lo - outwards, found.hi + outwards


def test_three_runs_against_three_have_no_finite_rank_interval():
    found = rank.shift_between(np.arange(3.0), np.arange(3.0))
    assert math.isinf(found.lo) and "0.9 at most" in found.warnings[0]


def test_all_relabellings_give_what_scipy_enumerates():
    one, two = RNG.normal(size=5), RNG.normal(1, 1, size=6)
    expected = scipy_stats.permutation_test((one, two), _difference, n_resamples=np.inf).pvalue
    found = permutation.between(one, two)
    # scipy doubles the smaller tail; with unequal group sizes ours counts |difference|: enumerate by hand
    pooled = np.concatenate([one, two])
    ways = [pooled[list(c)].sum() for c in itertools.combinations(range(11), 6)]
    extreme = np.abs(np.array(ways) - 6 * pooled.mean()) >= abs(two.sum() - 6 * pooled.mean()) - 1e-12
    assert found.p_value == pytest.approx(extreme.mean()) == pytest.approx(expected, rel=0.25)
    assert found.exact and found.relabellings == math.comb(11, 5)


def _difference(x, y):
    return x.mean() - y.mean()


def test_sign_flips_are_all_counted():
    d = np.array([1.0, 2, 3, 4, -1])
    sums = [abs(np.dot(s, np.abs(d))) for s in itertools.product((-1, 1), repeat=5)]
    assert permutation.within_blocks(d).p_value == np.mean(np.array(sums) >= 9)


def test_ties_on_paper_count_as_ties():
    assert permutation.between(np.array([0.1, 0.2]), np.array([0.3, 0.4])).p_value == pytest.approx(2 / 6)
    assert permutation.between(np.full(4, 0.1), np.full(4, 0.1)).p_value == 1


def test_large_designs_are_sampled_with_the_seed_and_never_report_zero():
    one, two = RNG.normal(size=40), RNG.normal(5, 1, size=40)
    found = permutation.between(one, two, seed=1)
    assert found == permutation.between(one, two, seed=1) and not found.exact
    assert found.p_value == 1 / 100_000


@pytest.mark.parametrize(("n", "smallest"), [(3, 0.1), (4, 0.0286), (5, 0.0079), (6, 0.0022), (10, 1.1e-5)])
def test_the_smallest_p_of_a_design_is_known_beforehand(n, smallest):
    found = permutation.between(np.arange(n) * 0.01, 5 + np.arange(n) * 0.01)
    assert found.p_value == found.smallest == pytest.approx(smallest, rel=0.02)


def test_runs_needed_is_the_smallest_number_that_sees_the_effect():
    n = int(power.runs_needed(0.7))
    assert power.detectable_between(n, n) <= 0.7 < power.detectable_between(n - 1, n - 1)
    assert power.runs_needed(0) == math.inf and power.runs_needed(1e-9) == math.inf


def test_power_matches_its_simulation():
    size = math.sqrt(2 / 6)
    draws = np.random.default_rng(7).normal(size=(20_000, 2, 6))
    p = scipy_stats.ttest_ind(draws[:, 0] + 1.5, draws[:, 1], axis=1).pvalue
    assert power.power(1.5, 10, size) == pytest.approx((p < 0.05).mean(), abs=0.012)


def test_equivalence_runs_match_their_simulation():
    n = int(power.runs_for_equivalence(1.0))
    draws = np.random.default_rng(7).normal(size=(4_000, 2, n))
    shift = draws[:, 0].mean(1) - draws[:, 1].mean(1)
    se = np.sqrt(draws.var(axis=2, ddof=1).sum(1) / n)
    inside = np.abs(shift) + scipy_stats.t.ppf(0.95, 2 * n - 2) * se < 1
    assert 0.78 < inside.mean() < 0.9
