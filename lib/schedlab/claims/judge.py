"""From claims and runs to verdicts."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab.claims.ledger import Claim
from schedlab.claims.rules import RULES, Evidence
from schedlab.errors import UnknownName
from schedlab.model.results import Verdict
from schedlab.model.run import Run


def judge(claim: Claim, runs: Iterable[Run], subjects: pd.DataFrame) -> Verdict:
    """The verdict on one claim; a claim without a rule is `not measured`, and says so."""
    stand_ins = dict(zip(subjects["subject"], subjects["arm"], strict=True))
    evidence = Evidence(tuple(runs), stand_ins).of(claim)
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


def judge_all(claims: Iterable[Claim], runs: Iterable[Run], subjects: pd.DataFrame) -> tuple[Verdict, ...]:
    """One verdict per claim, in their order."""
    runs = tuple(runs)
    return tuple(judge(claim, runs, subjects) for claim in claims)


def table(claims: Iterable[Claim], verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per claim: id, kind, statement, published values, verdict, reason, evidence, host."""
    return pd.DataFrame([_row(claim, verdict) for claim, verdict in zip(claims, verdicts, strict=True)])


#: how a table of verdicts is split: judged by a rule from captures, by public source, or not yet
KINDS = ("measured", "source", "open")


def of_kind(verdicts: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows of one kind, without the columns that are empty for it."""
    rows = verdicts[verdicts["kind"] == kind].drop(columns=["kind", "host"]).reset_index(drop=True)
    return rows.loc[:, (rows != "").any()] if len(rows) else rows


def counts(verdicts: pd.DataFrame) -> dict[str, int]:
    """`<kind>.<verdict>` to the number of statements, verdicts in lower case with underscores."""
    found = verdicts.groupby(["kind", "verdict"]).size()
    return {f"{kind}.{verdict.replace(' ', '_')}": int(n) for (kind, verdict), n in found.items()}


def sentence(verdicts: pd.DataFrame) -> str:
    """How many statements got which verdict, the commonest first."""
    found = verdicts["verdict"].value_counts()
    return f"{len(verdicts)} statements: " + ", ".join(f"{n} {verdict}" for verdict, n in found.items())


def _row(claim: Claim, verdict: Verdict) -> dict[str, str]:
    published = " / ".join(text or "-" for text in (claim.published_a, claim.published_b))
    return {
        "claim": claim.id,
        "kind": _kind(claim),
        "statement": claim.sentence,
        "published": f"{published} {claim.unit}".strip(),
        "verdict": verdict.verdict,
        "because": verdict.because,
        "evidence": verdict.evidence,
        "host": verdict.host,
    }


def _kind(claim: Claim) -> str:
    if claim.rule == "source":
        return "source"
    return "measured" if claim.rule else "open"
