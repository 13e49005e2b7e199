"""Fits agree with R 4 (fitdistrplus, MASS, evd, actuar): values recorded by tests/dist/r/record.R."""

import csv
from pathlib import Path

import numpy as np
import pytest

from schedlab import dist
from schedlab.model.sample import Sample
from schedlab.stats.fit import fit

HERE = Path(__file__).parent / "r"
X = np.loadtxt(HERE / "sample.csv", skiprows=1)
with open(HERE / "recorded.csv", encoding="utf-8") as file:
    RECORDED = list(csv.reader(file))[1:]


def observed(name: str) -> Sample:
    if "censored" in name:
        return Sample(X[X <= 2], "s", censored_above=float((X > 2).sum()), censor_at=2.0)
    if "ticks" in name:
        lower, counts = np.unique(np.floor(X / 0.2), return_counts=True)
        return Sample.bins(lower * 0.2, lower * 0.2 + 0.2, counts, "s")
    return Sample.of(X, "s")


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row[0])
def test_fit_is_at_least_as_likely_as_that_of_r_and_at_the_same_place(row):
    name, loglik, params = row[0], float(row[1]), [float(v) for v in row[2:]]
    family = dist.family(name.split(" censored")[0].split(" in ticks")[0])
    found = fit(observed(name), family)
    assert found.loglik > loglik - 1e-9 * abs(loglik)
    np.testing.assert_allclose(found.loglik, loglik, rtol=1e-7)
    np.testing.assert_allclose(found.params, params, rtol=5e-3)
