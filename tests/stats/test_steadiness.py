"""Change points, steadiness, dependence and drift: optimal, calibrated, and equal to what R computes."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from schedlab.errors import TooFewValues
from schedlab.kernels import changepoint
from schedlab.stats import changes, dependence, drift, steadiness
from stats.recorded import R

LH = (
    "2.4 2.4 2.4 2.2 2.1 1.5 2.3 2.3 2.5 2.0 1.9 1.7 2.2 1.8 3.2 3.2 2.7 2.2 2.2 1.9 1.9 1.8 2.7 3.0 2.3 "
    "2.0 2.0 2.9 2.9 2.7 2.7 2.3 2.6 2.4 1.8 1.7 1.5 1.4 2.1 3.3 3.5 3.5 3.1 2.6 2.1 3.4 3.0 2.9"
)


def ar1(rng, n, rho):
    return lfilter([np.sqrt(1 - rho**2)], [1, -rho], rng.normal(size=n + 50))[50:]


def _cost(values, cuts, penalty):
    parts = np.split(values, cuts)
    return sum(((p - p.mean()) ** 2).sum() for p in parts) + penalty * len(cuts)


@pytest.mark.parametrize("seed", range(6))
def test_pelt_finds_the_cheapest_of_all_partitions(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=13) + np.repeat(rng.normal(0, 2, 3), (4, 4, 5))
    values -= values.mean()
    every = [c for k in range(4) for c in itertools.combinations(range(3, 11), k)]
    legal = [c for c in every if all(b - a >= 3 for a, b in itertools.pairwise((0, *c, 13)))]
    cheapest = min(legal, key=lambda cuts: _cost(values, list(cuts), 2.0))
    assert tuple(changepoint.mean_changes(values, 2.0, 3)) == cheapest


def test_a_change_of_spread_alone_is_seen_by_the_nonparametric_one_only():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 1, 150), rng.normal(0, 5, 150)])
    assert len(changes.distributions(values)) and abs(changes.distributions(values)[0] - 150) < 12


@pytest.mark.parametrize("find", [changes.levels, changes.distributions])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.5, 0.7, 0.9])
def test_a_steady_series_stays_in_one_piece_however_much_its_blocks_depend_on_each_other(find, rho):
    rng = np.random.default_rng(3)
    assert np.mean([len(find(ar1(rng, 40, rho))) > 0 for _ in range(200)]) <= 0.06


@pytest.mark.parametrize(("rho", "n", "found"), [(0.0, 40, 0.85), (0.3, 100, 0.95), (0.5, 100, 0.85)])
def test_a_change_of_two_standard_deviations_is_found_where_it_happened(rho, n, found):
    rng = np.random.default_rng(3)
    step = np.where(np.arange(n) < n // 2, 0.0, 2.0)
    cuts = [changes.levels(ar1(rng, n, rho) + step) for _ in range(100)]
    assert np.mean([len(c) > 0 for c in cuts]) >= found
    assert np.median([abs(c - n // 2).min() for c in cuts if len(c)]) <= 2


def test_the_place_of_a_change_in_every_segment_counts_not_only_the_first():
    rng = np.random.default_rng(3)
    cuts = changes.levels(np.repeat([0.0, 4.0, 1.0, 6.0], 50) + ar1(rng, 200, 0.3))
    assert len(cuts) == 3 and np.abs(cuts - [50, 100, 150]).max() <= 3


@pytest.mark.parametrize("find", [changes.levels, changes.distributions])
def test_wild_blocks_are_not_changes(find):
    rng = np.random.default_rng(3)
    assert np.mean([len(find(rng.standard_t(3, 200))) > 0 for _ in range(100)]) <= 0.06


def test_a_step_without_noise_is_cut_exactly_and_a_ticking_clock_is_steady():
    assert changes.levels(np.repeat([1.0, 2.0], 20)).tolist() == [20]
    ticks = np.round(np.random.default_rng(3).normal(10, 0.4, 200))
    assert not len(changes.levels(ticks))


@pytest.mark.parametrize(
    ("parts", "kind", "start"),
    [
        ([(1.0, 200)], "flat", 0),
        ([(1.5, 30), (1.0, 170)], "warm-up", 30),
        ([(1.0, 100), (1.4, 100)], "slowdown", 100),
        ([(1.0, 160), (1.4, 40)], "no steady state", 160),
        ([(1.0, 60), (1.4, 60), (1.0, 80)], "slowdown", 120),
    ],
)
def test_a_run_is_told_apart_as_barrett_et_al_do(parts, kind, start):
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.normal(level, 0.03, n) for level, n in parts])
    found = steadiness.steadiness(values)
    if parts == [(1.0, 60), (1.4, 60), (1.0, 80)]:
        kind = "warm-up"  # what precedes the steady end was slower
    assert (found.kind, found.steady_from) == (kind, start)


def test_spikes_are_counted_and_kept():
    values = np.random.default_rng(2).normal(1, 0.02, 200)
    values[77] = 3.0
    found = steadiness.steadiness(values)
    assert (found.spikes, found.changes, found.kind) == ((77,), (), "flat")
    assert "are kept" in found.warnings[-1]


def test_too_few_blocks_and_empty_blocks_are_refused():
    with pytest.raises(TooFewValues, match="at least 8"):
        changes.levels(np.ones(5))
    with pytest.raises(TooFewValues, match="without a value"):
        changes.levels(np.full(20, np.nan))
    blocks = pd.DataFrame({"arm": "a", "run": ["a1"] * 3, "value": [1.0, 2, 3]})
    assert steadiness.of_runs(blocks)["kind"].tolist() == ["cannot tell"]


def test_the_kinds_of_runs_are_counted_by_arm():
    rng = np.random.default_rng(2)
    parts = {("a", "a1"): (1.0, 1.0), ("a", "a2"): (1.5, 1.0), ("b", "b1"): (1.0, 1.5)}
    blocks = [
        pd.DataFrame({"arm": arm, "run": run, "value": rng.normal(np.repeat(levels, [30, 70]), 0.02)})
        for (arm, run), levels in parts.items()
    ]
    found = steadiness.by_arm(steadiness.of_runs(pd.concat(blocks))).set_index("arm")
    assert found.loc["a", ["flat", "warm-up"]].tolist() == [1, 1] and found.loc["b", "slowdown"] == 1


def test_a_constant_series_is_flat():
    assert steadiness.steadiness(np.ones(50)).kind == "flat"


def test_autocorrelation_is_rs_acf():
    values = np.array(LH.split(), float)
    np.testing.assert_allclose(
        dependence.autocorrelation(values, 8), [R[f"acf_lh_{i}"] for i in range(9)], atol=1e-12
    )


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_n_of_an_ar1_series_is_its_theory(rho):
    found = dependence.effective_n(ar1(np.random.default_rng(4), 100_000, rho))
    assert found.inflation == pytest.approx((1 + rho) / (1 - rho), rel=0.1)
    assert found.lag_one == pytest.approx(rho, abs=0.02)


def test_constant_values_are_not_more_than_themselves():
    assert dependence.effective_n(np.ones(100)).n_eff == 100


def runs(values, arms="ABBAABBAAB"):
    return pd.DataFrame({"arm": list(arms), "order": range(1, len(arms) + 1), "value": values})


def test_a_drift_common_to_both_arms_is_found_and_an_effect_of_the_arm_is_not_drift():
    rng = np.random.default_rng(5)
    effect = np.where(np.array(list("ABBAABBAAB")) == "B", 1.5, 1.0)
    noise = np.exp(rng.normal(0, 0.002, 10))
    still = drift.drift(runs(effect * noise))
    moving = drift.drift(runs(effect * noise * np.exp(0.02 * np.arange(10))))
    assert still.p_value > 0.05 and not still.warnings
    assert moving.lo < 0.02 < moving.hi and "pair runs by block" in moving.warnings[0]


def test_kendalls_p_is_rs():
    from stats.recorded import D

    table = pd.DataFrame({"arm": "a", "order": range(1, 10), "value": np.exp(D)})
    assert drift.drift(table).p_value == pytest.approx(R["kendall_p"], rel=1e-9)
