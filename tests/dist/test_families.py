"""Every family keeps the same promises: laws first, then scipy where it has the family."""

import numpy as np
import pytest

from dist.examples import EXAMPLES, SCIPY
from schedlab.dist import FAMILIES, splice
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit

ALL = (*FAMILIES, splice.at(EXAMPLES["splice"][3]))
every_family = pytest.mark.parametrize("family", ALL, ids=lambda f: f.name)
in_scipy = pytest.mark.parametrize("family", [f for f in FAMILIES if f.name in SCIPY], ids=lambda f: f.name)
Q = np.concatenate([np.geomspace(1e-9, 0.1, 40), np.linspace(0.11, 0.9, 40), 1 - np.geomspace(0.1, 1e-9, 40)])


def drawn(family, n, seed=20240131):
    return family.ppf(np.random.default_rng(seed).random(n), *EXAMPLES[family.name])


@every_family
def test_quantile_of_cdf_is_the_identity(family):
    np.testing.assert_allclose(family.cdf(family.ppf(Q, *EXAMPLES[family.name]), *EXAMPLES[family.name]), Q)


@every_family
def test_cdf_and_survival_add_up_to_one(family):
    x = family.ppf(Q, *EXAMPLES[family.name])
    params = EXAMPLES[family.name]
    np.testing.assert_allclose(family.cdf(x, *params) + family.sf(x, *params), 1.0, rtol=1e-12)


@every_family
def test_density_is_the_slope_of_the_cdf(family):
    x, params = family.ppf(np.linspace(0.02, 0.98, 25), *EXAMPLES[family.name]), EXAMPLES[family.name]
    h = 1e-4 * x
    f = [family.cdf(x + k * h, *params) for k in (-2, -1, 1, 2)]
    slope = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h)
    np.testing.assert_allclose(np.exp(family.log_pdf(x, *params)), slope, rtol=1e-8)


@every_family
def test_derivatives_are_those_of_the_density(family):
    """Independent: fourth-order differences of the first row, and of the gradient rows."""
    z = np.log(drawn(family, 200))
    theta, p = family.theta(EXAMPLES[family.name]), len(family.params)
    rows = family.rows(z, theta)
    r, climbed = 1 + p, [link not in ("fixed", "chosen") for link in family.links]
    for a in range(p):
        if not climbed[a]:
            r += p - a
            continue
        step = 1e-3 * min(abs(theta[a]), 1.0) if family.links[a] == "identity" else 1e-3
        shift = np.eye(p)[a] * step
        near = [family.rows(z, theta + k * shift) for k in (-2, -1, 1, 2)]
        slope = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * step)
        np.testing.assert_allclose(rows[1 + a], slope[0], rtol=1e-7, atol=1e-7 * np.abs(rows[0]).max())
        for b in (b for b in range(a, p) if climbed[b]):
            scale = max(np.abs(slope[1 + b]).max(), 1.0)
            np.testing.assert_allclose(rows[r + b - a], slope[1 + b], rtol=1e-6, atol=1e-8 * scale)
        r += p - a


@in_scipy
def test_law_is_that_of_scipy(family):
    params = EXAMPLES[family.name]
    law, x = SCIPY[family.name](*params), family.ppf(Q, *params)
    np.testing.assert_allclose(family.log_pdf(x, *params), law.logpdf(x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(family.cdf(x, *params), law.cdf(x), rtol=1e-9, atol=3e-16)
    np.testing.assert_allclose(family.sf(x, *params), law.sf(x), rtol=1e-9, atol=3e-16)


@every_family
def test_fit_recovers_its_own_parameters(family):
    found = fit(Sample.of(drawn(family, 40_000), unit="s"), family)
    assert found.converged and found.gradient < 1e-9, found
    off = np.abs(found.theta - family.theta(EXAMPLES[family.name]))
    chosen = np.array([link in ("chosen", "fixed") for link in family.links])
    assert (off[~chosen] < 4.5 * np.sqrt(np.diag(found.cov)[~chosen])).all(), found
    np.testing.assert_allclose(off[chosen], 0.0, atol=1e-6)
