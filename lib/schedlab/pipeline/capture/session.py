"""A session: all runs of a plan, one at a time, each complete or absent; resumable, never overwriting."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import capacity, host, mechanism
from schedlab.pipeline.capture.build import build_all
from schedlab.pipeline.capture.execute import execute
from schedlab.pipeline.capture.order import Task, interleave
from schedlab.pipeline.capture.outcome import Setting
from schedlab.pipeline.capture.plan import Mechanism, Plan
from schedlab.pipeline.capture.turn import Manners, Turn, cool_down


def run(plan: Plan, experiment: Path, go: str, manners: Manners) -> tuple[int, int]:
    """Make the runs of a plan that `experiment` does not hold yet; returns (made, already there)."""
    open_experiment(plan, experiment, manners.resume)
    if manners.again:
        sweep(experiment)
    tasks = interleave(plan)
    left = [task for task in tasks if not (experiment / task.id / "run.json").is_file()]
    setting = Setting(plan, build_all(plan, go), host.facts(plan.host.label), experiment.name)
    total = round(sum(t.seconds for t in left))
    with tqdm(total=total, bar_format=_BAR, file=sys.stderr) as bar, Turn(manners) as turn:
        for task in left:
            bar.set_postfix_str(f"{task.id} ({task.order}/{len(tasks)})")
            make(setting, setting.settle(capacity.with_rate(task, experiment)), experiment, turn)
            bar.update(round(task.seconds))
    return len(left), len(tasks) - len(left)


_BAR = "{l_bar}{bar}| {elapsed} so far, {remaining} left, {postfix}"


def open_experiment(plan: Plan, experiment: Path, resume: bool) -> None:
    """Make the experiment's folder, or enter it again to go on with the very same plan."""
    kept = experiment / "plan.toml"
    if not experiment.exists():
        experiment.mkdir(parents=True)
        kept.write_text(plan.text, encoding="utf-8")
        return
    if not resume:
        cure = "--resume goes on with it, --name NAME makes another"
        raise SchedlabError(f"{experiment} exists and is never overwritten; {cure}")
    if not kept.is_file() or kept.read_text(encoding="utf-8") != plan.text:
        raise SchedlabError(f"{experiment} was made with another plan; its own is {kept}")
    for partial in experiment.glob("*.partial"):
        shutil.rmtree(partial)


def sweep(experiment: Path) -> None:
    """Throw away the runs of a capture that carry a warning, to be made again."""
    for file in experiment.glob("*/run.json"):
        if json.loads(file.read_text(encoding="utf-8"))["warnings"]:
            shutil.rmtree(file.parent)


def make(setting: Setting, task: Task, experiment: Path, turn: Turn) -> dict[str, Any]:
    """Make one run; while others use too much of the CPU, make it again, and keep the last with a warning."""
    partial = (experiment / f"{task.id}.partial").resolve()
    wish = turn.manners.remakes
    remakes = setting.plan.remakes if wish is None else wish
    run_once = mechanism.execute if isinstance(task.scenario, Mechanism) else execute
    try:
        with turn.alone():
            for attempt in range(1, remakes + 2):
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                cool_down(setting.plan, setting.cores, turn.manners.patience_s)
                content = run_once(setting, task, partial, attempt)
                if content["measured"]["foreign_cpu_share"] <= setting.plan.max_foreign_share:
                    break
        partial.rename(experiment / task.id)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return content


def schedule(plan: Plan) -> str:
    """The schedule of a plan as text: one line a run, and the total time."""
    tasks = interleave(plan)
    lines = [f"{t.order:4d}  block {t.block:3d}  {t.id:45s} {t.seconds:6.1f} s" for t in tasks]
    total = f"{len(tasks)} runs, about {total_s(plan) / 60:.1f} min, seed {plan.seed}"
    return "\n".join([*lines, f"{plan.name}: {total}"])


def total_s(plan: Plan) -> float:
    """How long all runs of a plan take, about, in seconds."""
    return sum(task.seconds + plan.cool_down_s for task in interleave(plan))


def summary(experiment: Path) -> str:
    """One line per run that needs attention, for the end of a session."""
    doubts = []
    for file in sorted(experiment.glob("*/run.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        doubts += [f"{content['id']}: {warning}" for warning in content["warnings"]]
    return "\n".join(doubts)
