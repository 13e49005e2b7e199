"""The mechanism programs keep their promises: tests in Go, and reports that the reader understands."""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from schedlab import ingest, metrics

ROOT = Path(__file__).parents[2]
TESTBED = ROOT / "data" / "testbed"
PLAN = tomllib.loads((TESTBED / "plans" / "mechanisms.toml").read_text(encoding="utf-8"))
PROGRAMS = sorted({m["program"] for m in PLAN["mechanism"] if "module" not in m})
ENV = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}


@pytest.fixture(scope="module")
def go():
    ours = ROOT / ".venv-capture" / "bin" / "go"
    found = str(ours) if ours.is_file() else shutil.which("go")
    return found or pytest.skip("no Go here; `make capture` fetches one")


@pytest.fixture(scope="module")
def programs(go, tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    command = [go, "build", "-o", str(folder), *(f"./mechanisms/{name}" for name in PROGRAMS)]
    subprocess.run(command, cwd=TESTBED, env=ENV, check=True)
    return folder


def test_every_program_has_a_folder_and_every_folder_is_in_the_plan():
    folders = {p.parent.name for p in (TESTBED / "mechanisms").glob("*/main.go")}
    assert folders == set(PROGRAMS)


def test_a_remake_is_a_part_of_the_whole_plan_under_the_same_conditions():
    text = (TESTBED / "plans" / "remake-mechanisms.toml").read_text(encoding="utf-8")
    remake = tomllib.loads(text)
    assert all(mechanism in PLAN["mechanism"] for mechanism in remake["mechanism"])
    own = {"about", "seed", "mechanism"}
    assert {k: v for k, v in remake.items() if k not in own} == {
        k: v for k, v in PLAN.items() if k not in own
    }


def test_their_own_tests_pass(go):
    done = subprocess.run(
        [go, "test", "./mechanisms/..."], cwd=TESTBED, env=ENV, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_prints_one_report_of_known_measures(program, programs, tmp_path):
    command = [str(programs / program), "-seconds", "0.4", "-seed", "7"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    report = json.loads(done.stdout)
    assert (report["program"], report["seed"]) == (program, 7)
    (tmp_path / "mechanism.json").write_bytes(done.stdout)
    found = ingest.read(tmp_path / "mechanism.json")
    known = {m.name for m in metrics.MECHANISM}
    assert known & set(found.tables["GAUGES"]["name"])


def test_a_program_at_real_time_priority_says_whether_it_got_it(programs, tmp_path):
    command = [str(programs / "queues"), "-seconds", "0.2", "-realtime"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    assert "real time" in json.loads(done.stdout)["facts"]["priority"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_explains_itself(program, programs):
    said = subprocess.run([str(programs / program), "-h"], capture_output=True, text=True, check=False).stderr
    assert said.startswith(f"{program}: ") and "-seconds" in said
