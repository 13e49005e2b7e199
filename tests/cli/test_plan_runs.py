"""`schedlab plan-runs` reads a pilot and says what to capture, or why it cannot."""

import json
from pathlib import Path

import pytest

from schedlab import cli

TINY = Path(__file__).parents[2] / "data" / "runs" / "tiny"


@pytest.mark.skipif(not TINY.is_dir(), reason="the tiny captures are not there")
def test_more_precision_needs_more_runs(capsys):
    runs = []
    for precision in ("0.05", "0.2"):
        words = ["plan-runs", str(TINY), "--block", "0.25", "--precision", precision, "--json"]
        assert cli.main(words) == 0
        runs.append(json.loads(capsys.readouterr().out)["runs"])
    assert runs[0] > runs[1] >= 2


def test_a_folder_without_runs_exits_with_two_and_a_sentence(tmp_path, capsys):
    assert cli.main(["plan-runs", str(tmp_path)]) == 2
    assert "no runs here" in capsys.readouterr().err
