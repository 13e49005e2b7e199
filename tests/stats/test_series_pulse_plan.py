"""Series, pulses and plans: equal to R, to hand counts, and to what a simulation was made with."""

import math

import numpy as np
import pandas as pd
import pytest

from schedlab.errors import TooFewValues
from schedlab.stats import plan, pulse, series
from stats.recorded import R

MDEATHS = (
    "2134 1863 1877 1877 1492 1249 1280 1131 1209 1492 1621 1846 2103 2137 2153 1833 1403 1288 1186 "
    "1133 1053 1347 1545 2066 2020 2750 2283 1479 1189 1160 1113 970 999 1208 1467 2059 2240 1634 1722 "
    "1801 1246 1162 1087 1013 959 1179 1229 1655 2019 2284 1942 1423 1340 1187 1098 1004 970 1140 1110 "
    "1812 2263 1820 1846 1531 1215 1075 1056 975 940 1081 1294 1341 "
)
FDEATHS = (
    "901 689 827 677 522 406 441 393 387 582 578 666 830 752 785 664 467 438 421 412 343 440 531 771 "
    "767 1141 896 532 447 420 376 330 357 445 546 764 862 660 663 643 502 392 411 348 387 385 411 638 "
    "796 853 737 546 530 446 431 362 387 430 425 679 821 785 727 612 478 429 405 379 393 411 487 574 "
)


def test_block_means_count_by_hand_and_leave_gaps_visible():
    times = np.array([0, 1, 2, 9, 10, 25]) * 10**9
    found = series.block_means(times, [1.0, 3, 5, 7, 100, 9], (0, 10**10 * 3), blocks=3)
    assert found["value"].tolist() == [4.0, 100.0, 9.0] and found["n"].tolist() == [4, 1, 1]
    assert math.isnan(series.block_means(times[:2], [1.0, 2], (0, 10**10 * 3), blocks=3)["value"][2])
    assert found["start_s"].tolist() == [0, 10, 20]


def test_cross_correlation_is_rs_ccf():
    found = series.cross_correlation(np.array(MDEATHS.split(), float), np.array(FDEATHS.split(), float), 5)
    expected = [R[f"ccf_deaths_{lag}"] for lag in range(-5, 6)]
    np.testing.assert_allclose(found["value"], expected, atol=1e-12)


def test_correlations_over_runs_hold_one_value_a_run():
    found = series.over_runs([0.5, 0.6, 0.7, 0.55])
    assert found.n == 4 and found.lo < 0.59 < found.hi
    with pytest.raises(TooFewValues):
        series.cross_correlation(np.ones(9), np.arange(9.0), 2)


def test_correlation_by_arm_is_the_mean_over_runs_of_each_run_alone_and_finds_the_lag():
    rng, parts = np.random.default_rng(1), []
    for run in range(6):
        cause = rng.normal(size=80)
        later = np.roll(cause, 2) + rng.normal(0, 0.5, 80)
        parts.append(
            pd.DataFrame({"arm": "a", "run": run, "block": range(80), "queued": cause, "latency": later})
        )
    still = pd.DataFrame({"arm": "a", "run": 9, "block": range(80), "queued": 0.0, "latency": 1.0})
    found = series.correlated(pd.concat([*parts, still]), "latency", "queued", 4).set_index("lag")
    alone = [
        series.cross_correlation(p["latency"], p["queued"], 4).set_index("lag")["value"][2] for p in parts
    ]
    assert found["value"].idxmax() == 2 and (found["runs"] == 6).all(), "what never changes is left out"
    assert found["value"][2] == pytest.approx(series.over_runs(alone).value)


def test_few_or_broken_series_have_no_correlation():
    rng = np.random.default_rng(2)
    runs = [
        pd.DataFrame(
            {"arm": "a", "run": r, "block": range(40), "x": rng.normal(size=40), "y": rng.normal(size=40)}
        )
        for r in range(4)
    ]
    assert len(series.correlated(pd.concat(runs), "x", "y", 2)) == 5
    for fewer in ([r[::2] for r in runs], [r[:19] for r in runs], runs[:2]):
        found = series.correlated(pd.concat(fewer), "x", "y", 2)
        assert found.empty and "not measurable" in series.correlation_sentence(found)


def triangle(run, height=10.0, noise=0.0):
    t = np.arange(-5, 21.0)
    value = 1 + np.where((t >= 0) & (t <= 10), height * (1 - np.abs(t - 5) / 5), 0) + noise
    return pd.DataFrame({"run": run, "since_onset_s": t, "value": value})


def test_a_triangle_has_its_peak_area_and_recovery_by_hand():
    (found,) = pulse.responses(triangle("r")).to_dict("records")
    assert (found["base"], found["peak"], found["peak_at_s"]) == (1, 10, 5)
    assert found["area"] == pytest.approx(50) and found["recovery_s"] == 10


def test_a_pulse_that_never_recovers_says_so():
    (found,) = pulse.responses(triangle("r").query("since_onset_s < 8")).to_dict("records")
    assert math.isnan(found["recovery_s"]) and "no recovery" in found["missing_because"]
    with pytest.raises(TooFewValues, match="3 values before"):
        pulse.responses(triangle("r").query("since_onset_s >= 0"))


def blocks(rng, runs, per_run, between, within):
    level = rng.normal(0, between, (2, runs, 1)) + rng.normal(0, within, (2, runs, per_run))
    rows = [(a, f"{a}{r}", math.exp(v)) for a in (0, 1) for r in range(runs) for v in level[a, r]]
    return pd.DataFrame(rows, columns=["arm", "run", "value"])


def test_variance_components_are_those_the_pilot_was_made_with():
    between, within = plan.components(blocks(np.random.default_rng(1), 400, 6, 0.03, 0.10))
    assert math.sqrt(between) == pytest.approx(0.03, rel=0.1)
    assert math.sqrt(within) == pytest.approx(0.10, rel=0.05)


def test_the_plan_reaches_its_precision_at_the_cheapest_number_of_blocks():
    pilot = blocks(np.random.default_rng(2), 100, 10, 0.03, 0.10)
    found = plan.plan(pilot, 0.02, run_cost=5, block_cost=1)
    assert found.blocks == math.ceil(math.sqrt(5 * found.within / found.between))
    costs = {b: plan.runs_for(found.between + found.within / b, 0.02) * (5 + b) for b in range(1, 40)}
    assert found.total_cost / 2 <= 1.1 * min(costs.values())


def test_a_pilot_of_one_run_is_refused_and_one_without_spread_flagged():
    with pytest.raises(TooFewValues, match="2 runs of an arm"):
        plan.components(blocks(np.random.default_rng(1), 1, 5, 0.1, 0.1))
    assert plan.plan(blocks(np.random.default_rng(1), 3, 5, 0.0, 1e-9), 0.02, 5, 1).runs >= 2
