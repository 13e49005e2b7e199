"""Slopes of counts over snapshots: the point is scipy's, the interval's cover is counted over all orders."""

import itertools

import numpy as np
import pytest
from scipy import stats

from schedlab.profiles.growth import inversions, slope


def test_the_slope_is_scipys_median_of_slopes():
    random = np.random.default_rng(11)
    times, values = np.sort(random.random(12)), random.normal(size=12)
    assert slope(times, values).value == pytest.approx(stats.theilslopes(values, times)[0])


@pytest.mark.parametrize("n", [5, 6, 7])
def test_over_all_orders_of_the_errors_the_interval_covers_at_least_as_often_as_it_says(n):
    """The true slope is 3; every order of the same n errors is equally likely."""
    times, errors = np.arange(n, dtype=float), np.random.default_rng(3).normal(size=n)
    covered = [
        e.lo <= 3 <= e.hi
        for order in itertools.islice(itertools.permutations(errors), 5040)
        for e in [slope(times, 3 * times + np.array(order))]
    ]
    assert 0.95 <= np.mean(covered) < 1


def test_the_chance_of_inversions_is_the_count_over_all_orders():
    counts = np.bincount(
        [
            sum(a > b for a, b in itertools.combinations(order, 2))
            for order in itertools.permutations(range(6))
        ]
    )
    np.testing.assert_allclose(inversions(6), counts / 720)


def test_four_snapshots_give_a_slope_but_no_interval_and_say_why():
    found = slope([0, 1, 2, 3], [1, 3, 5, 7])
    assert found.value == 2
    assert np.isnan([found.lo, found.hi]).all()
    assert "at least 5 snapshots" in found.warnings[0]


def test_snapshots_of_one_instant_have_no_slope():
    assert np.isnan(slope([1, 1], [1, 2]).value)
