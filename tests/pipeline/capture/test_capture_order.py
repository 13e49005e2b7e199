"""Runs are interleaved: every block holds each arm once, arms alternate ABBA, the seed decides the rest."""

import dataclasses
from collections import Counter
from pathlib import Path

from schedlab.pipeline.capture.order import interleave
from schedlab.pipeline.capture.plan_file import read_plan

PLAN = read_plan(Path(__file__).parents[3] / "data" / "testbed" / "plans" / "first.toml")
TASKS = interleave(PLAN)


def blocks():
    found = {}
    for task in TASKS:
        found.setdefault(task.block, []).append(task)
    return found.values()


def test_every_run_of_the_plan_is_made_once():
    asked = Counter(
        s.name for s in PLAN.scenario for c in s.captures for _ in range(s.repetitions + s.further.get(c, 0))
    )
    made = Counter(task.scenario.name for task in TASKS)
    assert made == {name: count * len(PLAN.arm) for name, count in asked.items()}
    assert len({task.id for task in TASKS}) == len(TASKS)


def test_a_block_holds_each_arm_once_in_a_row_with_the_same_arrivals():
    for tasks in blocks():
        assert sorted(t.arm.name for t in tasks) == sorted(a.name for a in PLAN.arm)
        assert [t.order for t in tasks] == list(range(tasks[0].order, tasks[0].order + len(tasks)))
        assert len({(t.seed, t.scenario.name, t.capture, t.repetition) for t in tasks}) == 1


def test_every_second_block_of_a_scenario_is_reversed():
    first = {}
    for tasks in blocks():
        names = [t.arm.name for t in tasks]
        key = (tasks[0].scenario.name, tasks[0].capture)
        if key in first:
            assert names == first[key][::-1]
        first[key] = names


def test_further_repetitions_leave_the_order_of_the_first_as_it_was():
    ways = tuple(dataclasses.replace(s, further={}) for s in PLAN.scenario)
    first = interleave(dataclasses.replace(PLAN, scenario=ways))
    assert len(first) < len(TASKS)
    assert [(t.id, t.order, t.block, t.seed) for t in first] == [
        (t.id, t.order, t.block, t.seed) for t in TASKS[: len(first)]
    ]


def test_the_seed_alone_decides_the_order():
    assert interleave(PLAN) == TASKS
    other = interleave(dataclasses.replace(PLAN, seed=PLAN.seed + 1))
    assert [t.id for t in other] != [t.id for t in TASKS]
