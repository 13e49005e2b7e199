"""Fits: at least as likely as scipy's, the same in any units, honest about ticks, gaps and bad input."""

import re

import numpy as np
import pytest
from scipy import stats as scipy_stats

from dist.examples import EXAMPLES, SCIPY
from schedlab import dist
from schedlab.errors import SchedlabError, TooFewValues
from schedlab.model.sample import Quantiles, Sample
from schedlab.stats import fit_closed
from schedlab.stats.compress import compressed
from schedlab.stats.fit import fit, fit_all
from schedlab.stats.fit_dependence import effective_size
from schedlab.stats.fit_interval import by_run, profile
from schedlab.stats.fit_quantiles import fit_quantiles
from schedlab.stats.fit_sample import grouped, likelihood_of
from schedlab.stats.fit_tick import rounded, tick

LOGNORMAL, WEIBULL = dist.family("lognormal"), dist.family("weibull")
SMOOTH = [f for f in dist.FAMILIES if f.name in ("lognormal", "gamma", "weibull", "log-logistic",
          "inverse gaussian", "inverse gamma", "exponential", "burr xii", "dagum")]  # fmt: skip
each = pytest.mark.parametrize("family", SMOOTH, ids=lambda f: f.name)


def drawn(family, n, seed=20240131):
    return family.ppf(np.random.default_rng(seed).random(n), *EXAMPLES[family.name])


def off(found, family) -> np.ndarray:
    """Distance from the truth in standard errors."""
    return np.abs(found.theta - family.theta(EXAMPLES[family.name])) / np.sqrt(np.diag(found.cov))


FITTERS = {
    "lognormal": scipy_stats.lognorm,
    "gamma": scipy_stats.gamma,
    "weibull": scipy_stats.weibull_min,
    "log-logistic": scipy_stats.fisk,
    "inverse gaussian": scipy_stats.invgauss,
    "exponential": scipy_stats.expon,
    "inverse gamma": scipy_stats.invgamma,
    "exponentiated weibull": scipy_stats.exponweib,
    "burr xii": scipy_stats.burr12,
    "dagum": scipy_stats.burr,
    "lomax": scipy_stats.lomax,
    "generalised pareto": scipy_stats.genpareto,
    "pareto": scipy_stats.pareto,
}


@pytest.mark.parametrize("name", FITTERS)
def test_log_likelihood_reaches_that_of_scipy(name):
    family, x = dist.family(name), drawn(dist.family(name), 1000) * 1000
    theirs = FITTERS[name].logpdf(x, *FITTERS[name].fit(x, floc=0)).sum()
    found = fit(Sample.of(x, "s"), family)
    assert found.loglik >= theirs - 1e-12 * abs(theirs)
    assert found.gradient < 1e-9


@each
def test_log_likelihood_is_that_of_scipy_at_the_same_parameters(family):
    x = drawn(family, 500)
    found = fit(Sample.of(x, "s"), family)
    np.testing.assert_allclose(found.loglik, SCIPY[family.name](*found.params).logpdf(x).sum(), rtol=1e-10)


@each
def test_atoms_lose_nothing_of_the_exact_likelihood(family):
    x = drawn(family, 200_000)
    quick, exact = fit(Sample.of(x, "s"), family), fit(Sample.of(x, "s"), family, exact=True)
    at_atoms = family.log_pdf(x, *quick.params).sum()
    assert exact.loglik - at_atoms < 1e-12 * abs(exact.loglik)
    np.testing.assert_allclose(quick.loglik, exact.loglik, rtol=1e-9)


def test_compression_has_the_same_bits_on_any_number_of_threads():
    x = np.random.default_rng(1).lognormal(-6, 0.6, 600_001)
    first = compressed(x, 1)
    for threads in (2, 16):
        np.testing.assert_array_equal(first, compressed(x, threads))
    np.testing.assert_allclose(first[0] @ first[1], x.sum(), rtol=1e-13)
    assert first[0][0] == x.min() and first[0][-1] == x.max() and first[1].sum() == len(x)


@each
def test_binned_values_give_the_parameters_back(family):
    lo, hi, counts = (lambda g: (g.values, g.upper, g.counts))(grouped(Sample.of(drawn(family, 20_000), "s")))
    found = fit(Sample.bins(lo, hi, counts, "s"), family)
    assert found.converged and (off(found, family) < 4.5).all(), found


