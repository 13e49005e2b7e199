"""Quantiles, means and shares of one run or a few: one definition, honest intervals, refusals."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from schedlab.errors import TooFewValues, UnknownName
from schedlab.model.sample import Sample
from schedlab.stats import quantiles
from schedlab.stats.mean import mean
from schedlab.stats.per_run import per_run
from schedlab.stats.proportions import newcombe, wilson

RNG = np.random.default_rng(20240131)


def test_type_7_is_numpys_linear_and_atoms_give_what_their_values_give():
    values = np.round(RNG.lognormal(size=500), 1)
    atoms, counts = np.unique(values, return_counts=True)
    whole = Sample.of(values, "s")
    short = Sample(atoms, "s", counts=counts.astype(float))
    for q in (0.1, 0.5, 0.9, 0.99):
        expected = np.quantile(values, q)
        assert quantiles.quantile(whole, q) == quantiles.quantile(short, q) == expected


@pytest.mark.parametrize("q", [0.02, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [400, 3_000, 20_000])
def test_harrell_davis_is_scipys(n, q):
    values = RNG.lognormal(size=n)
    expected = scipy_stats.mstats.hdquantiles(values, [q]).item()
    found = quantiles.quantile(Sample.of(values, "s"), q, "harrell-davis")
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("q", [0.5, 0.73, 0.995])
def test_bootstrap_replicates_follow_the_law_of_quantiles_of_resamples(q):
    values, rng = RNG.lognormal(size=60), np.random.default_rng(8)
    ours = quantiles._resampled(np.sort(values), q, rng, 20_000)
    drawn = np.quantile(rng.choice(values, (20_000, 60)), q, axis=1)
    assert scipy_stats.ks_2samp(ours, drawn).pvalue > 0.001


def test_efrons_mouse_median_has_the_published_standard_error():
    # Efron and Tibshirani (1993), table 2.2: the seven treated mice; 37.83 with endless replicates
    mice = np.sort([94.0, 197, 16, 38, 99, 141, 23])
    found = quantiles._resampled(mice, 0.5, np.random.default_rng(1), 400_000)
    assert found.std() == pytest.approx(37.83, rel=5e-3)


def test_the_bootstrap_interval_of_p99_is_scipys_and_says_what_it_assumes():
    values = RNG.permutation(np.linspace(1, 2, 2_000))
    found = quantiles.bootstrap(Sample.of(values, "s"), 0.99)
    reference = scipy_stats.bootstrap(
        (values,), lambda x, axis: np.quantile(x, 0.99, axis=axis), method="percentile", rng=RNG, batch=500
    ).confidence_interval
    assert (found.lo, found.hi) == pytest.approx((reference.low, reference.high), rel=1e-3)
    assert "taken as independent" in found.warnings[0]


def test_bins_are_interpolated_on_a_straight_line():
    sample = Sample(np.arange(10.0), "s", counts=np.full(10, 50.0), upper=np.arange(1.0, 11))
    assert quantiles.quantile(sample, 0.25) == pytest.approx(2.5)


@pytest.mark.parametrize(("q", "n"), [(0.9, 36), (0.99, 368), (0.999, 3688), (0.9999, 36887), (0.5, 6)])
def test_a_quantile_out_of_reach_is_refused_with_the_number_that_would_do(q, n):
    assert quantiles.needed(q) == n
    with pytest.raises(TooFewValues, match=f"needs {n} values"):
        quantiles.quantile(Sample.of(np.ones(n - 1), "s"), q)


def test_censored_values_bound_the_quantiles_above_them():
    sample = Sample(np.arange(1.0, 991), "s", censored_above=10, censor_at=1000.0)
    assert quantiles.quantile(sample, 0.9) == pytest.approx(np.quantile(np.arange(1.0, 1001), 0.9))
    with pytest.raises(TooFewValues, match="only known to exceed"):
        quantiles.quantile(sample, 0.995)


@pytest.mark.parametrize(("q", "n"), [(0.5, 20), (0.9, 100), (0.99, 400)])
def test_the_order_statistic_interval_is_scipys_and_covers(q, n):
    values = RNG.normal(size=n)
    found = quantiles.interval(Sample.of(values, "s"), q)
    ranks = np.searchsorted(np.sort(values), [found.lo, found.hi])
    reference = scipy_stats.quantile_test(values, q=0, p=q).confidence_interval(0.95)
    assert (found.lo, found.hi) == (reference.low, reference.high)
    inside = scipy_stats.binom.cdf(ranks[1], n, q) - scipy_stats.binom.cdf(ranks[0], n, q)
    assert inside >= 0.95


def test_per_run_gives_a_row_for_every_run_and_quantile_with_reasons():
    table = per_run({"r1": Sample.of(RNG.lognormal(size=1000), "s")}, qs=(0.5, 0.999))
    assert list(table["q"]) == [0.5, 0.999] and table["value"].notna().tolist() == [True, False]
    assert "needs 3688" in table["missing_because"][1]


def test_an_unknown_definition_of_quantiles_is_refused():
    with pytest.raises(UnknownName, match="type-7"):
        quantiles.quantile(Sample.of(np.ones(10), "s"), 0.5, "type-8")


def test_mean_over_runs_is_scipys_t_interval():
    x = RNG.normal(5, 1, size=6)
    found = mean(x, "s")
    reference = scipy_stats.ttest_1samp(x, 0).confidence_interval(0.95)
    np.testing.assert_allclose((found.lo, found.hi), reference, rtol=1e-12)
    geometric = mean(np.exp(x), "s", scale="ratio")
    np.testing.assert_allclose((geometric.lo, geometric.hi), np.exp(reference), rtol=1e-12)


def test_mean_of_one_run_is_unbounded_and_of_none_an_error():
    assert math.isinf(mean([1.0]).hi) and "one run" in mean([1.0]).warnings[0]
    with pytest.raises(TooFewValues):
        mean([math.nan])


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10
NEWCOMBE = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
]


@pytest.mark.parametrize(("one", "two", "published"), NEWCOMBE)
def test_newcombe_gives_the_published_intervals(one, two, published):
    found = newcombe(two, one)
    np.testing.assert_allclose((found.lo, found.hi), published, atol=6e-5)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (1, 1000)])
def test_wilson_is_scipys(k, n):
    reference = scipy_stats.binomtest(k, n).proportion_ci(method="wilson")
    found = wilson(k, n)
    np.testing.assert_allclose((found.lo, found.hi), reference, atol=1e-12)


def test_a_share_of_nothing_is_refused():
    with pytest.raises(TooFewValues):
        wilson(0, 0)
