"""The battery of two samples against scipy; Hodges-Lehmann of many values against all their pairs."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats as scipy_stats

from schedlab.errors import TooFewValues
from schedlab.kernels import twosample
from schedlab.stats import proportions, rank, two_sample

TIES = pytest.mark.parametrize("digits", [12, 1])


def pair(digits, n=400, m=300, shift=0.1):
    rng = np.random.default_rng(20240131)
    return np.round(rng.lognormal(size=n), digits), np.round(rng.lognormal(shift, size=m), digits)


def found(one, two):
    return two_sample.battery(one, two).table.set_index("test")


@TIES
def test_statistics_and_p_values_are_scipys_limits(digits):
    one, two = pair(digits)
    table = found(one, two)
    expected = {
        "Mann-Whitney U": scipy_stats.mannwhitneyu(two, one, method="asymptotic"),
        "Kolmogorov-Smirnov D": scipy_stats.ks_2samp(two, one, method="asymp"),
        "Cramer-von Mises T": scipy_stats.cramervonmises_2samp(two, one, method="asymptotic"),
        "Brunner-Munzel W": scipy_stats.brunnermunzel(two, one),
    }
    for name, reference in expected.items():
        assert table.loc[name, "statistic"] == pytest.approx(reference.statistic, rel=1e-9), name
        assert table.loc[name, "p_value"] == pytest.approx(reference.pvalue, rel=1e-6), name
    assert table.loc["Wasserstein W1", "statistic"] == pytest.approx(
        scipy_stats.wasserstein_distance(one, two)
    )


@TIES
def test_anderson_darling_is_scipys_within_its_interpolated_table(digits):
    for shift in (0.1, 0.2):
        one, two = pair(digits, shift=shift)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reference = scipy_stats.anderson_ksamp([two, one], variant="midrank")
        p = found(one, two).loc["Anderson-Darling A2", "p_value"]
        assert p == pytest.approx(reference.pvalue, rel=0.1) or not 0.001 < reference.pvalue < 0.25


def test_the_limit_of_large_samples_is_scipys_exact_p():
    for d in (0.004, 0.008, 0.012):
        assert two_sample.kolmogorov_p(d, 20_000) == pytest.approx(scipy_stats.kstwo.sf(d, 20_000), rel=2e-4)


def test_anderson_darlings_limit_has_the_published_percentage_points():
    # 10, 5 and 1 % points of the limit law (Marsaglia and Marsaglia 2004; Anderson and Darling had 3.857)
    for z, p in ((1.933, 0.10), (2.4924, 0.05), (3.8781, 0.01)):
        assert two_sample.anderson_p(z) == pytest.approx(p, abs=2e-4)


def test_kuipers_p_is_the_share_of_relabellings_that_reach_v():
    one, two = pair(12, 120, 100, shift=0.35)
    pooled, rng = np.concatenate([one, two]), np.random.default_rng(3)
    shuffled = (rng.permutation(pooled) for _ in range(1000))
    kuiper = twosample.STATISTICS.index("kuiper")
    null = [twosample.sweep(np.sort(s[120:]), np.sort(s[:120]))[kuiper] for s in shuffled]
    row = found(one, two).loc["Kuiper V"]
    share = np.mean(np.array(null) >= row["statistic"] - 1e-12)
    assert share > 0.01 and row["p_value"] == pytest.approx(share, abs=0.03)


def test_samples_that_do_not_overlap_or_do_not_vary_have_a_defined_answer():
    apart = found([1.0, 2, 3], [4.0, 5])
    assert (
        apart.loc["Mann-Whitney U", "statistic"] == 6 and apart.loc["Kolmogorov-Smirnov D", "statistic"] == 1
    )
    assert math.isinf(apart.loc["Brunner-Munzel W", "statistic"])
    same = found([2.0] * 5, [2.0] * 4)
    assert same.loc["Mann-Whitney U", "p_value"] == 1 and same.loc["Wasserstein W1", "statistic"] == 0
    with pytest.raises(TooFewValues, match="at least 2 values"):
        two_sample.battery([1.0], [2.0, 3.0])
    with pytest.raises(TooFewValues, match="none of them missing"):
        two_sample.battery([1.0, math.nan], [2.0, 3.0])


def test_its_p_values_say_that_requests_are_not_independent():
    assert "compare runs instead" in two_sample.battery([1.0, 2], [2.0, 3]).warnings[0]


@TIES
def test_hodges_lehmann_of_many_values_is_exactly_that_of_all_pairs(digits):
    one, two = pair(digits, 1300, 1100)
    everything = np.sort(np.subtract.outer(two, one), axis=None)
    shift = rank.shift_between(one, two)
    assert shift.value == np.median(everything)
    z = scipy_stats.norm.ppf(0.975) * math.sqrt(len(everything) * 2401 / 12)
    assert shift.lo == everything[round(len(everything) / 2 - z) - 1]
    assert shift.hi == everything[-round(len(everything) / 2 - z)]


def test_differences_of_any_rank_are_those_of_all_pairs():
    one, two = (np.sort(x) for x in pair(12))
    everything = np.sort(np.subtract.outer(two, one), axis=None)
    ranks = [0, 1, 777, 60_000, 60_001, 119_999]
    assert rank.differences_of_ranks(one, two, ranks) == everything[ranks].tolist()


@pytest.mark.parametrize("n", [10, 1000, 10_000_000])
def test_none_of_n_is_bounded_where_seeing_none_becomes_unlikely(n):
    """Clopper and Pearson: at the bound, none of n has a probability of 5 %."""
    bound = proportions.none_of(n, per=1e6)
    assert (1 - bound.hi / 1e6) ** n == pytest.approx(0.05, rel=1e-6)
    assert (bound.value, bound.n) == (0, n)
