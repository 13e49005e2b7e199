"""Factorial designs: the mixed model that R's lmer fits, Welch's test that R's oneway.test computes."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from schedlab.errors import TooFewValues
from schedlab.stats.compare import compare
from schedlab.stats.factorial import factorial, possible
from stats.recorded import R

FACTORS = ["scenario", "rate"]


def design():
    """The data of record.R: block outermost, then scenario, rate, and the arm innermost."""
    levels = ("1234", "st", "123", "ab")
    index = pd.MultiIndex.from_product(map(list, levels), names=["block", "scenario", "rate", "arm"])
    table, i = index.to_frame(index=False), np.arange(1, 49)
    logs = 0.02 * ((i * 7) % 11) + 0.1 * (i % 7) + 0.3 * ((i // 2) % 5) + 0.05 * (table["scenario"] == "t")
    logs += 0.12 * (table["arm"] == "b") * table["rate"].astype(float)
    return table.assign(value=np.exp(logs), run=i)


def test_with_one_spread_it_is_the_mixed_model_with_random_blocks_that_lmer_fits():
    found = factorial(design(), "a", "b", FACTORS, common=True)
    half = stdtrit(R["lmer_arm_df"], 0.975) * R["lmer_arm_se"]
    expected = np.exp([R["lmer_arm"], R["lmer_arm"] - half, R["lmer_arm"] + half])
    overall = found.overall
    np.testing.assert_allclose((overall.value, overall.lo, overall.hi), expected, rtol=1e-6)
    terms = found.interactions.set_index("term")
    for ours, theirs in (("rate", "rate"), ("scenario", "scenario"), ("scenario x rate", "rate:scenario")):
        assert terms.loc[f"arm x {ours}", "f"] == pytest.approx(R[f"lmer_f_arm:{theirs}"], rel=1e-6)
        assert terms.loc[f"arm x {ours}", "p_value"] == pytest.approx(R[f"lmer_p_arm:{theirs}"], rel=1e-6)


def test_with_their_own_spread_cells_are_compared_as_welchs_analysis_of_variance_does():
    cells = design().assign(cell=lambda t: t["scenario"] + t["rate"])
    (row,) = factorial(cells, "a", "b", ["cell"]).interactions.itertuples()
    assert row.f == pytest.approx(R["oneway_f"], rel=1e-10)
    assert (row.df1, row.df2) == pytest.approx((5, R["oneway_df2"]))
    assert row.p_value == pytest.approx(R["oneway_p"], rel=1e-8)


@pytest.mark.parametrize("blocks", [True, False])
def test_each_cell_is_the_comparison_of_its_runs(blocks):
    table = design() if blocks else design().assign(block=range(48))
    found = factorial(table, "a", "b", FACTORS)
    for row in found.cells.itertuples():
        part = table[(table["scenario"] == row.scenario) & (table["rate"] == row.rate)]
        alone = compare(part, "a", "b")
        np.testing.assert_allclose((row.effect, row.lo, row.hi), (alone.effect, alone.lo, alone.hi))
    assert ("blocks" in found.overall.method) is blocks


def test_gaps_in_the_grid_leave_one_question_and_empty_cells_are_an_error():
    table = design()
    gap = table[~((table["scenario"] == "s") & (table["rate"] == "1"))]
    found = factorial(gap, "a", "b", FACTORS)
    assert list(found.interactions["term"]) == ["arm x cell"] and found.warnings
    with pytest.raises(TooFewValues, match="at least 2 runs of each arm"):
        factorial(table[(table["arm"] == "a") | (table["rate"] == "1")], "a", "b", FACTORS)
    with pytest.raises(TooFewValues, match="no cell"):
        factorial(table.assign(arm="c"), "a", "b", FACTORS)


def test_an_effect_that_depends_on_a_factor_is_seen_in_that_factor_only():
    rng = np.random.default_rng(20240131)
    table = design().assign(value=lambda t: np.exp(0.5 * (t["arm"] == "b") * (t["scenario"] == "t")))
    table["value"] *= np.exp(rng.normal(0, 0.02, len(table)))
    p = factorial(table, "a", "b", FACTORS).interactions.set_index("term")["p_value"]
    assert p["arm x scenario"] < 1e-6 < 0.05 < min(p["arm x rate"], p["arm x scenario x rate"])


def test_where_the_runs_do_not_allow_it_the_reason_travels():
    found = possible(design().assign(value=np.nan), "a", "b")
    assert np.isnan(found.overall.value) and found.overall.warnings and not len(found.cells)
    assert "no cell" in found.warnings[0]
