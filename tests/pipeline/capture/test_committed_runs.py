"""The committed captures are what their run.json says: every file there, unchanged, interleaved, paired."""

import hashlib
import re
from pathlib import Path

import pytest

from schedlab.model import catalog

RUNS = Path(__file__).parents[3] / "data" / "runs"
#: name, number of runs and size of an experiment in the data sheet
ROW = re.compile(r"^\| `([^`]+)` \| `[^`]+\.toml` \|.*\| (\d+)[^|]*\| ([\d.]+) MB \|$", re.MULTILINE)
EXPERIMENTS = sorted(p for p in RUNS.iterdir() if p.is_dir())


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda p: p.name)
def test_every_artifact_is_there_and_unchanged(experiment):
    for run in catalog.runs(experiment):
        listed = {a.path.name: a.sha256 for a in run.artifacts if a.path}
        there = {f.name for f in run.folder.iterdir()} - {"run.json"}
        assert there == set(listed), run.id
        for name, digest in listed.items():
            assert hashlib.sha256((run.folder / name).read_bytes()).hexdigest() == digest, f"{run.id}/{name}"


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda p: p.name)
def test_the_arms_of_a_block_had_the_same_arrivals(experiment):
    blocks = {}
    for run in catalog.runs(experiment):
        key = (run.scenario, run.capture, run.repetition, run.factors["seed"])
        blocks.setdefault(run.block, set()).add(key)
    assert all(len(keys) == 1 for keys in blocks.values())


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda p: p.name)
def test_nothing_names_the_host_it_was_captured_on(experiment):
    for run in catalog.runs(experiment):
        text = (run.folder / "run.json").read_text(encoding="utf-8")
        assert "/home/" not in text and "/root/" not in text and "hostname" not in text, run.id


def test_the_data_sheet_has_every_experiment_with_its_number_of_runs_and_size():
    sheet = (RUNS.parent / "README.md").read_text(encoding="utf-8")
    rows = ROW.findall(sheet)
    assert {name: int(runs) for name, runs, _ in rows} == {
        path.name: len(catalog.runs(path)) for path in EXPERIMENTS
    }
    for name, _, size in rows:
        there = sum(file.stat().st_size for file in (RUNS / name).rglob("*") if file.is_file())
        assert abs(there / 1e6 - float(size)) < 0.1, name


def test_all_captures_together_stay_small():
    assert sum(file.stat().st_size for file in RUNS.rglob("*") if file.is_file()) < 60e6
