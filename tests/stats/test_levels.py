"""Levels of mechanisms: the same numbers as two arms at a time, by mechanism, corrected as one family."""

import math

import pandas as pd
import pytest

from schedlab import metrics, units
from schedlab.stats import levels, matrix

#: two mechanisms with levels of the same names: what belongs to one must not enter the other
PLANTED = {
    ("hot", "global"): [1.0, 1.1, 0.9, 1.05, 0.95],
    ("hot", "local"): [2.0, 2.2, 1.8, 2.1, 1.9],
    ("even", "global"): [5.0, 5.5, 4.5, 5.25, 4.75],
    ("even", "go"): [5.1, 5.4, 4.6, 5.2, 4.8],
}


@pytest.fixture
def values():
    rows = [
        {
            "run": f"{scenario}{arm}{i}", "arm": arm, "scenario": scenario, "block": i, "metric": "m",
            "unit": "s", "better": "lower", "value": value, "missing_because": "",
        }
        for (scenario, arm), numbers in PLANTED.items()
        for i, value in enumerate(numbers)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_each_mechanism_has_estimates_of_its_own(values):
    found = levels.estimates(values)
    assert set(found) == {"m.hot.global", "m.hot.local", "m.even.global", "m.even.go"}
    assert found["m.even.global"].value == pytest.approx(math.prod(PLANTED["even", "global"]) ** 0.2)
    table = levels.by_level(values)
    assert list(table["mechanism"]) == ["hot", "hot", "even", "even"]


def test_levels_are_compared_within_their_mechanism_and_corrected_together(values):
    found = levels.against(values, "global")
    assert [c.metric for c in found] == ["m, hot, local / global", "m, even, go / global"]
    one = values[values["scenario"] == "hot"]
    alone = matrix.compare_metrics(one, "global", "local")[0]
    assert (found[0].effect, found[0].lo) == (alone.effect, alone.lo)
    assert found[0].effect == pytest.approx(2)
    assert found[0].adjusted_p == pytest.approx(2 * alone.p_value)


def test_without_runs_there_is_nothing_and_no_error():
    empty = metrics.collect((), ["sojourn_p99"])
    assert levels.by_level(empty).empty and levels.against(empty, "global") == ()
    assert levels.estimates(empty) == {}


def test_a_sentence_names_the_levels_once(values):
    found = levels.against(values, "global")
    assert levels.sentence(found, "m, hot, local / global").startswith("m, hot, local / global: slower; ×2")
    assert "not measured" in levels.sentence(found, "m, hot, steal / global")


def test_one_effect_or_level_is_there_by_name_or_said_to_be_missing(values):
    found = levels.against(values, "global")
    assert matrix.effect(found, "m, hot, local / global").value == found[0].effect
    assert levels.level(values, "m.hot.local") == levels.estimates(values)["m.hot.local"]
    assert (
        matrix.effect(found, "m, hot, steal / global") == levels.level(values, "m.hot.no") == "not measured"
    )


def test_side_by_side_has_a_row_a_level_and_a_column_a_metric(values):
    alike = values.assign(metric="set", unit="share", value=0.7)
    table = levels.side_by_side(pd.concat([values, alike])).set_index(["mechanism", "level"])
    assert list(table.columns) == ["m", "set", "runs"]
    assert table.loc[("hot", "local"), "set"] == "70.0 %"
    e = levels.estimates(values)["m.hot.local"]
    assert table.loc[("hot", "local"), "m"] == units.show_interval(e.value, e.lo, e.hi, "s")


@pytest.mark.parametrize(
    ("stated", "achieved", "says"),
    [
        (1.2, 0.9, "holds within"),
        (5.0, 2.0, "does not hold"),
        (0.5, 0.4, "does not hold"),
        (1.7, 1.25, "too wide"),
    ],
)
def test_theory_holds_fails_or_is_left_open_by_whole_intervals(values, stated, achieved, says):
    spread = values[values["arm"] == "local"].assign(unit="1")
    spread["value"] /= spread["value"].mean()
    rows = [
        spread.assign(metric=f"sojourn_over_{load}", value=ratio * spread["value"])
        for load, ratio in (("stated", stated), ("achieved", achieved))
    ]
    assert says in levels.theory(pd.concat(rows), "hot.local")
    assert levels.theory(pd.concat(rows), "hot.global") == "not measured"
