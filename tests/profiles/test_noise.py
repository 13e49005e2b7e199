"""Differences that are only noise are seldom called differences; planted ones are found."""

from pathlib import Path

import numpy as np
import pytest

from schedlab import profiles
from schedlab.model import catalog
from schedlab.model.shares import newcombe, wilson
from schedlab.profiles import noise
from schedlab.profiles.arms import arms
from schedlab.profiles.diff import DISCOVERY, Arm, class_differences, diff

FOLDER = Path(__file__).parents[1] / "fixtures" / "pprof" / "repetitions"
REPETITIONS = [profiles.read(path) for path in sorted(FOLDER.glob("*.pb.gz"))]
TINY = Path(__file__).parents[2] / "data" / "runs" / "tiny"


def any_discovery(rng, planted=0.0, runs=6, sets=400, functions=30, n=500):
    """Rate of sets in which BH at 5 % calls anything; beta-binomial with dispersion about 2."""
    shares = np.linspace(0.02, 0.2, functions)
    found = 0
    for _ in range(sets):
        spread = n - 1  # a beta-binomial of n draws has dispersion 1 + (n - 1) / (spread + 1), about 2
        p = rng.beta(shares[:, None] * spread, (1 - shares[:, None]) * spread, (functions, 2 * runs))
        p[-1, runs:] = np.minimum(p[-1, runs:] + planted, 1)
        counts = rng.binomial(n, p).astype(float)
        total = np.full(runs, float(n))
        about = noise.compare(counts[:, :runs], total, counts[:, runs:], total)
        q = noise.false_discovery(about.p)
        found += (q[-1] <= 0.05) if planted else (q <= 0.05).any()
    return found / sets


def test_the_same_arm_twice_differs_in_at_most_six_sets_of_a_hundred():
    """Simulation with over-dispersion; three standard errors of 400 sets are 3.3 points."""
    assert any_discovery(np.random.default_rng(20261123)) <= 0.06


def test_a_planted_change_is_found_the_more_often_the_larger_it_is():
    two, five, ten = (any_discovery(np.random.default_rng(7), c, sets=100) for c in (0.02, 0.05, 0.10))
    assert two < five <= ten
    assert ten >= 0.95


@pytest.mark.parametrize("runs", [6, 4])
def test_splits_of_twelve_captured_repetitions_are_called_different_in_at_most_six_of_a_hundred(runs):
    """The same program both sides, on a machine that others disturbed: nothing but noise can be found."""
    random, found = np.random.default_rng(20261123), []
    for _ in range(24):
        chosen = [REPETITIONS[i] for i in random.permutation(len(REPETITIONS))[: 2 * runs]]
        one, other = Arm("a", tuple(chosen[:runs])), Arm("a again", tuple(chosen[runs:]))
        by_class = class_differences(one, other)["q"] <= DISCOVERY
        found.append((diff(one, other).table["beyond_noise"].any(), by_class.any()))
    assert np.mean(found, axis=0).max() <= 0.06


def test_a_function_that_varies_far_more_between_runs_than_others_keeps_its_own_dispersion():
    random = np.random.default_rng(4)
    counts = random.poisson(100, (40, 12)).astype(float)
    counts[0, :6] = [20, 180, 30, 170, 10, 190]
    total = np.full(6, 4000.0)
    found = noise.compare(counts[:, :6], total, counts[:, 6:], total)
    assert found.dispersion[0] > 30
    assert np.median(found.dispersion) < 1.3


def test_one_run_an_arm_says_sampling_noise_only():
    one = np.array([100.0])
    found = noise.compare(np.array([[10.0]]), one, np.array([[30.0]]), one)
    assert found.warnings == (noise.SAMPLING_ONLY,)


def test_nanoseconds_of_one_run_get_no_interval():
    one = np.array([1e9])
    found = noise.compare(np.array([[1e8]]), one, np.array([[3e8]]), one, counted=False)
    assert np.isnan([found.lo[0], found.hi[0], found.p[0]]).all()


def test_wilson_and_newcombe_equal_the_published_examples():
    """Newcombe 1998, Stat Med 17:857 (81 of 263) and 17:873, table II (56/70 against 48/80), method 10."""
    np.testing.assert_allclose(wilson(81, 263), (0.2553, 0.3662), atol=5e-5)
    np.testing.assert_allclose(newcombe(48, 80, 56, 70), (0.0524, 0.3339), atol=5e-5)


def test_too_few_runs_never_put_a_difference_beyond_noise():
    """Two captured runs an arm: splits of one arm's own runs were flagged when pooled, so nothing may be."""
    runs = catalog.select(catalog.runs(TINY), capture="instrumented")
    both = arms(runs, "cpu_profile")
    found = diff(both["gpr"], both["pool"])
    assert found.runs == (2, 2)
    assert noise.SAMPLING_ONLY in found.warnings
    assert not found.table["beyond_noise"].any()
