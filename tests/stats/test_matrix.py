"""Every metric at once: numbers as one at a time, shares inside [0, 1], no interval from no spread."""

import math

import numpy as np
import pandas as pd
import pytest

from schedlab.stats import matrix
from schedlab.stats.compare import compare
from schedlab.stats.mean import mean
from schedlab.stats.verdict import MARGIN


def long(values, metric="throughput", unit="1/s"):
    """The long table that `metrics.collect` gives, from arm -> per-run values."""
    rows = [
        {"run": f"{arm}{i}", "arm": arm, "block": i, "metric": metric, "unit": unit, "better": "higher",
         "value": v, "missing_because": "" if math.isfinite(v) else "absent"}
        for arm, vs in values.items()
        for i, v in enumerate(vs)
    ]  # fmt: skip
    return pd.DataFrame(rows)


RNG = np.random.default_rng(20240131)
TWO = {"gpr": RNG.normal(100, 3, 6), "pool": RNG.normal(110, 3, 6)}


def test_the_mean_of_an_arm_is_the_mean_over_its_runs():
    table = matrix.by_arm(long(TWO))
    one = mean(TWO["gpr"], "1/s", scale="ratio")
    assert tuple(table.loc[0, ["value", "lo", "hi", "runs"]]) == (one.value, one.lo, one.hi, 6)


def test_comparisons_are_those_of_one_metric_at_a_time():
    both = pd.concat([long(TWO), long({a: v / 7 for a, v in TWO.items()}, "other")])
    found = matrix.compare_metrics(both, "gpr", "pool")
    alone = compare(long(TWO), "gpr", "pool", "throughput", "1/s", "higher", margin=MARGIN)
    assert [c.metric for c in found] == ["throughput", "other"]
    assert found[0] == alone
    assert found[1].effect == pytest.approx(alone.effect, rel=1e-12)


def test_a_metric_that_one_arm_lacks_is_left_out_and_said_to_be():
    found = matrix.compare_metrics(long({"gpr": TWO["gpr"], "pool": [math.nan] * 6}), "gpr", "pool")
    assert found == ()
    assert matrix.sentence(found, "throughput, steady").startswith("throughput, steady: not measured")


def test_missing_values_are_counted_with_their_reason():
    gone = matrix.missing(long({"gpr": [1.0, math.nan], "pool": [math.nan, math.nan]}))
    assert list(gone["runs"]) == [1, 2]
    assert set(gone["reason"]) == {"absent"}


def test_the_interval_of_a_share_stays_inside_0_and_1():
    found = matrix.means(long({"gpr": [0.0, 0.2]}, unit="share"))["gpr"]
    assert (found.lo, found.value, found.hi) == (0.0, pytest.approx(0.1), 1.0)


def test_runs_that_all_agree_give_no_interval_and_a_doubt():
    found = matrix.means(long({"gpr": [0.0] * 5}, unit="share"))["gpr"]
    assert math.isnan(found.lo)
    assert "all 5 runs give the same value" in found.warnings[0]
