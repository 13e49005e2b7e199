"""Kernels of fits against their slow twins (`naive.py`), compiled and uncompiled."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kernels import naive
from schedlab import dist
from schedlab.kernels import (
    closed,
    compress,
    elementary,
    goodness,
    likelihood,
    mixture_em,
    mixtures,
    newton,
    null_law,
)

HERE = Path(__file__).parent
RNG = np.random.default_rng(20240131)
X = RNG.lognormal(-6.0, 0.8, 1500)
Z = np.log(X)
NORMAL = ("log", "lognormal", "weibull", "gamma")


def test_logarithm_and_exponential_are_those_of_libm():
    big = np.geomspace(1e-300, 1e300, 801)
    np.testing.assert_allclose([elementary.log(x) for x in big], [math.log(x) for x in big], rtol=3e-16)
    small = np.linspace(-700, 700, 801)
    np.testing.assert_allclose([elementary.exp(x) for x in small], [math.exp(x) for x in small], rtol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 127, 128, 129, 1500])
def test_closed_sums_are_those_of_exact_addition(n):
    np.testing.assert_allclose(closed.log_sums(X[:n]), naive.log_sums(X[:n]), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(closed.means(X[:n]), naive.means(X[:n]), rtol=1e-13)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.inf, math.nan, 5e-324])
def test_closed_sums_refuse_what_has_no_logarithm(bad):
    values = np.append(X[:300], bad)
    assert np.isnan(closed.log_sums(values)).all() and np.isnan(closed.means(values)).all()


@pytest.mark.parametrize("family", [f for f in dist.FAMILIES if f.closed], ids=lambda f: f.name)
def test_closed_maximum_is_flat_and_its_covariance_the_inverse_information(family):
    row = family.closed.top(family.closed.sums(X))
    p = len(family.params)
    rows = family.rows(Z, row[:p].copy())
    sums = rows.sum(axis=1)
    np.testing.assert_allclose(row[-2], sums[0] / len(X), rtol=1e-12)
    assert np.abs(sums[1 : 1 + p]).max() < 1e-9 * len(X)
    hessian = np.zeros((p, p))
    hessian[np.triu_indices(p)] = sums[1 + p :]
    hessian = hessian + np.triu(hessian, 1).T
    np.testing.assert_allclose(row[p:-2].reshape(p, p), -np.linalg.inv(hessian), rtol=1e-6, atol=1e-15)


def test_sums_are_those_of_their_twins():
    """Intervals of one, two and five nodes."""
    shapes = np.array([[1, 40], [2, 30], [5, 20]])
    rows, counts = dist.family("weibull").rows(Z[:200], np.array([0.3, -5.8])), RNG.integers(1, 9, 90) * 1.0
    log_weights = RNG.normal(-3, 0.3, 200)
    np.testing.assert_allclose(
        likelihood.weighted_sums(rows, log_weights), naive.weighted_sums(rows, log_weights), rtol=1e-12
    )
    np.testing.assert_allclose(
        likelihood.interval_sums(rows, log_weights, shapes, counts, 2),
        naive.interval_sums(rows, log_weights, shapes, counts, 2), rtol=1e-11,
    )  # fmt: skip


@pytest.mark.parametrize(("own", "theta"), [
    (1, [0.4, -7.0, -5.0]), (1, [0.4, -0.3, -7.0, -6.0, -4.5]), (2, [0.4, -7.0, -0.5, -5.0, -0.2]),
    (2, [0.4, -0.3, -7.0, -0.5, -6.0, -0.7, -4.5, -0.2]),
])  # fmt: skip
def test_a_mixtures_sums_are_those_of_its_rows(own, theta):
    """Independent: the naive sums over the mixture's rows, whose derivatives test_families.py checks."""
    theta, shapes, counts = (
        np.array(theta),
        np.array([[1, 40], [2, 30], [5, 20]]),
        RNG.integers(1, 9, 90) * 1.0,
    )
    rows, log_weights = (
        np.empty((1 + len(theta) + len(theta) * (len(theta) + 1) // 2, 200)),
        RNG.normal(-3, 0.3, 200),
    )
    mixtures.mixture_terms(Z[:200], theta, rows, own)
    np.testing.assert_allclose(
        mixtures.mixture_sums(Z[:200], log_weights, shapes, counts, theta, own),
        naive.interval_sums(rows, log_weights, shapes, counts, len(theta)), rtol=1e-10, atol=1e-10,
    )  # fmt: skip


@pytest.mark.parametrize("free", [[0, 1, 2], [0, 2], [1]])
def test_newton_step_solves_the_same_equations(free):
    family = dist.family("burr xii")
    row = family.rows(Z, np.array([0.5, 0.2, -6.0])).mean(axis=1)
    step = newton.newton_step(row, np.array(free), 3)
    slope, concave, solved = naive.newton_step(row, free, 3)
    np.testing.assert_allclose(step[0], slope, rtol=1e-14)
    assert bool(step[1]) == concave
    if concave:
        np.testing.assert_allclose(step[2:][free], solved, rtol=1e-9)


def test_a_saddle_is_not_taken_for_a_peak():
    row = np.array([0.0, 1.0, 1.0, -1.0, 2.0, -1.0])
    assert newton.newton_step(row, np.array([0, 1]), 2)[1] == 0.0


def test_atoms_keep_count_mean_and_spread_of_every_bin():
    base, table = 900 * 128, np.zeros((4, 300 * 128, 4))
    least, most, outside = compress.fill(X, base, table)
    places, weights = np.empty(4000), np.empty(4000)
    found = compress.atoms(table, base, least, most, places, weights)
    expected = naive.atoms(X, compress.SHIFT)
    assert outside == 0 and found == len(expected)
    np.testing.assert_allclose(sorted(zip(places[:found], weights[:found], strict=True)), expected, rtol=1e-9)


def test_mixture_densities_and_their_slopes_are_those_of_the_sum():
    theta = np.array([0.4, -0.3, -7.0, -0.5, -6.0, -0.7, -4.5, -0.2])
    s = 1 / (1 + np.exp(-theta[:2]))
    shares = [s[0], (1 - s[0]) * s[1], (1 - s[0]) * (1 - s[1])]
    laws = [(theta[2 + 2 * j], math.exp(theta[3 + 2 * j])) for j in range(3)]
    parts = [
        lambda v, m=m, d=d: math.exp(-0.5 * ((v - m) / d) ** 2) / d / math.sqrt(2 * math.pi) for m, d in laws
    ]
    out = np.empty((45, 700))
    mixtures.mixture_terms(Z[:700], theta, out, 2)
    np.testing.assert_allclose(
        out[0], naive.mixture_log_density(Z[:700], shares, parts), rtol=1e-12, atol=1e-13
    )


def test_expectation_maximisation_takes_the_textbook_steps():
    w = RNG.random(len(Z)) + 0.5
    normals = np.array([[0.4, 0.6], [-7.0, -5.5], [0.3, 0.5]])
    expected = naive.normal_em(Z, w, *normals, 3)
    mixture_em.mixture_em(Z, w, normals, 2, 3)
    np.testing.assert_allclose(normals, expected, rtol=1e-10)
    exponentials = np.array([[0.4, 0.6], [1e-3, 6e-3], [1.0, 1.0]])
    expected = naive.exponential_em(X, w, *exponentials[:2], 3)
    mixture_em.mixture_em(X, w, exponentials, 1, 3)
    np.testing.assert_allclose(exponentials[:2], expected, rtol=1e-10)


def test_beginnings_are_steps_from_the_slices_between_cuts():
    z, cuts, ends = np.sort(Z[:100]), np.array([[0.25, 0.75], [0.1, 0.5]]), np.empty((2, 3, 3))
    mixture_em.mixture_begin(z, np.ones(100), cuts, ends, 2, 3)
    for cut, end in zip(cuts, ends, strict=True):
        slices = np.split(z, (cut * 100).astype(int) - 1)
        begin = [np.array([f(part) for part in slices]) for f in (len, np.mean, np.var)]
        expected = naive.normal_em(z, np.ones(100), begin[0] / 100, *begin[1:], 3)
        np.testing.assert_allclose(end, expected, rtol=1e-9)


def test_distances_with_ties_are_those_of_single_values():
    cdf, counts = np.sort(RNG.random(60)), RNG.integers(1, 5, 60).astype(float)
    np.testing.assert_allclose(
        goodness.distances(cdf, 1 - cdf, counts), naive.distances(cdf, counts), rtol=1e-10
    )


def test_weibull_shape_solves_its_likelihood_equation():
    z = np.sort(Z[:200])
    np.testing.assert_allclose(null_law.weibull_shape(z), naive.weibull_fit(z), rtol=1e-6)


def test_null_statistics_are_those_of_the_drawn_samples():
    n, seed, out = 40, 7, np.empty(3)
    null_law.weibull_null(n, seed, 5, out)
    for r in range(3):
        spacings = [-math.log(naive.uniform(seed, 5 + r, i)) / (n - i) for i in range(n)]
        z = np.log(np.cumsum(spacings))
        k, a = naive.weibull_fit(z)
        u = -np.expm1(-np.exp(k * (z - a)))
        np.testing.assert_allclose(out[r], naive.distances(u, np.ones(n))[3], rtol=1e-4)


def test_ordered_uniforms_are_sums_of_spacings():
    out = np.empty(30)
    null_law.ordered_uniforms(30, 5, 2, out)
    spacings = np.cumsum([-math.log(naive.uniform(5, 2, i)) for i in range(31)])
    np.testing.assert_allclose(out, spacings[:-1] / spacings[-1], rtol=1e-12)


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="this is the uncompiled run")
def test_all_of_this_and_every_family_holds_uncompiled_too():
    """The same tests as plain Python: what the compiler may not change."""
    tests = [HERE / "test_fit_kernels.py", HERE.parent / "dist" / "test_families.py"]
    options = ["-q", "-x", "-p", "no:cacheprovider", "-k", "not recovers", *map(str, tests)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
