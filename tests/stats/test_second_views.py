"""Resampled runs, shift functions, dominance and distance: equal to slow twins, and honest at the edges."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats
from scipy.signal import lfilter

from schedlab.errors import TooFewValues, UnknownName
from schedlab.model.sample import Sample
from schedlab.stats import (
    block_bootstrap,
    bootstrap,
    dominance,
    histograms,
    pooled,
    quantiles,
    shift,
    transport,
)
from stats.recorded import A, R

QS = np.array([0.1, 0.5, 0.9, 0.99])


def arm(runs, n=3000, mu=0.0, seed=1):
    rng = np.random.default_rng(seed)
    return [1e-3 * np.exp(rng.normal(mu + rng.normal(0, 0.03), 0.5, n)) for _ in range(runs)]


def test_histograms_keep_every_value_within_a_fifth_of_a_percent():
    (run,) = arm(1)
    found = histograms.compress([run])
    assert found.shares.sum() == pytest.approx(1) and found.n[0] == len(run)
    counts, _ = np.histogram(run, found.edges)
    np.testing.assert_allclose(found.shares[0] * len(run), counts, atol=1e-9)
    assert np.max(np.diff(found.edges) / found.edges[:-1]) <= 2.0**-9


def test_atoms_and_bins_compress_as_their_values():
    values, counts = np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 1.0])
    whole = histograms.compress([np.repeat(values, counts.astype(int))])
    np.testing.assert_array_equal(
        whole.shares, histograms.compress([Sample(values, "s", counts=counts)]).shares
    )


def test_what_has_no_logarithm_has_no_histogram():
    with pytest.raises(TooFewValues, match="positive"):
        histograms.compress([np.array([-1.0, 2.0])])
    with pytest.raises(TooFewValues, match="without values"):
        histograms.compress([np.array([])])


def test_resampled_pooled_quantiles_are_those_of_the_concatenated_runs():
    one, _ = histograms.compress_arms(arm(4), arm(4, seed=2))
    raw, chosen = arm(4), pooled.picks(4, seed=3, replicates=50)
    logs = pooled.replicated(one, QS, 3, 50)[0][1:]
    together = [np.concatenate([raw[i] for i in row]) for row in chosen]
    bin_width = 0.002
    below = np.log([np.quantile(values, QS, method="lower") for values in together]) - bin_width
    above = np.log([np.quantile(values, QS, method="higher") for values in together]) + bin_width
    assert ((below <= logs) & (logs <= above)).all(), "between the neighbours of the rank, give or take a bin"


def test_the_bootstrap_gives_the_same_bits_on_any_number_of_threads():
    import numba

    arms = histograms.compress_arms(arm(4), arm(4, mu=0.05, seed=2))
    many = pooled.quantile_ratios(*arms, QS, replicates=500)
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        assert pooled.quantile_ratios(*arms, QS, replicates=500) == many
    finally:
        numba.set_num_threads(before)


def test_quantile_ratios_hold_the_true_ratio_and_centre_on_the_pooled_one():
    one, two = arm(10), arm(10, mu=0.1, seed=2)
    expected = [np.quantile(np.concatenate(x), QS) for x in (one, two)]
    found = pooled.quantile_ratios(*histograms.compress_arms(one, two), QS, replicates=999)
    np.testing.assert_allclose([e.value for e in found], expected[1] / expected[0], rtol=3e-3)
    assert all(e.lo < math.exp(0.1) < e.hi for e in found)


def test_few_runs_travel_as_a_warning_and_one_run_is_refused():
    assert "below 5" in pooled.quantile_ratios(*histograms.compress_arms(arm(3), arm(3)), QS)[0].warnings[0]
    with pytest.raises(TooFewValues, match="at least 2 runs"):
        pooled.quantile_ratios(*histograms.compress_arms(arm(1), arm(3)), QS)


def test_a_run_is_known_as_well_as_its_blocks_agree_and_no_better():
    rng = np.random.default_rng(2)
    free = rng.normal(size=20_000)
    bound = lfilter([math.sqrt(1 - 0.9**2)], [1, -0.9], rng.normal(size=20_000))
    widths = [
        math.log(e.hi / e.lo) for x in (free, bound) for e in block_bootstrap.within_run(np.exp(x), [0.5])
    ]
    # the mean of an AR(1) series of 0.9 varies 19 times as much, its median about 13 times (arcsine law)
    assert 2.5 < widths[1] / widths[0] < 5
    alone = quantiles.interval(Sample.of(np.exp(free), "s"), 0.5)
    assert widths[0] == pytest.approx(math.log(alone.hi / alone.lo), rel=0.5)


def test_blocks_that_know_of_each_other_are_flagged_and_too_few_values_refused():
    walk = np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 5_000)))
    assert "make them longer" in block_bootstrap.within_run(walk, [0.5])[0].warnings[0]
    with pytest.raises(TooFewValues, match="need at least 368"):
        block_bootstrap.within_run(np.ones(300), [0.5, 0.99])


def test_percentile_and_bca_are_scipys():
    rng = np.random.default_rng(5)
    one, two = rng.exponential(1, 12), rng.exponential(2, 10)
    for method in ("percentile", "bca"):
        found = bootstrap.between(one, two, method)
        their_name = {"bca": "BCa"}.get(method, method)
        reference = scipy_stats.bootstrap(
            (two, one), _difference, n_resamples=9999, method=their_name, rng=np.random.default_rng(6)
        ).confidence_interval
        np.testing.assert_allclose((found.lo, found.hi), reference, atol=0.04)


def _difference(x, y, axis=-1):
    return x.mean(axis=axis) - y.mean(axis=axis)


def test_acceleration_is_what_r_boot_computes_and_bca_is_near_its_abc_interval():
    a = np.array(A)
    assert bootstrap.acceleration(a) == pytest.approx(R["acceleration"], rel=1e-9)
    means = np.sort(a[pooled.picks(8, 1)].mean(axis=1))
    found = bootstrap.bca_interval(means, 0.0, bootstrap.acceleration(a), 0.95)
    np.testing.assert_allclose(found, (R["abc_lo"], R["abc_hi"]), atol=0.05)


def test_an_unknown_bootstrap_is_refused_and_bca_of_few_runs_is_flagged():
    with pytest.raises(UnknownName, match="basic"):
        bootstrap.between([1.0, 2], [3.0, 4], "basic")
    assert "bca covers less" in bootstrap.between(A, A, "bca").warnings[0]


def quantile_table(arms):
    rows = [
        (f"{name}{i}", name, i, q, np.quantile(values, q))
        for name, runs in arms.items()
        for i, values in enumerate(runs)
        for q in QS
    ]
    return pd.DataFrame(rows, columns=["run", "arm", "block", "q", "value"])


@pytest.mark.parametrize("paired", [False, "auto"])
def test_each_quantile_of_the_shift_function_is_a_t_interval_as_scipy_computes_it(paired):
    table = quantile_table({"a": arm(6), "b": arm(6, mu=0.1, seed=2)})
    found = shift.shift_function(table, "a", "b", paired=paired)
    logs = np.log(table.pivot(index=["arm", "block"], columns="q", values="value"))
    test = scipy_stats.ttest_rel if paired else lambda x, y: scipy_stats.ttest_ind(x, y, equal_var=False)
    reference = test(logs.loc["b"].to_numpy(), logs.loc["a"].to_numpy()).confidence_interval(0.95)
    np.testing.assert_allclose(found["lo"], np.exp(reference.low), rtol=1e-10)
    np.testing.assert_allclose(found["hi"], np.exp(reference.high), rtol=1e-10)
    assert (found["band_lo"] <= found["lo"]).all() and (found["band_hi"] >= found["hi"]).all()


def test_the_band_lies_between_one_t_and_bonferroni_and_is_exact_for_two_extremes():
    rng = np.random.default_rng(1)
    alone = rng.normal(size=(400, 1))
    independent = rng.normal(size=(400, 4))
    one_t, bonferroni = scipy_stats.t.ppf(0.975, 30), scipy_stats.t.ppf(1 - 0.025 / 4, 30)
    assert shift.largest_t([np.tile(alone, 4)] * 2, 30, 0.95) == pytest.approx(one_t, rel=0.02)
    assert shift.largest_t([independent] * 2, 30, 0.95) == pytest.approx(bonferroni, rel=0.02)


def test_a_quantile_that_a_run_lacks_is_left_out_for_all():
    table = quantile_table({"a": arm(3), "b": arm(3)})
    table.loc[3, "value"] = np.nan
    assert list(shift.shift_function(table, "a", "b")["q"]) == [0.1, 0.5, 0.9]
    with pytest.raises(TooFewValues, match="arm 'c'"):
        shift.shift_function(table, "a", "c")


def test_a12_of_each_pair_of_runs_is_the_mann_whitney_statistic():
    one, two = arm(2), arm(3, mu=0.2, seed=2)
    found = dominance.pairwise(*histograms.compress_arms(one, two))
    expected = [[scipy_stats.mannwhitneyu(y, x).statistic / len(x) / len(y) for x in one] for y in two]
    np.testing.assert_allclose(found, expected, atol=5e-4)


def test_cliffs_delta_is_twice_a12_minus_one_and_complete_separation_is_defined():
    arms = histograms.compress_arms(arm(4), arm(4, mu=5, seed=2))
    slower, delta = dominance.probability_slower(*arms), dominance.cliffs_delta(*arms)
    assert slower.value == pytest.approx(1, abs=1e-4) and slower.hi <= 1
    assert delta.value == pytest.approx(2 * slower.value - 1)
    apart = histograms.compress_arms([np.full(9, 1.0)] * 3, [np.full(9, 2.0)] * 3)
    assert (
        dominance.cliffs_delta(*apart).value == 1 and "no width" in dominance.cliffs_delta(*apart).warnings[0]
    )


def test_plain_wasserstein_is_scipys():
    one, two = arm(3), arm(3, mu=0.2, seed=2)
    expected = scipy_stats.wasserstein_distance(np.concatenate(one), np.concatenate(two))
    assert transport.plain(*histograms.compress_arms(one, two)) == pytest.approx(expected, rel=2e-3)


def test_the_distance_of_an_arm_to_itself_may_be_zero_and_of_a_shift_is_the_shift():
    same = transport.wasserstein(*histograms.compress_arms(arm(8), arm(8, seed=2)))
    assert same.lo == 0.0
    one = arm(8)
    moved = transport.wasserstein(*histograms.compress_arms(one, [x + 1e-3 for x in one]))
    assert moved.lo < 1e-3 < moved.hi and moved.value == pytest.approx(1e-3, rel=2e-3)


def test_two_runs_an_arm_are_the_least_for_a_distance():
    with pytest.raises(TooFewValues, match="at least 2 runs"):
        transport.wasserstein(*histograms.compress_arms(arm(1), arm(2)))
