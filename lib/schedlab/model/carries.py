"""What a load test's file carries, and which questions that can answer.

A file of requests answers everything. A histogram gives bounds of quantiles, fits and sums, but has lost the
order in time. A spectrum (cumulative counts at chosen values) is a histogram with wide bins. Quantiles that a
tool printed can be shown and compared over runs, and nothing else: they cannot be merged, and no distribution
with more parameters than quantiles less one follows from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schedlab.errors import TooFewValues

RAW, HISTOGRAM, SPECTRUM = "raw requests", "histogram", "spectrum"
QUANTILES, MEANS, COUNTS = "quantiles only", "means only", "counts only"
OPEN, CLOSED, EITHER = "open", "closed", "open or closed"
NOT_SAID = "not said"

#: question -> what can answer it
ANSWERS = {
    "order in time": (RAW,),
    "repair by schedule": (RAW,),
    "fit": (RAW, HISTOGRAM, SPECTRUM),
    "merge": (RAW, HISTOGRAM),
    "repair by filling": (RAW, HISTOGRAM),
    "quantiles": (RAW, HISTOGRAM, SPECTRUM, QUANTILES),
}


@dataclass(frozen=True)
class Carries:
    """What one format, or one file of it, holds.

    `loop` open, closed or either; `connect` says whether its clock includes the connect; `stamps` whether
    time stamps are the start or the end of a request; `failures` whether failed requests are among the
    latencies: included, excluded or flagged. `resolution_s` is the finest step of a latency, NaN if unknown.
    """

    what: str
    loop: str = NOT_SAID
    connect: str = NOT_SAID
    stamps: str = "none"
    failures: str = NOT_SAID
    resolution_s: float = math.nan

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Carries | None:
        """What the facts of a Reading say; None for a file that is no load test's."""
        if "carries" not in facts:
            return None
        resolution = facts.get("resolution_s")
        connect = str(facts.get("clock", NOT_SAID)).removeprefix("connect ")
        return cls(
            facts["carries"],
            facts.get("loop", NOT_SAID),
            connect,
            facts.get("stamp", "none"),
            facts.get("failures", NOT_SAID),
            math.nan if resolution is None else float(resolution),
        )

    def facts(self) -> dict[str, Any]:
        """The same as facts of a Reading: plain values under the names that `of` reads."""
        known = {"resolution_s": self.resolution_s} if math.isfinite(self.resolution_s) else {}
        clock = self.connect if self.connect == NOT_SAID else f"connect {self.connect}"
        return {
            "carries": self.what,
            "loop": self.loop,
            "clock": clock,
            "stamp": self.stamps,
            "failures": self.failures,
            **known,
        }

    def require(self, question: str) -> None:
        """TooFewValues, with what would do, where the file cannot answer the question (see ANSWERS)."""
        enough = ANSWERS[question]
        if self.what not in enough:
            raise TooFewValues(f"{question}: the file carries {self.what}; it needs {' or '.join(enough)}")

    @property
    def refused(self) -> tuple[str, ...]:
        """The questions that it cannot answer."""
        return tuple(question for question, enough in ANSWERS.items() if self.what not in enough)
