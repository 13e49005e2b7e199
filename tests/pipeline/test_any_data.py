"""Any experiment gives the same report: what its runs lack, chapters say in one line; nothing fails."""

import json
import shutil
from pathlib import Path

import pytest

from schedlab.pipeline import places, plan, runner

REPO = Path(__file__).parents[2]
KEPT = {"server_stderr", "wrk"}


def only_logs_and_wrk(source: Path, target: Path) -> Path:
    """A copy of an experiment that holds nothing but scheduler logs and what wrk printed."""
    for file in sorted(source.glob("*/run.json")):
        run = json.loads(file.read_text(encoding="utf-8"))
        kept = [a for a in run["artifacts"] if a["kind"] in KEPT and a.get("path")]
        if kept:
            (target / run["id"]).mkdir(parents=True)
            text = json.dumps(run | {"artifacts": kept, "experiment": target.name})
            (target / run["id"] / "run.json").write_text(text, encoding="utf-8")
            for artifact in kept:
                shutil.copy(file.parent / artifact["path"], target / run["id"])
    return target


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return only_logs_and_wrk(REPO / "data/runs/echo-2core", tmp_path_factory.mktemp("runs") / "bare")


def steps(data):
    return plan.read_plan(REPO / "report" / "plan.toml", {"data": str(data)}).steps


def test_with_scheduler_logs_and_wrk_alone_chapters_on_other_things_step_aside(bare):
    lacks = {step.stem: step.lacks for step in steps(bare)}
    assert "no cpu profile" in lacks["21-cpu-profiles"] and "no trace" in lacks["50-goroutine-lives"]
    assert "no requests" in lacks["30-latency"] and "no requests" in lacks["05-explore"]
    assert "no requests or client report" in lacks["43-rates-and-capacity"]
    asked = ("00-overview", "10-data-quality", "12-load-test-honesty", "20-scheduler-snapshots")
    asked += ("47-tools-compared",)
    assert not any(lacks[stem] for stem in asked)


def test_what_has_data_runs_on_scheduler_logs_and_wrk_alone(bare, tmp_path, monkeypatch):
    """Every chapter was run so by hand; here those that read these files, for the suite's time is short."""
    monkeypatch.setattr(places, "cache", lambda: tmp_path / "cache")
    read = ("10-data-quality", "20-scheduler-snapshots", "40-comparison", "47-tools-compared")
    chosen = [step for step in steps(bare) if step.stem in read]
    outcomes = {o.stem: o for o in runner.run(chosen, quiet=True)}
    assert {o.status for o in outcomes.values()} <= {"ran", "aside"}, [o.why for o in outcomes.values()]
    assert {outcomes[stem].status for stem in ("20-scheduler-snapshots", "47-tools-compared")} == {"ran"}


@pytest.mark.parametrize("experiment", ["mosn", "instruments", "tiny", "sweep", "connections"])
def test_on_every_experiment_each_chapter_runs_or_says_what_its_data_lacks(experiment):
    for step in steps(REPO / "data" / "runs" / experiment):
        assert not step.lacks or f"{experiment} has " in step.lacks
