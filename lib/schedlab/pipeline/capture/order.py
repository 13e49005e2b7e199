"""The order of runs: blocks of one run an arm, arms in ABBA order, everything else shuffled by the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from schedlab.pipeline.capture.plan import Arm, Mechanism, Plan, Scenario

#: seconds that starting, checking and ending a run take beside its load (for the time left)
OVERHEAD_S = 0.5


@dataclass(frozen=True)
class Task:
    """One run to be made. `block` pairs the arms: one block holds one run of each arm, made in a row.

    `capacity_per_s`: of the arm, requests a second, where the rate is a share of it; set at its turn.
    """

    order: int
    block: int
    repetition: int
    arm: Arm
    scenario: Scenario | Mechanism
    capture: str
    seed: int
    capacity_per_s: float = 0.0

    @property
    def id(self) -> str:
        """The name of the run's folder."""
        return f"{self.scenario.name}-{self.capture}-{self.arm.name}-{self.repetition:02d}"

    @property
    def seconds(self) -> float:
        """How long the run takes, about."""
        return self.scenario.warm_up_s + self.scenario.measure_s + OVERHEAD_S


def interleave(plan: Plan) -> tuple[Task, ...]:
    """All runs of a plan, in the order in which they are made; the same seed gives the same order.

    Scenarios that measure a capacity which others need are made first.
    """
    rng = random.Random(plan.seed)
    first = _first_orders(plan, rng)
    needed = {s.capacity for s in plan.scenario if s.rate_share and not s.capacity_experiment}
    tasks: list[Task] = []
    for block, (repetition, way, capture) in enumerate(_blocks(plan, rng, needed), start=1):
        seed = rng.randrange(2**31)
        arms = first[way.name, capture]
        for arm in arms if repetition % 2 else arms[::-1]:
            tasks.append(Task(len(tasks) + 1, block, repetition, arm, way, capture, seed))
    return tuple(tasks)


def _blocks(
    plan: Plan, rng: random.Random, needed: set[str]
) -> Iterator[tuple[int, Scenario | Mechanism, str]]:
    """Repetition, way and class of capture of each block; within a repetition they are shuffled."""
    for is_needed in (True, False):
        ways = [way for way in plan.ways if (way.name in needed) == is_needed]
        kinds = [(plan.repetitions(way, capture), way, capture) for way in ways for capture in way.captures]
        for repetition in range(1, max((often for often, *_ in kinds), default=0) + 1):
            due = [(way, capture) for often, way, capture in kinds if repetition <= often]
            rng.shuffle(due)
            yield from ((repetition, *kind) for kind in due)


def _first_orders(plan: Plan, rng: random.Random) -> dict[tuple[str, str], list[Arm]]:
    """For each way and class of capture the order of its first block; every second one is reversed."""
    orders = {}
    for way in plan.ways:
        for capture in way.captures:
            arms = list(plan.arms_of(way))
            rng.shuffle(arms)
            orders[way.name, capture] = arms
    return orders
