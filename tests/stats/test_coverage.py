"""The table of the simulation: every row within its promise, every advertised method and design in it."""

from pathlib import Path

import pandas as pd
import pytest

from dist.forms import FORMS
from schedlab.dist import FAMILIES
from schedlab.figures.coverage import coverage as draw
from schedlab.stats import coverage

TABLE = Path(__file__).parents[2] / "report" / "data" / "coverage.csv"
PARTS = {*FORMS, "profile", "runs", "quantiles", "distances", "observed", "tails"}


@pytest.fixture(scope="module")
def table():
    return coverage.read(TABLE)


def test_every_row_is_within_its_promise_by_enough_replicates_except_few_runs_with_a_disturbed_one(table):
    broken = table[
        (table["rate"] < table["least"] - 2 * table["mc_se"])
        | (table["rate"] > table["most"] + 2 * table["mc_se"])
    ]
    assert set(broken["part"]) == {"disturbed"} and set(broken["n1"]) == {5, 6, 10}
    assert (table["within"] == ~table.index.isin(broken.index)).all()
    assert (table["reps"] >= 1000).all() and (table["mc_se"] < 0.0111).all()


def test_few_and_many_runs_unequal_numbers_and_heavy_tails_were_simulated(table):
    designs = set(zip(table["n1"], table["n2"], strict=True))
    assert {(3, 3), (5, 5), (10, 10), (20, 20), (5, 10), (10, 20)} <= designs
    assert {"normal", "t3"} <= set(table["law"]) and {"0.01", "0.03", "0.05"} <= set(
        table["run_sd"].astype(str)
    )


def test_a_summary_names_what_breaks_its_promise(table):
    assert "disturbed (normal): 0.7" in coverage.sentence(table)
    table = table[table["within"]]
    wrong = table.iloc[[0]].assign(rate=0.8, within=False)
    both = pd.concat([table, wrong])
    assert coverage.summary(both)["within"].sum() == len(coverage.promising(table))
    assert "not so: Welch t (normal): 0.800 to 0.800" in coverage.sentence(both)
    assert "not so" not in coverage.sentence(table)


def test_a_promise_that_cannot_fail_and_an_interval_that_was_not_given_are_counted_apart():
    rows = [(0.95, 0.93, 0.97), (0.92, 0.93, 0.97), (0.8, 0.0, 1.0), (float("nan"), 0.93, 1.0)]
    simulated = pd.DataFrame(rows, columns=["rate", "least", "most"]).assign(what="t", law="x", within=True)
    assert coverage.counts(simulated) == {"settings": 2, "within": 2, "strictly": 1, "silent": 2}
    said = "2 settings, 2 within what is promised (1 strictly, the others up to two simulation errors)"
    assert coverage.sentence(simulated) == f"{said}; 2 more promise nothing"


def test_the_figure_has_a_line_a_method_and_one_line_where_nothing_was_simulated(table):
    assert len(draw(table, "share", "Coverage").axes[0].get_yticklabels()) == table["what"].nunique()
    assert "Not measured" in draw(table.iloc[:0], "share", "Coverage").axes[0].texts[0].get_text()


@pytest.fixture(scope="module")
def fits():
    return coverage.read_fits(TABLE.with_name("coverage-fits.csv"))


def test_every_form_of_a_sample_and_every_interval_of_a_fit_was_simulated(fits):
    assert set(fits["part"]) == PARTS
    assert fits["within"].all() and (fits["reps"] >= 200).all()


def test_every_family_was_fitted_in_every_form(fits):
    for form in FORMS:
        assert set(fits.loc[fits["part"] == form, "family"]) == {*(f.name for f in FAMILIES), "splice"}


def test_the_summary_of_fits_has_a_row_for_every_part(fits):
    summary = coverage.summary(fits)
    assert {what.split(": ")[0] for what in summary["what"]} == PARTS
    assert summary["settings"].sum() == coverage.counts(fits)["settings"]
