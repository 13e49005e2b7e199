"""`schedlab fit`: requests, histograms, printed quantiles and folders of runs."""

import json
from pathlib import Path

import pytest

from schedlab.cli import main

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "data" / "runs" / "tiny")
FIXTURES = ROOT / "tests" / "fixtures"
QUICK = ("--family", "lognormal", "--family", "gamma")


def told(capsys, *arguments):
    assert main(["fit", *map(str, arguments), *QUICK, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("by", "groups"), [("arm", 2), ("run", 4), ("arm,run", 4)])
def test_runs_are_fitted_by_arm_or_by_run(capsys, by, groups):
    found = told(capsys, TINY, "--by", by)
    assert len(found) == groups
    for answer in found.values():
        assert {row["family"] for row in answer["fits"]} == {"lognormal", "gamma"}
        assert answer["n"] > 1000 > answer["n_eff"] > 1 and len(answer["parameters"]) == 4


def test_a_load_tests_file_is_fitted(capsys):
    found = told(capsys, FIXTURES / "vegeta-csv" / "freeze.csv")
    assert all(answer["fits"] for answer in found.values())


def test_printed_quantiles_are_matched_and_promise_nothing(capsys):
    found = told(capsys, FIXTURES / "wrk" / "echo.txt")
    assert found["corrected"]["n"] is None and "parameters" not in found["corrected"]
    assert any("no standard errors" in text for text in found["corrected"]["warnings"])


def test_cautions_go_to_stderr_and_the_table_to_stdout(capsys):
    assert main(["fit", str(FIXTURES / "wrk" / "echo.txt"), *QUICK]) == 0
    out, err = capsys.readouterr()
    assert "lognormal" in out and "caution" not in out and "caution: " in err


def test_an_unknown_grouping_is_refused_with_the_choices(capsys):
    assert main(["fit", TINY, "--by", "moon"]) == 2
    assert "choose from arm, run, scenario" in capsys.readouterr().err


def test_a_file_without_latencies_is_refused_by_name(capsys):
    log = next((FIXTURES / "go-runtime-log").glob("*.log"))
    assert main(["fit", str(log)]) == 2
    assert log.name in capsys.readouterr().err
