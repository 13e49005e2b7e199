"""The order of runs: blocks of one run an arm, arms in ABBA order, everything else shuffled by the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from schedlab.pipeline.capture.plan import Arm, Plan, Scenario

#: seconds that starting, checking and ending a run take beside its load (for the time left)
OVERHEAD_S = 1.5


@dataclass(frozen=True)
class Task:
    """One run to be made. `block` pairs the arms: one block holds one run of each arm, made in a row."""

    order: int
    block: int
    repetition: int
    arm: Arm
    scenario: Scenario
    capture: str
    seed: int

    @property
    def id(self) -> str:
        """The name of the run's folder."""
        return f"{self.scenario.name}-{self.capture}-{self.arm.name}-{self.repetition:02d}"

    @property
    def seconds(self) -> float:
        """How long the run takes, about."""
        return self.scenario.warm_up_s + self.scenario.measure_s + OVERHEAD_S


def interleave(plan: Plan) -> tuple[Task, ...]:
    """All runs of a plan, in the order in which they are made; the same seed gives the same order."""
    rng = random.Random(plan.seed)
    tasks: list[Task] = []
    block = 0
    first = _first_orders(plan, rng)
    for repetition in range(1, max(s.repetitions for s in plan.scenario) + 1):
        kinds = [(s, c) for s in plan.scenario for c in s.captures if repetition <= s.repetitions]
        rng.shuffle(kinds)
        for scenario, capture in kinds:
            block += 1
            seed = rng.randrange(2**31)
            arms = first[scenario.name, capture]
            for arm in arms if repetition % 2 else arms[::-1]:
                tasks.append(Task(len(tasks) + 1, block, repetition, arm, scenario, capture, seed))
    return tuple(tasks)


def arms_of(plan: Plan, scenario: Scenario) -> list[Arm]:
    """The arms that a scenario uses: all of them unless it names some."""
    return [arm for arm in plan.arm if not scenario.arms or arm.name in scenario.arms]


def _first_orders(plan: Plan, rng: random.Random) -> dict[tuple[str, str], list[Arm]]:
    """For each scenario and class of capture the order of its first block; every second one is reversed."""
    orders = {}
    for scenario in plan.scenario:
        for capture in scenario.captures:
            arms = arms_of(plan, scenario)
            rng.shuffle(arms)
            orders[scenario.name, capture] = arms
    return orders
