"""Mixtures with several peaks: the likeliest end is kept, and a rival that is as likely is said."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats as scipy_stats

from kernels import naive
from schedlab import dist
from schedlab.dist import stick
from schedlab.dist.beginnings import CUTS, STEPS
from schedlab.dist.lognormal_mixture import FLOOR
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit, fit_likelihood
from schedlab.stats.fit_sample import likelihood_of

TWO, THREE = dist.family("lognormal mixture 2"), dist.family("lognormal mixture 3")
BELL = 0.3 * scipy_stats.norm.ppf((np.arange(100) + 0.5) / 100)


def modes(*places):
    return Sample.of(np.exp(np.concatenate([place + BELL for place in places])), "s")


def mixed(seed: int) -> np.ndarray:
    """One to four modes, near or far, or a law that is no mixture of lognormals."""
    r = np.random.default_rng(seed)
    if seed % 5 == 0:
        return r.gamma(r.uniform(0.5, 5), 1e-3, 800)
    k = r.integers(1, 5)
    part = r.choice(k, 800, p=r.dirichlet(np.ones(k)))
    return r.lognormal(r.uniform(-8, -4, k)[part], np.exp(r.uniform(-2.0, 0.0, k))[part])


def followed(z: np.ndarray, k: int) -> np.ndarray:
    """Where the textbook's EM leads from every way to cut all the values: the likeliest end."""
    ends, z = [], np.sort(z)
    for cut in combinations(CUTS, k - 1):
        slices = np.split(z, (np.array(cut) * len(z)).astype(int))
        begin = [np.array([f(s) for s in slices]) for f in (len, np.mean, np.var)]
        law = begin[0] / len(z), begin[1], begin[2]
        for _ in range(STEPS):
            shares, mus, variances = naive.normal_em(z, np.ones(len(z)), *law, 1)
            law = shares, mus, np.maximum(variances, FLOOR * z.var())
        shares, mus, variances = law
        laws = scipy_stats.norm(mus[:, None], np.sqrt(variances)[:, None])
        ends.append((np.log(shares @ laws.pdf(z)).sum(), tuple(shares), tuple(mus), tuple(variances)))
    _, shares, mus, variances = map(np.array, max(ends))
    order = np.argsort(mus)
    own = np.stack([mus[order], 0.5 * np.log(variances[order])], axis=1).ravel()
    return np.concatenate([stick.logits(shares[order]), own])


@pytest.mark.parametrize("family", [TWO, THREE], ids=lambda f: f.name)
def test_no_beginning_that_is_followed_on_all_values_leads_higher(family):
    """Independent: EM as in the textbook, on every value and not on coarse atoms. A fit that says it gives
    no numbers (a part ran off onto a few values) promises no height: seed 21 of three parts is one."""
    k, lost = (len(family.params) + 1) // 3, []
    for seed in range(30):
        sample = Sample.of(mixed(seed), "s")
        slow = fit_likelihood(likelihood_of(sample), family, "s", followed(np.log(sample.values), k))
        quick = fit(sample, family)
        if slow.readable and quick.readable and quick.loglik < slow.loglik - 1e-9 * abs(slow.loglik):
            lost.append((seed, slow.loglik - quick.loglik))
    assert not lost, lost


def test_two_peaks_that_are_as_likely_are_said_and_not_returned_as_numbers():
    """Independent: the sample is its own mirror image and two parts for three modes are not, so that the
    mirror image of any solution is another one, exactly as likely."""
    found = fit(modes(-3.0, 0.0, 3.0), TWO)
    law = np.array(found.law)
    mirrored = np.array([1.0 - law[0], -law[3], law[4], -law[1], law[2]])
    x = modes(-3.0, 0.0, 3.0).values
    heights = [(TWO.log_pdf(x, *params) + np.log(x)).sum() for params in (law, mirrored)]
    np.testing.assert_allclose(*heights, rtol=1e-9)
    assert abs(law[1] - mirrored[1]) > 1.0
    assert "two peaks" in "; ".join(found.warnings) and np.isnan(found.params).all()
    exact = fit(modes(-3.0, 0.0, 3.0), TWO, exact=True)
    assert "two peaks" in "; ".join(exact.warnings)


@pytest.mark.parametrize(("family", "places"), [(TWO, (-3.0, 3.0)), (THREE, (-3.0, 0.0, 3.0))])
def test_as_many_parts_as_modes_have_one_peak(family, places):
    found = fit(modes(*places), family)
    assert found.readable and found.warnings == ()
    np.testing.assert_allclose(found.params[-2 * len(places) :: 2], places, atol=1e-3)


def test_three_rates_are_found_from_cuts_alone():
    """Independent: the textbook's EM from the rates that were drawn from."""
    shares, scales = np.array([0.2, 0.5, 0.3]), np.array([1e-4, 2e-3, 5e-2])
    r, family = np.random.default_rng(20240131), dist.family("hyperexponential 3")
    x = r.exponential(scales[r.choice(3, 4000, p=shares)])
    shares, scales = naive.exponential_em(x, np.ones(len(x)), shares, scales, 300)
    reached = np.log((shares / scales * np.exp(-x[:, None] / scales)).sum(axis=1)).sum()
    found = fit(Sample.of(x, "s"), family)
    assert found.readable and found.loglik >= reached - 1e-9 * abs(reached)
