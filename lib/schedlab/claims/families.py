"""The comparisons of a chapter, corrected as it corrects them: one number has one verdict everywhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schedlab import metrics
from schedlab.errors import FormatError
from schedlab.model.results import Comparison
from schedlab.model.run import Run
from schedlab.stats import levels

COLUMNS = ("table", "capture", "scenarios", "metrics", "baseline")


@dataclass(frozen=True)
class Family:
    """What a chapter compares as one family (Holm): every arm with the baseline, in its published table."""

    table: str
    capture: str
    scenarios: tuple[str, ...]
    metrics: tuple[str, ...]
    baseline: str

    def compared(self, runs: Iterable[Run]) -> tuple[Comparison, ...]:
        """All comparisons of the family from those runs that belong to it."""
        own = [run for run in runs if run.capture == self.capture and run.scenario in self.scenarios]
        return levels.against(metrics.collect(own, self.metrics), self.baseline)


def read_families(path: str | Path) -> dict[str, Family]:
    """Published table -> its family; several scenarios and metrics stand in one cell with spaces between."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FormatError(path, f"the columns must be {', '.join(COLUMNS)}", 1)
        return {row["table"]: _family(row) for row in reader}


def _family(row: dict[str, str]) -> Family:
    lists = (tuple(row[name].split()) for name in ("scenarios", "metrics"))
    return Family(row["table"], row["capture"], *lists, row["baseline"])


def between(
    comparisons: Iterable[Comparison], metric: str, scenario: str, arms: set[str]
) -> Comparison | None:
    """The comparison of those two arms on that metric in that scenario, whichever of them is the baseline."""
    named = [c for c in comparisons if c.metric.startswith(f"{metric}, {scenario}, ")]
    return next((c for c in named if {c.baseline, c.treated} == arms), None)
