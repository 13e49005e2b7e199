"""Which runs may judge a claim, and what they give for its metric."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from schedlab import metrics
from schedlab.claims.ledger import Claim
from schedlab.model.run import Run

#: the class of capture that a claim about a mechanism names
MECHANISM = "mechanism"


@dataclass(frozen=True)
class Evidence:
    """The runs at hand, the arms that stand in for the published subjects, and runs captured apart.

    `confidence` is that of the intervals which judge; `whole` are all runs, whatever the claim asks.
    """

    runs: tuple[Run, ...]
    subjects: dict[str, str]
    apart: tuple[Run, ...] = ()
    confidence: float = 0.95
    whole: tuple[Run, ...] = ()

    def of(self, claim: Claim) -> Evidence:
        """The runs that may judge a claim: the data's own that fit it, else those captured apart that do.

        A claim without a metric is about the set-up of the data itself; nothing apart judges it. `apart` of
        the answer is empty where the data itself judges.
        """
        whole = (*self.runs, *self.apart)
        own = tuple(run for run in self.runs if self._fits(claim, run))
        if own or "metric" not in claim.arguments:
            return replace(self, runs=own, apart=(), whole=whole)
        apart = tuple(run for run in self.apart if self._fits(claim, run))
        return replace(self, runs=apart, apart=apart, whole=whole)

    def around(self) -> tuple[Run, ...]:
        """All runs of the experiments whose runs judge."""
        experiments = {run.experiment for run in self.runs}
        return tuple(run for run in self.whole if run.experiment in experiments)

    def values(self, claim: Claim, arms: list[str]) -> pd.DataFrame:
        """Per-run values of the claim's metric for those arms, missing ones included."""
        side = _side(claim)
        wanted = [run for run in self.runs if self._fits(claim, run) and getattr(run, side) in arms]
        values = metrics.collect(wanted, [claim.arguments["metric"]])
        return values.assign(arm=values[side])

    def arm(self, claim: Claim, side: str) -> str:
        """The arm on side a or b of the claim."""
        subject = claim.subject_a if side == "a" else claim.subject_b
        return claim.arguments.get(side, self.subjects.get(subject, subject))

    def _fits(self, claim: Claim, run: Run) -> bool:
        """Runs of mechanism programs fit only where they are asked for."""
        asked = claim.arguments
        if (run.capture == MECHANISM) != (asked.get("capture") == MECHANISM):
            return False
        if "metric" not in asked:
            return True
        names = [name for name in ("capture", "scenario", "arm") if name in asked]
        same = all(getattr(run, name) in asked[name].split("|") for name in names)
        sides = {self.arm(claim, side) for side in asked.get("side", "ab")}
        return same and getattr(run, _side(claim)) in sides


def _side(claim: Claim) -> str:
    """What the sides of a claim are: two arms, or with `across=scenario` two scenarios."""
    return claim.arguments.get("across", "arm")


def preferred(claims: Iterable[Claim], runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs from the published hardware, once there are any; until then all of them."""
    runs = tuple(runs)
    return tuple(run for run in runs if on_published_hardware(claims, run)) or runs


def on_published_hardware(claims: Iterable[Claim], run: Run) -> bool:
    """Whether a run's host is the one that the ledger's claim about the processor names."""
    named = [c for c in claims if c.rule == "host" and c.arguments["field"] == "cpu_model"]
    return bool(named) and all(is_host(claim, run) for claim in named)


def is_host(claim: Claim, run: Run) -> bool:
    """Whether the host has the words and sizes that are claimed (`memory_bytes=120GiB..132GiB`)."""
    asked = claim.arguments
    if asked["contains"] not in str(run.host.get(asked["field"], "")):
        return False
    sizes = {name: text for name, text in asked.items() if ".." in text}
    return all(_within(run.host.get(name), text) for name, text in sizes.items())


def _within(value: object, text: str) -> bool:
    lo, hi = (_number(end) for end in text.split(".."))
    return isinstance(value, int | float) and lo <= value <= hi


def _number(text: str) -> float:
    digits = text.removesuffix("GiB")
    return float(digits) * (1 if digits == text else 2**30)
