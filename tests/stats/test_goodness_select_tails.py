"""Goodness of fit, selection and tails, against scipy, Stephens's tables and known laws."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from schedlab import dist
from schedlab.model.sample import Sample
from schedlab.stats import goodness, tails
from schedlab.stats.fit import fit
from schedlab.stats.select import select

LOGNORMAL, WEIBULL = dist.family("lognormal"), dist.family("weibull")


def test_distances_are_those_of_scipy():
    x = np.random.default_rng(3).weibull(1.3, 500)
    found = fit(Sample.of(x, "s"), LOGNORMAL)
    seen = goodness.statistics(Sample.of(x, "s"), found)
    u, i = np.sort(found.cdf(x)), np.arange(1, 501)
    anderson = -500 - np.mean((2 * i - 1) * (np.log(u) + np.log1p(-u[::-1])))
    np.testing.assert_allclose(seen[0], scipy_stats.kstest(x, found.cdf).statistic, rtol=1e-12)
    np.testing.assert_allclose(seen[2], scipy_stats.cramervonmises(x, found.cdf).statistic, rtol=1e-9)
    np.testing.assert_allclose(seen[3], anderson, rtol=1e-9)


def test_right_family_is_kept_and_wrong_one_rejected():
    sample = Sample.of(np.random.default_rng(3).weibull(1.3, 400), "s")
    kept = goodness.goodness(sample, fit(sample, WEIBULL), 99).table
    wrong = goodness.goodness(sample, fit(sample, LOGNORMAL), 99).table
    assert kept["p_value"].min() > 0.05 and wrong["p_value"].max() <= 0.02


def test_null_law_of_anderson_darling_is_that_of_stephens():
    """Stephens 1977, Table 1 (Weibull, both parameters fitted): 0.637, 0.757, 1.038 at 10, 5 and 1 %."""
    null = goodness.anderson_darling_null(500, 4000)
    np.testing.assert_allclose(np.quantile(null, [0.9, 0.95, 0.99]), [0.637, 0.757, 1.038], rtol=0.06)


def test_null_law_has_the_same_bits_on_any_number_of_threads():
    one = goodness.anderson_darling_null(50, 40, threads=1)
    np.testing.assert_array_equal(one, goodness.anderson_darling_null(50, 40, threads=3))


def test_quantiles_that_n_cannot_bound_are_not_supported():
    sample = Sample.of(np.random.default_rng(4).lognormal(size=1000), "s")
    table = goodness.quantile_errors(sample, fit(sample, LOGNORMAL)).set_index("q")["supported"]
    assert table[0.99] and not table[0.999]


@pytest.fixture(scope="module")
def runs():
    r = np.random.default_rng(5)
    return {str(i): Sample.of(r.lognormal(r.normal(-6, 0.03), 0.5, 4000), "s") for i in range(6)}


def test_selection_finds_the_family_that_made_the_runs(runs):
    families = [dist.family(n) for n in ("weibull", "gamma", "lognormal", "log-logistic")]
    found = select(runs, families)
    assert found.best == "lognormal" and (found.table["behind"].iloc[1:] > 0).all()


def test_no_family_fits_is_an_answer():
    r = np.random.default_rng(6)
    two = {
        str(i): Sample.of(np.append(r.normal(1, 0.01, 2000), r.normal(50, 1, 2000)), "s") for i in range(3)
    }
    found = select(two, [LOGNORMAL, WEIBULL])
    assert found.best is None and found.verdict.startswith("no family fits")


def test_tail_of_a_power_law_has_its_exponent():
    x = np.random.default_rng(7).pareto(2.5, 20_000) + 1
    found = tails.tail({"": Sample.of(x, "s")})
    at = found.band.set_index("share").loc[0.05]
    assert abs(at["hill"] - 0.4) < 0.05 and at["xi_lo"] < 0.4 < at["xi_hi"]
    level = found.levels.set_index("q").loc[0.999]
    assert level["lo"] < 1000 ** (1 / 2.5) < level["hi"] and level["supported"]
    assert not found.levels["supported"].iloc[-1]


def test_clusters_are_counted_once():
    """A maximum of two neighbours doubles every exceedance: the extremal index is one half."""
    x = np.random.default_rng(8).pareto(2.0, 40_001)
    moving = np.maximum(x[1:], x[:-1])
    assert abs(tails.extremal_index([moving], float(np.quantile(moving, 0.98))) - 0.5) < 0.06


def test_a_tail_that_two_of_six_runs_made_is_not_the_arm_s():
    r = np.random.default_rng(11)
    runs = [r.lognormal(0, 0.3, 16_000) for _ in range(6)]
    for stalled in runs[:2]:
        stalled[r.choice(16_000, 60, replace=False)] += 20.0
    found = (
        tails.tail({str(i): Sample.of(x, "s") for i, x in enumerate(runs)}).levels.set_index("q").loc[0.999]
    )
    assert found["clusters_beyond"] > 10 and found["runs_beyond"] < 3 and not found["supported"]


def test_a_far_quantile_by_runs_is_the_t_interval_of_its_logs():
    """Against scipy's t interval of numpy's quantiles."""
    r = np.random.default_rng(12)
    runs = [r.pareto(3.0, 16_000) * np.exp(0.2 * r.normal()) for _ in range(6)]
    found = tails.tail({str(i): Sample.of(x, "s") for i, x in enumerate(runs)}).levels.set_index("q")
    logs = np.log([np.quantile(x, 0.999) for x in runs])
    lo, hi = scipy_stats.t.interval(0.95, 5, logs.mean(), scipy_stats.sem(logs))
    ends = found.loc[0.999, ["by_runs_lo", "by_runs_hi"]].astype(float)
    np.testing.assert_allclose(np.log(ends), [lo, hi], rtol=1e-9)
    assert math.isnan(found.loc[0.9999, "by_runs"])
