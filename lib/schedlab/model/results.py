"""What is concluded: estimates, comparisons and verdicts, each with its interval, its n and its doubts."""

from __future__ import annotations

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
    effect (as a ratio > 1, or an absolute difference) that this design sees with 80 % power.
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
    """The judgement of one published claim, with the evidence beside it."""

    claim: str
    verdict: str
    because: str
    measured: Estimate | None = None
    runs: tuple[str, ...] = ()
    host: str = ""
    evidence: str = ""
    warnings: tuple[str, ...] = ()
