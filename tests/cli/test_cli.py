"""Commands answer on stdout, complain on stderr, and exit as they promise."""

import json
import subprocess
import sys

import pytest

from build import write_experiment
from schedlab import cli


def test_runs_lists_the_catalogue_as_json(tmp_path, capsys):
    write_experiment(tmp_path, "ABBA")
    assert cli.main(["runs", str(tmp_path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["arm"] for row in rows] == ["gpr", "pool", "pool", "gpr"]


def test_runs_prints_a_table_for_people(tmp_path, capsys):
    write_experiment(tmp_path, "AB")
    assert cli.main(["runs", str(tmp_path)]) == 0
    assert "pool-quiet-1" in capsys.readouterr().out


def test_a_missing_folder_is_one_sentence_and_exit_code_2(tmp_path, capsys):
    assert cli.main(["runs", str(tmp_path / "nowhere")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"schedlab: {tmp_path / 'nowhere'}: no such folder\n"


def test_check_says_no_with_exit_code_1(tmp_path, capsys):
    write_experiment(tmp_path / "one", "AAAA")
    assert cli.main(["check", str(tmp_path / "one"), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert [f["level"] for f in findings] == ["error"]


def test_check_passes_a_clean_experiment(tmp_path, capsys):
    write_experiment(tmp_path / "one", "ABBA")
    assert cli.main(["check", str(tmp_path / "one")]) == 0
    assert "4 runs: 0 errors, 0 warnings, 0 notes" in capsys.readouterr().err


@pytest.mark.parametrize("command", [c.__name__.rsplit(".", 1)[1] for c in cli.COMMANDS])
def test_help_of_every_command_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([command.replace("_", "-"), "--help"])
    assert stop.value.code == 0
    assert f"schedlab {command.replace('_', '-')}" in capsys.readouterr().out.split("example")[-1]


def test_python_dash_m_is_the_command():
    done = subprocess.run([sys.executable, "-m", "schedlab", "--version"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("schedlab ")


def test_read_takes_the_limits_that_its_errors_name(tmp_path, capsys):
    (tmp_path / "a.folded").write_bytes(b"a;b 1\n" * 9 + b"a;" + b"c" * (2 << 20) + b" 1\n")
    assert cli.main(["read", str(tmp_path / "a.folded"), "--line-bytes", "1M"]) == 2
    assert ":10: the line is over the limit of 1048576 bytes" in capsys.readouterr().err
    assert cli.main(["read", str(tmp_path / "a.folded"), "--limit-bytes", "1m"]) == 2
    assert "over the limit of 1048576 bytes; raise the limit" in capsys.readouterr().err
    assert cli.main(["read", str(tmp_path / "a.folded"), "--limit-bytes", "9M", "--line-bytes", "5M"]) == 0