@each
def test_censored_values_give_the_parameters_back(family):
    x = drawn(family, 20_000)
    at = float(np.quantile(x, 0.9))
    found = fit(Sample(x[x <= at], "s", censored_above=float((x > at).sum()), censor_at=at), family)
    assert found.converged and (off(found, family) < 4.5).all(), found


def test_truncated_values_give_the_parameters_back():
    x = drawn(WEIBULL, 40_000)
    at = float(np.quantile(x, 0.2))
    found = fit(Sample(x[x > at], "s", truncated_below=at), WEIBULL)
    assert (off(found, WEIBULL) < 4.5).all(), found


@pytest.mark.parametrize("size", [1.0, 20.0])
def test_a_coarse_clock_is_found_and_does_not_bias(size):
    y = np.random.default_rng(5).lognormal(np.log(30), 0.5, 20_000)
    ticked = Sample.of(np.floor(y / size) * size, "s")
    seen = tick(ticked)
    assert seen.size == size and seen.matters
    found = fit(grouped(ticked, seen.size, "floor"), LOGNORMAL)
    assert (
        abs(found.params[0] - np.log(30)) < 4 * found.se[0] and abs(found.params[1] - 0.5) < 4 * found.se[1]
    )


def test_two_significant_digits_are_found_and_do_not_bias():
    y = np.random.default_rng(6).lognormal(np.log(30), 0.5, 20_000)
    shown = Sample.of([float(f"{v:.1e}") for v in y], "s")
    assert tick(shown).digits == 2
    found = fit(rounded(shown, 2), LOGNORMAL)
    assert (
        abs(found.params[0] - np.log(30)) < 4 * found.se[0] and abs(found.params[1] - 0.5) < 4 * found.se[1]
    )


def test_continuous_values_have_no_tick():
    assert tick(Sample.of(np.random.default_rng(7).lognormal(size=5000), "s")).size == 0.0


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_units_change_scales_and_nothing_else(scale):
    x = drawn(WEIBULL, 500)
    one, other = fit(Sample.of(x, "s"), WEIBULL), fit(Sample.of(x * scale, "s"), WEIBULL)
    np.testing.assert_allclose(other.params, (one.params[0], one.params[1] * scale), rtol=1e-9)
    np.testing.assert_allclose(other.nll, one.nll + len(x) * np.log(scale), rtol=1e-9)


@pytest.mark.parametrize(
    ("values", "what"),
    [([1.0, np.nan, 2.0], "NaN"), ([1.0, -1.0, 2.0], "negative"), ([1.0, np.inf], "infinite")],
)
def test_impossible_values_are_refused_by_name(values, what):
    with pytest.raises(SchedlabError, match=what):
        fit(Sample.of(values, "s"), LOGNORMAL)


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0], [0.0, 0.0]])
def test_too_few_distinct_values_are_refused(values):
    with pytest.raises(TooFewValues):
        fit(Sample.of(values, "s"), LOGNORMAL)


def test_zeros_count_as_below_the_smallest_value_and_it_says_so():
    x = np.append(drawn(WEIBULL, 1000), [0.0, 0.0])
    found = fit(Sample.of(x, "s"), WEIBULL)
    assert found.n == 1002 and "zeros" in found.warnings[0]


def test_one_huge_value_is_survived_by_every_usual_family():
    for found in fit_all(Sample.of(np.append(drawn(LOGNORMAL, 300), 1e6), "s"), dist.USUAL):
        assert found.converged or found.warnings


def test_corrected_counts_get_no_standard_errors():
    found = fit(Sample.bins([1, 2, 4], [2, 4, 8], [10, 20, 5], "s", corrected=True), LOGNORMAL)
    assert np.isnan(found.se).all() and "corrected" in found.warnings[0]


def test_profile_interval_is_where_the_likelihood_has_dropped_by_half_a_chi_square():
    family = dist.family("exponential")
    sample = Sample.of(drawn(family, 20), "s")
    lo, hi = profile(fit(sample, family), likelihood_of(sample), "scale")
    top = family.log_pdf(sample.values, sample.values.mean()).sum()
    for edge in (lo, hi):
        drop = top - family.log_pdf(sample.values, edge).sum()
        np.testing.assert_allclose(drop, scipy_stats.chi2.ppf(0.95, 1) / 2, rtol=1e-5)


def test_standard_errors_by_run_see_what_runs_do():
    r = np.random.default_rng(8)
    runs = {str(i): Sample.of(r.lognormal(r.normal(0, 0.1), 0.5, 3000), "s") for i in range(12)}
    means = np.array([np.log(s.values).mean() for s in runs.values()])
    np.testing.assert_allclose(by_run(runs, LOGNORMAL).se[0], means.std(ddof=1) / np.sqrt(12), rtol=0.01)


