"""The kernels for comparisons against scipy and slow twins; NUMBA_DISABLE_JIT=1 runs them uncompiled."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from kernels import naive_comparisons as naive
from schedlab.kernels import changepoint, resample, twosample
from schedlab.stats import changes, histograms


def samples(seed, ties):
    rng = np.random.default_rng(seed)
    pair = rng.lognormal(0, 1, 70), rng.lognormal(0.3, 1, 50)
    return [np.sort(np.round(x, 1) if ties else x) for x in pair]


@pytest.mark.parametrize("ties", [False, True])
def test_one_sweep_gives_what_scipy_computes_test_by_test(ties):
    x, y = samples(1, ties)
    found = dict(zip(twosample.STATISTICS, twosample.sweep(x, y), strict=True))
    pooled = np.unique(np.concatenate([x, y]), return_counts=True)[1]
    expected = {
        "u": scipy_stats.mannwhitneyu(x, y).statistic,
        "ties": (pooled**3 - pooled).sum(),
        "ks": scipy_stats.ks_2samp(x, y).statistic,
        "kuiper": naive.kuiper(x, y),
        "cvm": scipy_stats.cramervonmises_2samp(x, y).statistic,
        "wasserstein": scipy_stats.wasserstein_distance(x, y),
        "placed_x": naive.placements(x, y).var(),
        "placed_y": naive.placements(y, x).var(),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_counted_and_the_difference_of_any_rank_lies_in_its_bracket(seed):
    x, y = samples(seed, ties=bool(seed % 2))
    ordered = np.sort(np.subtract.outer(y, x), axis=None)
    for rank in (0, 17, len(ordered) // 2, len(ordered) - 1):
        assert twosample.pairs_up_to(x, y, ordered[rank]) == naive.pairs_up_to(x, y, ordered[rank])
        low, high, under, upto = twosample.bracket(x, y, rank, (-0.1, 0.1))
        assert low < ordered[rank] <= high and under <= rank < upto
        inside = np.sort(twosample.differences_between(x, y, low, high, upto - under))
        np.testing.assert_array_equal(inside, ordered[under:upto])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("penalty", [0.5, 3.0, 20.0])
def test_changes_of_the_mean_are_the_cheapest_cut(seed, penalty):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=120) + np.repeat(rng.normal(0, 2, 8), 15) * (seed % 2)
    values -= values.mean()
    least = 1 + seed % 4
    assert list(changepoint.mean_changes(values, penalty, least)) == naive.mean_changes(
        values, penalty, least
    )


@pytest.mark.parametrize("seed", range(4))
def test_changes_of_the_distribution_are_the_cheapest_cut(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=60) * np.repeat([1, 4, 1], 20)
    below = changes.below_levels(values)
    found = changepoint.pelt_distribution(below, 6.0, 3)
    assert list(found) == naive.distribution_changes(below, 6.0, 3)


def test_a_level_series_has_no_change_and_a_step_without_noise_has_one():
    assert not len(changepoint.mean_changes(np.zeros(50), 1.0, 3))
    step = np.repeat([-0.5, 0.5], 25)
    assert list(changepoint.mean_changes(step, 1.0, 3)) == [25]


def test_pooled_quantiles_lie_where_the_pooled_shares_cross_and_spread_as_the_runs_do():
    rng = np.random.default_rng(4)
    packed = histograms.compress([rng.lognormal(0.1 * i, 0.5, 300) for i in range(4)], bits=5)
    qs, chosen = np.array([0.1, 0.5, 0.99]), rng.integers(0, 4, (30, 4))
    own, out = packed.log_quantiles(qs), np.empty((30, 3, 2))
    resample.pooled_quantiles(packed.cumulative, packed.edges, qs, own, chosen, out)
    for b, j in np.ndindex(30, 3):
        slow = naive.pooled_quantile(packed.cumulative, packed.edges, qs[j], chosen[b])
        assert out[b, j, 0] == pytest.approx(np.log(slow), abs=1e-12)
        assert out[b, j, 1] == pytest.approx(own[j, chosen[b]].std(ddof=1) / 2, abs=1e-12)


def test_relabellings_and_sign_flips_are_all_counted():
    values = np.random.default_rng(2).normal(size=9)
    values -= values.mean()
    assert resample.count_relabellings(values, 4, 0.0, 1.0) == naive.relabellings(values, 4, 1.0)
    assert resample.count_sign_flips(values, 2.0) == naive.sign_flips(values, 2.0)
