"""A session makes each run once, never overwrites, resumes after any interruption, and marks noisy runs."""

import dataclasses
import json
from pathlib import Path

import pytest

from schedlab.cli import main
from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import session, turn
from schedlab.pipeline.capture.plan_file import read_plan

PLAN = Path(__file__).parents[3] / "data" / "testbed" / "plans" / "tiny.toml"


class Pretend:
    """Stands in for the execution of a run: writes a run.json, or is interrupted at the n-th run."""

    def __init__(self, interrupt_at=0, foreign=(), rates=None):
        self.made, self.interrupt_at, self.foreign = [], interrupt_at, list(foreign)
        self.rates, self.offered = rates or {}, {}

    def __call__(self, setting, task, folder, attempt=1):
        self.made.append((task.id, attempt))
        (folder / "half").write_text("written so far")
        if len(self.made) == self.interrupt_at:
            raise KeyboardInterrupt
        share = self.foreign.pop(0) if self.foreign else 0.0
        measured = {"foreign_cpu_share": share, "achieved_rate": self.rates.get(task.arm.name, 0.0)}
        self.offered.setdefault((task.scenario.name, task.arm.name), set()).add(task.scenario.rate_per_s)
        warnings = ["noisy"] if share > setting.plan.max_foreign_share else []
        content = {"id": task.id, "arm": task.arm.name, "measured": measured, "warnings": warnings}
        (folder / "run.json").write_text(json.dumps(content))
        return content


@pytest.fixture
def pretend(monkeypatch, tmp_path):
    def use(**options):
        stand_in = Pretend(**options)
        monkeypatch.setattr(session, "execute", stand_in)
        return stand_in

    monkeypatch.setattr(session, "build_all", lambda plan, go: {})
    monkeypatch.setattr(turn, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(turn.time, "sleep", lambda seconds: None)
    return use


def capture(tmp_path, *more):
    return main(["capture", str(PLAN), "--to", str(tmp_path / "runs"), "--go", __file__, *more])


def test_an_interrupted_session_resumes_where_it_was(tmp_path, pretend):
    first = pretend(interrupt_at=4)
    assert capture(tmp_path) == 130
    assert not list((tmp_path / "runs").glob("*/*.partial"))
    second = pretend()
    assert capture(tmp_path, "--resume") == 0
    done = [name for name, _ in first.made[:3]]
    assert not set(done) & {name for name, _ in second.made}
    assert len(list((tmp_path / "runs" / "tiny").glob("*/run.json"))) == 8


def test_a_folder_left_by_kill_9_is_swept_away(tmp_path, pretend):
    pretend()
    assert capture(tmp_path) == 0
    left = tmp_path / "runs" / "tiny" / "steady-quiet-gpr-01.partial"
    left.mkdir()
    assert capture(tmp_path, "--resume") == 0
    assert not left.exists()


def test_an_experiment_is_never_overwritten(tmp_path, pretend, capsys):
    stand_in = pretend()
    assert capture(tmp_path) == 0
    assert capture(tmp_path) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert len(stand_in.made) == 8


def test_another_plan_cannot_go_on_with_an_experiment(tmp_path, pretend):
    pretend()
    plan = read_plan(PLAN)
    experiment = tmp_path / "tiny"
    session.open_experiment(plan, experiment, resume=False)
    (experiment / "plan.toml").write_text("another")
    with pytest.raises(SchedlabError, match="made with another plan"):
        session.open_experiment(plan, experiment, resume=True)


def test_a_noisy_run_is_made_again_twice_at_most(tmp_path, pretend):
    stand_in = pretend(foreign=[0.5, 0.0, 0.5, 0.5, 0.5])
    assert capture(tmp_path) == 0
    assert [attempt for _, attempt in stand_in.made[:5]] == [1, 2, 1, 2, 3]


def test_a_dry_run_prints_the_schedule_and_starts_nothing(tmp_path, pretend, capsys):
    stand_in = pretend()
    assert capture(tmp_path, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "8 runs, about" in said and "steady-instrumented-pool-02" in said
    assert not stand_in.made and not (tmp_path / "runs").exists()


def test_runs_with_a_warning_are_made_once_more_on_demand(tmp_path, pretend):
    pretend(foreign=[0.0, 0.5, 0.5, 0.5])
    assert capture(tmp_path) == 0
    second = pretend()
    assert capture(tmp_path, "--resume", "--again") == 0
    assert len(second.made) == 1
    assert len(list((tmp_path / "runs" / "tiny").glob("*/run.json"))) == 8


SHARES = """
[[scenario]]
name = "capacity"
captures = ["quiet"]
repetitions = 3
loop = "closed"
connections = 4
measure_s = 1.0

[[scenario]]
name = "half"
captures = ["quiet"]
repetitions = 1
rate_share = 0.5
capacity = "capacity"
connections = 4
measure_s = 1.0
"""


def test_a_share_is_of_the_arms_own_measured_capacity(tmp_path, pretend):
    arms = PLAN.read_text(encoding="utf-8").partition("[[scenario]]")[0]
    (tmp_path / "cmd" / "echo").mkdir(parents=True)
    (tmp_path / "plans").mkdir()
    plan = tmp_path / "plans" / "shares.toml"
    plan.write_text(arms + SHARES, encoding="utf-8")
    stand_in = pretend(rates={"gpr": 3000.0, "pool": 2000.0})
    assert main(["capture", str(plan), "--to", str(tmp_path / "runs"), "--go", __file__]) == 0
    assert stand_in.offered["half", "gpr"] == {1500.0}
    assert stand_in.offered["half", "pool"] == {1000.0}


def test_a_list_of_plans_goes_into_one_folder_each(tmp_path, pretend):
    pretend()
    plans = tmp_path / "plans"
    plans.mkdir()
    (tmp_path / "cmd" / "echo").mkdir(parents=True)
    text = PLAN.read_text(encoding="utf-8")
    (plans / "one.toml").write_text(text.replace('name = "tiny"', 'name = "one"', 1), encoding="utf-8")
    (plans / "two.toml").write_text(text.replace('name = "tiny"', 'name = "two"', 1), encoding="utf-8")
    (plans / "all.toml").write_text('plans = ["one.toml", "two.toml"]', encoding="utf-8")
    command = ["capture", str(plans / "all.toml"), "--to", str(tmp_path / "runs"), "--go", __file__]
    assert main(command) == 0
    assert sorted(f.name for f in (tmp_path / "runs").iterdir()) == ["one", "two"]
    assert main([*command, "--name", "today"]) == 0
    assert (tmp_path / "runs" / "today-two").is_dir()


def test_a_run_waits_for_others_to_be_quiet_but_not_for_ever(monkeypatch):
    busy = iter([0.9, 0.5, 0.0, 0.9, 0.9])
    looks = []
    monkeypatch.setattr(turn, "shares", lambda *_: {"foreign_cpu_share": looks.append(1) or next(busy)})
    monkeypatch.setattr(turn, "PROBE_S", 0.01)
    plan = dataclasses.replace(read_plan(PLAN), cool_down_s=0.01)
    turn.cool_down(plan, 2, patience_s=60.0)
    assert len(looks) == 3
    turn.cool_down(plan, 2, patience_s=0.0)
    assert len(looks) == 4, "without patience the cool-down is all"