def test_effective_size_of_an_autoregression_is_the_known_one():
    r = np.random.default_rng(9)
    x, noise = np.zeros(60_000), r.normal(size=60_000)
    for i in range(1, len(x)):
        x[i] = 0.8 * x[i - 1] + noise[i]
    assert abs(effective_size(np.exp(x)) / (60_000 / 9) - 1) < 0.15


def test_quantiles_alone_recover_a_lognormal_and_promise_little():
    q = [0.5, 0.9, 0.99, 0.999]
    found = fit_quantiles(Quantiles.of(q, LOGNORMAL.ppf(np.array(q), -6.0, 0.7), "s"), LOGNORMAL)
    np.testing.assert_allclose(found.params, (-6.0, 0.7), rtol=1e-6)
    assert np.isnan(found.cov).all()
    with pytest.raises(TooFewValues, match="3 quantiles"):
        fit_quantiles(Quantiles.of(q[:2], [1.0, 2.0], "s"), LOGNORMAL)


def test_closed_forms_are_where_the_climb_ends():
    """Independent: the same values as weighted atoms, which take the way of every other family."""
    x = drawn(WEIBULL, 3000)
    for name in ("exponential", "lognormal", "gamma", "inverse gamma", "inverse gaussian"):
        closed = fit(Sample.of(x, "s"), dist.family(name))
        climbed = fit(Sample(x, "s", counts=np.ones(len(x))), dist.family(name))
        np.testing.assert_allclose(closed.theta, climbed.theta, rtol=1e-9)
        np.testing.assert_allclose(closed.nll, climbed.nll, rtol=1e-11)
        np.testing.assert_allclose(closed.cov, climbed.cov, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(closed.condition, climbed.condition, rtol=1e-6)


def test_closed_forms_have_the_same_bits_on_any_number_of_threads(monkeypatch):
    sample = Sample.of(np.random.default_rng(1).lognormal(-6, 0.6, 1_200_001), "s")
    found = []
    for threads in (1, 2, 16):
        monkeypatch.setattr(fit_closed, "cores", lambda threads=threads: threads)
        found.append(fit(sample, LOGNORMAL))
    assert len({(f.nll, *f.theta) for f in found}) == 1


#: family -> data that it has no maximum for, and what is said of it
RUNAWAY = {
    "burr xii": (lambda r: 1.0 + r.pareto(1.5, 4000), "Pareto law above some value"),
    "lomax": (lambda r: r.weibull(1.4, 4000), "its limit is the exponential"),
    "hypoexponential": (lambda r: r.gamma(5.0, 1.0, 4000), "Erlang"),
    "exponentiated weibull": (lambda r: 1.0 / r.weibull(2.0, 4000), "power runs off"),
    "dagum": (lambda r: 1.0 / r.weibull(2.0, 4000), "inverse Weibull"),
    "lognormal mixture 2": (lambda r: np.append(np.full(400, 2.0), r.lognormal(0, 1, 400)), "collapses"),
    "hyperexponential 2": (lambda r: r.gamma(3.0, 1.0, 4000), "fewer parts|no finite|ridge"),
    "generalised pareto": (lambda r: 1.0 - r.random(300) ** 3, "no bound|end point"),
}


@pytest.mark.parametrize("name", RUNAWAY)
def test_what_has_no_maximum_is_said_and_not_returned_as_numbers(name):
    values, why = RUNAWAY[name]
    sample = Sample.of(values(np.random.default_rng(20240131)), "s")
    found = fit(sample, dist.family(name))
    assert re.search(why, "; ".join(found.warnings)), found.warnings
    assert not found.readable and np.isnan(found.params).all() and np.isnan(found.interval()).all()
    if name != "generalised pareto":
        near = np.quantile(sample.values, [0.25, 0.75])
        assert (np.abs(np.log(found.ppf([0.25, 0.75]) / near)) < 1).all()


def test_intervals_from_runs_use_students_t():
    r = np.random.default_rng(8)
    runs = {str(i): Sample.of(r.lognormal(r.normal(0, 0.1), 0.5, 500), "s") for i in range(4)}
    found = by_run(runs, LOGNORMAL)
    lo, hi = found.interval()[0]
    np.testing.assert_allclose((hi - lo) / 2 / found.se[0], scipy_stats.t.ppf(0.975, 3), rtol=1e-9)
