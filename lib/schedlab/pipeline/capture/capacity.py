"""What each arm can do at most, so that a rate can be a share of it."""

from __future__ import annotations

import json
import statistics
from dataclasses import replace
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.order import Task


def with_rate(task: Task, experiment: Path) -> Task:
    """The task with the rate that its share of the arm's own capacity comes to; as it is without a share."""
    scenario = task.scenario
    share = getattr(scenario, "rate_share", 0.0)
    if not share:
        return task
    folder = experiment
    if scenario.capacity_experiment:
        folder = experiment.parent / scenario.capacity_experiment
    capacity = of(folder, scenario.capacity, task.arm.name)
    settled = replace(scenario, rate_per_s=round(share * capacity, 1))
    return replace(task, scenario=settled, capacity_per_s=round(capacity, 1))


def of(experiment: Path, scenario: str, arm: str) -> float:
    """Median over the runs of that closed loop of the good answers a second; SchedlabError without one."""
    files = experiment.glob(f"{scenario}-quiet-{arm}-[0-9]*/run.json")
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    rates = [run["measured"]["achieved_rate"] for run in runs if run["arm"] == arm]
    if not rates:
        raise SchedlabError(f"{experiment} has no run of {scenario} of arm {arm}, so its capacity is unknown")
    return statistics.median(rates)
