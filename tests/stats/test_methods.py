"""Every method is in words, and everything that was simulated stands under one."""

from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.stats import coverage, methods

REPORT = Path(__file__).parents[2] / "report"
LISTED = methods.read(REPORT / "methods.csv")
SIMULATED = [coverage.read(REPORT / "data" / name) for name in ("coverage.csv", "coverage-fits.csv")]


def test_every_method_says_what_it_does_when_it_is_wrong_and_where_it_is_from():
    assert (LISTED[["name", "does", "wrong_when", "source"]] != "").all(axis=None)
    assert LISTED["name"].is_unique


def test_the_code_that_a_method_names_exists():
    package = REPORT.parent / "lib" / "schedlab"
    for source in LISTED["source"]:
        for name in source.split("; ")[-1].split(", "):
            assert (package / f"{name}.py").is_file(), name


def test_whatever_was_simulated_stands_under_a_method():
    assert methods.unlisted(LISTED, *SIMULATED) == ()


def test_settings_are_counted_once_and_alike_in_every_chapter():
    found = methods.covered(LISTED, *SIMULATED)[["settings", "within", "strictly"]].sum()
    counted = coverage.counts(*SIMULATED)
    assert found.to_dict() == {name: counted[name] for name in found.index}


def test_rates_and_settings_are_those_of_the_simulations():
    found = methods.covered(LISTED, *SIMULATED).set_index("name")
    one = SIMULATED[0][SIMULATED[0]["what"] == "TOST type I, at the margin"]
    row = found.loc["Equivalence within a margin"]
    assert (row["settings"], row["smallest_rate"], row["largest_rate"]) == (
        len(one), one["rate"].min(), one["rate"].max(),
    )  # fmt: skip
    assert row["promised"] == "0 to 0.05"


def test_a_list_with_other_columns_is_refused(tmp_path):
    (tmp_path / "methods.csv").write_text("name,does\n")
    with pytest.raises(FormatError, match="the columns must be"):
        methods.read(tmp_path / "methods.csv")
