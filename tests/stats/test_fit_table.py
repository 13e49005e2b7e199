"""The result of `schedlab.fit`: what it prints, tabulates and says, for each kind of input."""

import numpy as np
import pandas as pd
import pytest

import schedlab
from schedlab import dist
from schedlab.errors import TooFewValues, UnknownName
from schedlab.model.sample import Quantiles, Sample
from schedlab.stats import goodness, tails
from schedlab.stats.fit import fit
from schedlab.stats.fit_empirical import hazard_steps
from schedlab.stats.select_parts import parts

FEW = ("exponential", "lognormal", "gamma", "weibull")


def latencies(seed=3, n=3000, mu=-6.0):
    return np.random.default_rng(seed).lognormal(mu, 0.5, n)


@pytest.fixture(scope="module")
def of_one():
    return schedlab.fit(latencies(), FEW)


@pytest.fixture(scope="module")
def of_runs():
    r = np.random.default_rng(4)
    return schedlab.fit(
        {str(i): Sample.of(latencies(i, 1500, r.normal(-6, 0.03)), "s") for i in range(5)}, FEW
    )


def test_the_best_family_is_on_top_and_every_family_is_a_row(of_one):
    assert of_one.best.family.name == "lognormal" and len(of_one) == len(of_one.table()) == 4
    assert list(of_one.table()["family"]) == [f.family.name for f in of_one]


def test_it_prints_n_and_what_n_is_worth(of_one):
    assert str(of_one).startswith("n 3,000, worth ") and "lognormal" in of_one._repr_html_()


def test_parameters_have_standard_errors_and_intervals_that_hold_them(of_one, of_runs):
    for found, by in ((of_one, "observed information"), (of_runs, "scores of 5 runs")):
        table = found.parameters()
        assert ((table["lo"] < table["value"]) & (table["value"] < table["hi"])).all()
        assert set(table["se_by"]) == {by}


def test_intervals_of_distances_hold_what_was_observed(of_one):
    table = of_one.table()
    for name in ("ks", "w1"):
        assert ((table[f"{name}_lo"] <= table[name]) & (table[name] <= table[f"{name}_hi"])).all()
    assert table.set_index("family")["ks"].idxmin() == "lognormal"


def test_distances_are_those_of_scipy():
    from scipy import stats

    x = np.sort(latencies())
    found = fit(Sample.of(x, "s"), dist.family("weibull"))
    ks = goodness.distance(Sample.of(x, "s"), found)[0]
    np.testing.assert_allclose(ks, stats.kstest(x, found.cdf).statistic, rtol=1e-12)
    w1 = goodness.transport(Sample.of(x, "s"), found, points=4000)[0]
    q = (np.arange(200_000) + 0.5) / 200_000
    np.testing.assert_allclose(w1, stats.wasserstein_distance(x, found.ppf(q)), rtol=0.02)


def test_three_runs_or_more_are_selected_by_runs_left_out(of_runs):
    assert of_runs.selection.best == "lognormal" and "nearest of them: lognormal" in str(of_runs)


def test_two_runs_leave_nothing_to_score(of_one):
    assert of_one.selection is None


def test_a_figure_is_drawn(of_one):
    from matplotlib.figure import Figure

    assert isinstance(of_one.plot(), Figure)


def test_a_fraction_of_an_independent_request_is_no_trouble():
    """n_eff is a quotient; quantile intervals once passed it on to a function of whole numbers."""
    sample = Sample.of(latencies(), "s")
    table = goodness.quantile_errors(sample, fit(sample, dist.family("lognormal")), n_eff=712.34)
    pd.testing.assert_frame_equal(
        table, goodness.quantile_errors(sample, fit(sample, dist.family("lognormal")), n_eff=712.0)
    )


def test_corrected_counts_give_estimates_without_standard_errors_and_say_so():
    lo = np.geomspace(1e-3, 1e-1, 40)
    counts = np.round(1000 * np.exp(-(np.linspace(-2, 3, 40) ** 2)))
    found = schedlab.fit(Sample.bins(lo, lo * 1.125, counts, "s", corrected=True), FEW)
    table = found.parameters()
    assert table["se"].isna().all() and table["lo"].isna().all() and table["value"].notna().all()
    assert any("no observations" in w for f in found for w in f.warnings)


def test_a_histogram_says_that_it_has_lost_the_order():
    lo = np.geomspace(1e-3, 1e-1, 40)
    found = schedlab.fit(Sample.bins(lo, lo * 1.125, np.full(40, 50.0), "s"), FEW)
    assert any("lost the order" in w for w in found.warnings)


def test_quantiles_alone_give_a_table_and_neither_likelihood_nor_test():
    q = np.array([0.5, 0.75, 0.9, 0.99])
    found = schedlab.fit(
        Quantiles.of(q, dist.family("gamma").ppf(q, 2.0, 1e-3), "s"), ("gamma", "lognormal", "erlang")
    )
    assert found.fits[0].family.name == "gamma" and found.fits[0].misfit < 1e-6
    np.testing.assert_allclose(found.fits[0].params, (2.0, 1e-3), rtol=1e-6)
    assert not {"loglik", "aic", "p_value", "se"} & set(found.table().columns)
    assert any("erlang" in w for w in found.warnings) and "gamma" in str(found) + found._repr_html_()


def test_too_few_quantiles_bind_no_family():
    with pytest.raises(TooFewValues, match="at least 3"):
        schedlab.fit(Quantiles.of([0.5], [1e-3], "s"))


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(UnknownName, match="log-logistic"):
        schedlab.fit(latencies(), ("lognormol",))


@pytest.mark.parametrize("true", [1, 2, 3])
def test_the_number_of_parts_is_found(true):
    r, shares = np.random.default_rng(true), ([1.0], [0.7, 0.3], [0.6, 0.3, 0.1])[true - 1]
    runs = {}
    for i in range(5):
        part = r.choice(true, 3000, p=shares)
        mu, sigma = np.array([-7.0, -5.5, -4.0])[part], np.array([0.3, 0.3, 0.4])[part]
        runs[str(i)] = Sample.of(np.exp(r.normal(mu + r.normal(0, 0.02), sigma)), "s")
    found = parts(runs, most=3)
    assert (found.k, found.k_bic) == (true, true), found.verdict


def test_the_hazard_of_an_exponential_is_level_and_its_band_holds_it():
    sample = Sample.of(np.random.default_rng(6).exponential(2e-3, 20_000), "s")
    steps = hazard_steps(sample)
    assert ((steps["rate_lo"] < 500) & (steps["rate_hi"] > 500)).all() and len(steps) > 15
    assert steps["rate"].between(100, 2000).all()


def test_the_band_of_all_return_levels_is_wider_than_that_of_one():
    found = tails.tail({"": Sample.of(np.random.default_rng(7).pareto(2.5, 20_000) + 1, "s")})
    level, curve = found.levels.iloc[0], found.curve
    at = curve.iloc[(curve["q"] - level["q"]).abs().argmin()]
    assert at["hi"] / at["lo"] > level["hi"] / level["lo"]
    assert abs(at["value"] / level["value"] - 1.0) < 0.1
