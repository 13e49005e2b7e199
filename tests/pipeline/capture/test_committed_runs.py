"""The committed captures are what their run.json says: every file there, unchanged, interleaved, paired."""

import hashlib
from pathlib import Path

import pytest

from schedlab.model import catalog

RUNS = Path(__file__).parents[3] / "data" / "runs"
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
