"""What is concluded: estimates, comparisons and verdicts, each with its interval, its n and its doubts."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; `n` is the number of independent units behind it (runs, unless said)."""

    value: float
    lo: float
    hi: float
    unit: str
    n: int
    confidence: float = 0.95
    method: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Treated against baseline. `effect` is the ratio treated / baseline unless `scale` says difference.

    `verdict` is one of faster, slower, higher, lower, equivalent, cannot tell. `detectable` is the smallest
    effect (as a ratio > 1, or an absolute difference) that this design sees with 80 % power. `p_value` is
    of the t test behind the interval, `permutation_p` of the exact test over runs, which `smallest_p` bounds.
    `hodges_lehmann` is the same effect from ranks. `runs_needed` (an arm, or blocks) is what would have told,
    given where the verdict is cannot tell. `better` is lower, higher or neither, as the metric says.
    `adjusted_p` is `p_value` after the correction named in `family`.
    """

    metric: str
    unit: str
    baseline: str
    treated: str
    effect: float
    lo: float
    hi: float
    confidence: float
    n1: int
    n2: int
    method: str
    verdict: str
    detectable: float
    p_value: float
    scale: str = "ratio"
    warnings: tuple[str, ...] = ()
    better: str = ""
    paired: bool = False
    margin: float | None = None
    permutation_p: float = math.nan
    smallest_p: float = math.nan
    hodges_lehmann: Estimate | None = None
    runs_needed: float = math.nan
    adjusted_p: float = math.nan
    family: str = ""

    @property
    def worse(self) -> bool:
        """Whether the verdict is a difference in the direction that the metric calls worse."""
        against = {"lower": ("slower", "higher"), "higher": ("slower", "lower")}
        return self.verdict in against.get(self.better, ())


#: every verdict a claim can get
VERDICTS = (
    "supported",
    "contradicted",
    "undecided",
    "not measured",
    "no such artefact",
    "not checkable",
)


@dataclass(frozen=True)
class Verdict:
    """The judgement of one published claim, with the evidence beside it.

    `runs` of `experiments` judged it; `evidence` names the table or figure that shows them.
    """

    claim: str
    verdict: str
    because: str
    measured: Estimate | None = None
    runs: tuple[str, ...] = ()
    host: str = ""
    evidence: str = ""
    warnings: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
