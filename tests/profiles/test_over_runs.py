"""Estimates over the runs of an arm: values are the merged profile's, intervals cover a known truth."""

from pathlib import Path

import numpy as np
import pytest

from schedlab import profiles
from schedlab.errors import TooFewValues
from schedlab.profiles import algebra, noise, over_runs
from schedlab.profiles.diff import Arm

FOLDER = Path(__file__).parents[1] / "fixtures" / "pprof" / "repetitions"
RUNS = tuple(profiles.read(path) for path in sorted(FOLDER.glob("*.pb.gz")))[:6]
ARM = Arm("a", RUNS, (1000.0,) * 6)
MERGED = algebra.merge(RUNS)


def test_class_shares_of_an_arm_are_those_of_its_merged_runs_with_a_wider_interval():
    over, merged = over_runs.class_shares(ARM), profiles.classes(MERGED, "samples")
    both = over.merge(merged, on="mechanism")
    np.testing.assert_allclose(both["share_x"], both["share_y"])
    assert (over["lo_share"] <= over["share"]).all() and (over["share"] <= over["hi_share"]).all()
    assert over["method"].unique().tolist() == ["cluster bootstrap over runs"]


def test_two_runs_give_the_interval_of_the_sampling_alone():
    two = over_runs.share(Arm("a", RUNS[:2]), [r"runtime\.mallocgc"])
    assert two.method == "Wilson" and "sampling noise only" in two.warnings[0]
    whole = profiles.share(algebra.merge(RUNS[:2]), [r"runtime\.mallocgc"], "samples")
    assert (two.value, two.lo, two.hi) == pytest.approx((whole.value, whole.lo, whole.hi))


def test_depths_of_an_arm_are_those_of_its_merged_runs():
    table = over_runs.depth_table(ARM).set_index("below")
    for name, pattern in over_runs.BELOW.items():
        found = profiles.depths(MERGED, pattern)
        assert table.loc[name, "mean"] == pytest.approx(found.mean)
        assert [table.loc[name, f"p{q}"] for q in (50, 90, 99)] == [
            found.quantile(q / 100) for q in (50, 90, 99)
        ]
        assert table.loc[name, "at_cap_64_share"] == pytest.approx(found.at_cap[64])
        assert table.loc[name, "mean_lo"] < table.loc[name, "mean"] < table.loc[name, "mean_hi"]


def test_the_cost_of_a_request_is_cpu_time_over_requests():
    table = over_runs.cost(ARM).set_index("mechanism")
    whole = MERGED.total("cpu") / 1e9 / 6000
    assert table.loc["all", "cost_s"] == pytest.approx(whole)
    assert table["cost_s"].drop("all").sum() == pytest.approx(whole)


def test_without_a_count_of_requests_there_is_no_cost():
    with pytest.raises(TooFewValues, match="how many requests"):
        over_runs.cost(Arm("a", RUNS))


@pytest.mark.parametrize(("runs", "least"), [(6, 0.86), (12, 0.90)])
def test_the_bootstrap_over_runs_covers_the_truth_about_as_often_as_it_says(runs, least):
    """Shares that vary between runs (beta-binomial); percentile intervals of few runs cover a little less."""
    random, inside = np.random.default_rng(20261123), 0
    for seed in range(300):
        total = random.integers(200, 600, runs).astype(float)
        value = random.binomial(total.astype(int), random.beta(20, 80, runs)).astype(float)
        lo, hi = np.quantile(noise.cluster_bootstrap(value, total, seed, 500), (0.025, 0.975))
        inside += lo <= 0.2 <= hi
    assert least <= inside / 300 <= 0.99
