"""From claims and runs to verdicts."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab.claims.ledger import Claim
from schedlab.claims.rules import RULES, Evidence
from schedlab.errors import UnknownName
from schedlab.model.results import Verdict
from schedlab.model.run import Run


def judge(claim: Claim, runs: Iterable[Run], subjects: dict[str, str]) -> Verdict:
    """The verdict on one claim; a claim without a rule is `not measured`, and says so."""
    evidence = Evidence(tuple(runs), subjects)
    if not claim.rule:
        reason = f"no rule judges it from these captures yet; it needs: {claim.artefact}"
        return Verdict(claim.id, "not measured", reason)
    if claim.rule not in RULES:
        raise UnknownName(f"rule of claim {claim.id}", claim.rule, RULES)
    verdict, because, estimate = RULES[claim.rule](claim, evidence)
    hosts = sorted({str(run.host.get("label", "")) for run in evidence.runs})
    measured = claim.rule != "source"
    return Verdict(
        claim.id,
        verdict,
        because,
        measured=estimate,
        runs=tuple(run.id for run in evidence.runs) if measured else (),
        host=", ".join(hosts) if measured else "",
        evidence=claim.evidence,
    )


def judge_all(claims: Iterable[Claim], runs: Iterable[Run], subjects: dict[str, str]) -> pd.DataFrame:
    """One row per claim: id, statement, published values, verdict, reason, evidence, host."""
    runs = tuple(runs)
    return pd.DataFrame([_row(claim, judge(claim, runs, subjects)) for claim in claims])


def _row(claim: Claim, verdict: Verdict) -> dict[str, str]:
    published = " / ".join(text or "-" for text in (claim.published_a, claim.published_b))
    return {
        "claim": claim.id,
        "statement": claim.sentence,
        "published": f"{published} {claim.unit}".strip(),
        "verdict": verdict.verdict,
        "because": verdict.because,
        "evidence": verdict.evidence,
        "host": verdict.host,
    }
