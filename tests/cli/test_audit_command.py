"""`schedlab audit`: findings and repairs of several files; the exit code says whether there is a doubt."""

import json
from pathlib import Path

import pytest

from schedlab.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"


def fixture(name: str) -> str:
    return str(FIXTURES / name)


def test_doubts_repairs_and_mixed_definitions_come_as_json(capsys):
    files = [fixture("hey-csv/freeze.csv"), fixture("wrk/echo.txt")]
    assert main(["audit", *files, "--connections", "2", "--rate", "40", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    one, two = (found["files"][file] for file in files)
    assert [row["kind"] for row in one["repair"]] == ["as measured", "corrected"]
    assert "quantiles only" in two["repair"]
    assert {row["check"] for row in found["together"]} >= {"one clock", "one loop"}


def test_what_was_measured_stands_above_its_repair(capsys):
    main(["audit", fixture("hey-csv/freeze.csv"), "--connections", "2", "--rate", "40"])
    out = capsys.readouterr().out
    assert out.index("as measured") < out.index("corrected")


def test_a_file_without_a_doubt_exits_with_0(capsys):
    assert main(["audit", fixture("ghz-csv/health.csv")]) == 1  # a closed loop always is one
    assert main(["audit", fixture("schedlab-requests/echo.csv.gz")]) in (0, 1)
    assert main(["audit", fixture("runtime-metrics/dump.json")]) == 0


@pytest.mark.parametrize("name", ("wrk/echo.txt", "locust-stats/echo.csv", "k6-machine/echo.json"))
def test_printed_quantiles_are_never_tested_or_ranked_by_a_likelihood(name, capsys):
    code = main(["fit", fixture(name), "--json"])
    out = capsys.readouterr()
    assert code == 2 or (
        "no test and no comparison of families" in out.err + out.out and "aic" not in out.out
    )


def test_means_alone_are_not_fitted(capsys):
    assert main(["fit", fixture("h2load/echo.txt")]) == 2
    assert "holds no requests, histogram or quantiles" in capsys.readouterr().err
