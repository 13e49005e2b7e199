"""The primary comparison against values that R recorded (see r/record.R)."""

import numpy as np
import pandas as pd
import pytest

from schedlab.stats import multiplicity, permutation, power, rank, student
from schedlab.stats.compare import compare
from stats.recorded import A, B, D, R


@pytest.mark.parametrize("n", [2, 3, 5, 10, 17, 64])
def test_detectable_effects_are_those_of_power_t_test(n):
    assert power.detectable_between(n, n) == pytest.approx(R[f"power_two_{n}"], rel=2e-8)
    assert power.detectable_paired(n) == pytest.approx(R[f"power_paired_{n}"], rel=2e-8)


def test_the_ratio_and_its_interval_are_those_of_t_test_on_logs():
    rows = [("a", v) for v in B] + [("b", v) for v in A]
    values = pd.DataFrame(rows, columns=["arm", "value"]).assign(run=range(15), block=range(15))
    found = compare(values, "a", "b")
    expected = [R[f"welch_{x}"] for x in ("effect", "lo", "hi", "p")]
    np.testing.assert_allclose((found.effect, found.lo, found.hi, found.p_value), expected, rtol=1e-12)
    shift = student.welch(np.log(B), np.log(A))
    assert shift.df == pytest.approx(R["welch_df"], rel=1e-12)
    np.testing.assert_allclose(shift.interval(0.9), (R["tost_lo"], R["tost_hi"]), rtol=1e-12)


def test_hodges_lehmann_shifts_are_those_of_wilcox_test():
    between = rank.shift_between(np.array([*B[:-1], 1.07]), np.array(A))
    names = ("hl_between", "hl_between_lo", "hl_between_hi")
    np.testing.assert_allclose((between.value, between.lo, between.hi), [R[n] for n in names])
    paired = rank.shift_paired(np.array(D))
    names = ("hl_paired", "hl_paired_lo", "hl_paired_hi")
    np.testing.assert_allclose((paired.value, paired.lo, paired.hi), [R[n] for n in names])


def test_ties_make_the_rank_interval_wider_never_narrower():
    tied = rank.shift_between(np.array(B), np.array(A))
    assert tied.lo <= R["hl_ties_lo"] and tied.hi >= R["hl_ties_hi"]


def test_permutation_ps_are_those_of_exactranktests():
    one, two = np.round(100 * np.array(A)), np.round(100 * np.array([*B, 1.5]))
    assert permutation.between(one, two).p_value == pytest.approx(R["permutation_p"], rel=1e-12)
    flips = permutation.within_blocks(np.round(1000 * np.array(D)))
    assert flips.p_value == pytest.approx(R["permutation_paired_p"], rel=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("bh", "BH"), ("by", "BY")])
def test_adjusted_ps_are_those_of_p_adjust(ours, theirs):
    p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.05, 0.6, 0.0001]
    expected = [R[f"adjust_{theirs}_{i}"] for i in range(1, 9)]
    np.testing.assert_allclose(multiplicity.adjust(p, ours), expected, rtol=1e-12)
