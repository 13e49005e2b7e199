"""Figures of fits draw the sample that was given, bands that cover it, and axes with units.

Independent: the drawn points against counting in the sample, the bands against Massart's bound by hand.
"""

import math

import numpy as np
import pytest

from schedlab import dist
from schedlab.figures import distributions, fit_checks, tails
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit
from schedlab.stats.tails import tail

X = np.random.default_rng(20240131).weibull(0.8, 600) * 2e-3
SAMPLE = Sample.of(X, "s")
FITS = [fit(SAMPLE, dist.family(name)) for name in ("weibull", "lognormal")]
HALF = math.sqrt(math.log(40.0) / (2 * len(X)))


def axes_of(figure):
    return figure.axes[0]


def line(axes, label):
    return next(part for part in axes.get_lines() if part.get_label() == label).get_xydata().T


def band(axes, which=0):
    """The corners of a grey band."""
    return axes.collections[which].get_paths()[0].vertices.T


OF_FITS = (
    distributions.survival, distributions.quantile_quantile, fit_checks.probability_probability,
    fit_checks.hazard,
)  # fmt: skip


@pytest.mark.parametrize("draw", OF_FITS)
def test_a_figure_of_fits_names_each_family_and_how_many_values_there_are(draw):
    axes = axes_of(draw(SAMPLE, FITS))
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "n = 600" in axes.get_title(loc="left") and {"weibull", "lognormal"} <= set(labels)
    looks = {
        (part.get_color(), part.get_linestyle()) for part in axes.get_lines() if part.get_label() in labels
    }
    assert len(looks) >= 2


@pytest.mark.parametrize(("draw", "unit"), [
    (distributions.survival, "ms"), (distributions.quantile_quantile, "ms"), (fit_checks.hazard, "ms"),
    (tails.mean_excess, "ms"),
])  # fmt: skip
def test_axes_of_latencies_have_their_unit(draw, unit):
    arguments = (SAMPLE,) if draw is tails.mean_excess else (SAMPLE, FITS)
    assert f"({unit})" in axes_of(draw(*arguments)).get_xlabel()


def test_the_rate_of_the_hazard_has_its_unit_and_shares_and_xi_have_none():
    assert axes_of(fit_checks.hazard(SAMPLE, FITS)).get_ylabel() == "hazard (1/s)"
    assert axes_of(distributions.survival(SAMPLE, FITS)).get_ylabel() == "share above"
    assert axes_of(tails.hill(SAMPLE)).get_ylabel() == "xi"


def test_survival_draws_the_share_above_each_value_and_its_band_covers_it():
    axes = axes_of(distributions.survival(SAMPLE, FITS))
    x, share = line(axes, "observed")
    np.testing.assert_allclose(share, [(v * (1 + 1e-12) < X).mean() for v in 1e-3 * x], atol=1e-12)
    heights = band(axes)[1]
    np.testing.assert_allclose(heights.max(), 1.0)
    np.testing.assert_allclose(heights.min(), max(share.min() - HALF, 0.2 / len(X)))


def test_survival_draws_the_fitted_law():
    x, share = line(axes_of(distributions.survival(SAMPLE, FITS)), "weibull")
    shape, scale = FITS[0].params
    np.testing.assert_allclose(share, np.exp(-((x * 1e-3 / scale) ** shape)), rtol=1e-9)


def test_qq_draws_the_sorted_sample_against_the_fitted_quantiles():
    fitted, observed = line(axes_of(distributions.quantile_quantile(SAMPLE, FITS)), "weibull") * 1e-3
    np.testing.assert_allclose(observed, np.sort(X), rtol=1e-12)
    q = (np.arange(len(X)) + 0.5) / len(X)
    shape, scale = FITS[0].params
    np.testing.assert_allclose(fitted, scale * (-np.log1p(-q)) ** (1 / shape), rtol=1e-9)


def test_pp_draws_the_sorted_sample_and_its_band_is_massarts():
    axes = axes_of(fit_checks.probability_probability(SAMPLE, FITS))
    fitted, observed = line(axes, "weibull")
    shape, scale = FITS[0].params
    np.testing.assert_allclose(fitted, -np.expm1(-((np.sort(X) / scale) ** shape)), rtol=1e-9)
    np.testing.assert_allclose(observed, (np.arange(len(X)) + 0.5) / len(X))
    assert {round(v, 9) for v in (HALF, -HALF, 1 + HALF, 1 - HALF)} <= {round(v, 9) for v in band(axes)[1]}
    assert (np.abs(fitted - observed) < HALF).all()


def test_the_hazard_of_an_exponential_is_level_and_within_its_bars():
    x = np.random.default_rng(7).exponential(2e-3, 4000)
    axes = axes_of(fit_checks.hazard(Sample.of(x, "s")))
    bars = axes.containers[0].lines[2][0].get_segments()
    inside = [low[1] <= 500.0 <= high[1] for low, high in bars]
    assert len(inside) > 10 and all(inside)


def test_mean_excess_is_the_mean_of_what_exceeds_the_threshold_and_covered():
    axes = axes_of(tails.mean_excess(SAMPLE))
    threshold, excess = axes.get_lines()[0].get_xydata().T * 1e-3
    expected = [(X[t * (1 + 1e-12) < X] - t).mean() for t in threshold]
    np.testing.assert_allclose(excess, expected, rtol=1e-9)
    heights = band(axes)[1] * 1e-3
    assert heights.min() < excess.min() and heights.max() > excess.max()


def test_hill_of_a_power_law_is_its_index_within_the_band():
    x = 1e-3 * np.random.default_rng(3).random(5000) ** -0.5
    axes = axes_of(tails.hill(Sample.of(x, "s")))
    largest, xi = line(axes, "Hill (power-law tails only)")
    values = np.sort(x)
    by_hand = [np.log(values[-int(k) :] / values[-int(k) - 1]).mean() for k in largest]
    np.testing.assert_allclose(xi, by_hand, rtol=1e-9)
    k, heights = band(axes)
    assert all(heights[k == v].min() < 0.5 < heights[k == v].max() for v in largest)


def test_return_levels_rise_within_their_band_and_their_axes_say_what_they_are():
    x = np.random.default_rng(3).weibull(0.8, 5000) * 2e-3
    axes = axes_of(tails.return_level(tail({"one run": Sample.of(x, "s")})))
    assert axes.get_xlabel() == "one request in" and axes.get_ylabel() in ("exceeds (ms)", "exceeds (s)")
    every, level = line(axes, "generalised Pareto tail")
    assert (np.diff(level) > 0).all() and (np.diff(every) > 0).all()
    where, heights = band(axes)
    assert all(
        heights[where == e].min() <= v <= heights[where == e].max() for e, v in zip(every, level, strict=True)
    )


def test_few_values_give_one_line_that_says_so():
    few = Sample.of(X[:10], "s")
    for figure in (tails.mean_excess(few), tails.hill(few), tails.return_level(None)):
        assert not figure.axes and "Too few" in figure.texts[0].get_text()
