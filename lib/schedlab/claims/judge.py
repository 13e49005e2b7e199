"""From claims and runs to verdicts.

What a rule says of one statement is not yet its verdict. A comparison that a chapter makes too counts as that
chapter counts it, corrected for all that is asked there; the other statements that intervals judge are one
family, whose intervals are widened to hold together. And a rule judges only what was measured: not the
published hardware on another host, not a published subject by what stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from schedlab.claims.evidence import Evidence, on_published_hardware, preferred
from schedlab.claims.families import Family, between
from schedlab.claims.ledger import Claim
from schedlab.claims.rules import INFERRING, RULES, Finding
from schedlab.errors import UnknownName
from schedlab.model.results import Verdict
from schedlab.model.run import Run

#: how often the intervals of all judged statements shall hold the truth together
TOGETHER = 0.95
#: fewer runs than these decide nothing
LEAST_RUNS = 3


def judge_all(
    claims: Iterable[Claim],
    runs: Iterable[Run],
    subjects: pd.DataFrame,
    apart: Iterable[Run] = (),
    families: Mapping[str, Family] | None = None,
) -> tuple[Verdict, ...]:
    """One verdict per claim, in order; once there are runs from the published hardware, they alone judge."""
    claims = tuple(claims)
    runs, apart = preferred(claims, runs), preferred(claims, apart)
    return tuple(judge(claim, runs, subjects, apart, claims, families) for claim in claims)


def judge(
    claim: Claim,
    runs: Iterable[Run],
    subjects: pd.DataFrame,
    apart: Iterable[Run] = (),
    ledger: Iterable[Claim] = (),
    families: Mapping[str, Family] | None = None,
) -> Verdict:
    """The verdict on one claim of a ledger; a claim without a rule is `not measured`, and says so.

    `apart` are captures that are not the data in question: they judge only what that data cannot, and the
    verdict names them. `families` are the comparisons of chapters, by their published table.
    """
    ledger, families = tuple(ledger), families or {}
    stand_ins = dict(zip(subjects["subject"], subjects["arm"], strict=True))
    if not claim.rule:
        reason = f"no rule judges it from these captures yet; it needs: {claim.artefact}"
        return Verdict(claim.id, "not measured", reason)
    if claim.rule not in RULES:
        raise UnknownName(f"rule of claim {claim.id}", claim.rule, RULES)
    evidence = Evidence(tuple(runs), stand_ins, tuple(apart)).of(claim)
    found = Verdict(claim.id, *_found(claim, evidence, ledger, families), evidence=claim.evidence)
    if claim.rule == "source":
        return found
    return _with_origin(_with_open_part(claim, _in_scope(claim, found, evidence, ledger)), evidence)


def together(ledger: Iterable[Claim], families: Mapping[str, Family]) -> int:
    """How many statements intervals judge that no chapter's family holds: a family before any data."""
    return sum(_inferred(claim) and claim.evidence not in families for claim in ledger)


def _inferred(claim: Claim) -> bool:
    return claim.rule in INFERRING and claim.scope == ("mechanism",)


def _found(claim: Claim, evidence: Evidence, ledger, families) -> Finding:
    """What the rule says in every scenario that the claim names; where they differ, undecided."""
    scenarios = claim.arguments.get("scenario", "").split("|")
    if len(scenarios) == 1:
        return _surely(claim, evidence, ledger, families)
    parts = [replace(claim, arguments=claim.arguments | {"scenario": name}) for name in scenarios]
    found = [_surely(part, evidence, ledger, families) for part in parts]
    verdicts = {verdict for verdict, *_ in found}
    because = "; ".join(f"{name}: {said}" for name, (_, said, _) in zip(scenarios, found, strict=True))
    return (verdicts.pop() if len(verdicts) == 1 else "undecided"), because, found[0][2]


def _surely(claim: Claim, evidence: Evidence, ledger, families) -> Finding:
    """The rule's verdict, if it stands on enough runs and among all that is asked with it."""
    verdict, because, estimate = RULES[claim.rule](claim, evidence)
    if not _inferred(claim) or verdict not in ("supported", "contradicted"):
        return verdict, because, estimate
    if estimate.n < LEAST_RUNS:
        doubt = f"{estimate.n} runs decide nothing"
    elif claim.evidence in families:
        doubt = _in_chapter(claim, evidence, families[claim.evidence], verdict)
    else:
        doubt = _among(claim, evidence, together(ledger, families), verdict)
    return ("undecided" if doubt else verdict), f"{because}; {doubt}" if doubt else because, estimate


def _in_chapter(claim: Claim, evidence: Evidence, family: Family, verdict: str) -> str:
    """Why the chapter's own comparison does not let the rule's verdict stand; nothing where it does."""
    compared = family.compared(evidence.around())
    arms = {evidence.arm(claim, side) for side in "ab"}
    found = between(compared, claim.arguments["metric"], claim.arguments["scenario"], arms)
    if found is None or found.verdict == "cannot tell":
        return f"cannot tell among the {len(compared)} comparisons of its chapter"
    return "equivalent, by its chapter" if (found.verdict, verdict) == ("equivalent", "supported") else ""


def _among(claim: Claim, evidence: Evidence, family: int, verdict: str) -> str:
    """Whether the verdict changes when all intervals of the family are to hold together (Bonferroni)."""
    wider = replace(evidence, confidence=1 - (1 - TOGETHER) / max(family, 1))
    same = RULES[claim.rule](claim, wider)[0] == verdict
    return "" if same else f"{verdict} on its own, but not among {family} statements"


def _in_scope(claim: Claim, found: Verdict, evidence: Evidence, ledger: tuple[Claim, ...]) -> Verdict:
    """Not measured where what was measured is not what the statement is about; the number stays beside."""
    lacking = _lacking(claim, evidence, ledger)
    if not lacking or found.verdict == "not measured":
        return found
    return replace(found, verdict="not measured", because=f"{lacking}; here: {found.because}")


def _lacking(claim: Claim, evidence: Evidence, ledger: tuple[Claim, ...]) -> str:
    if "near" in claim.scope:
        return claim.why
    named = [s for s in (claim.subject_a, claim.subject_b) if s in evidence.subjects]
    lacking = []
    if "hardware" in claim.scope and not all(on_published_hardware(ledger, run) for run in evidence.runs):
        lacking.append("not on the published hardware")
    if "subject" in claim.scope and named:
        lacking.append(f"not of {' and '.join(named)}, for which other programs stand in")
    return ", ".join(lacking)


def _with_open_part(claim: Claim, found: Verdict) -> Verdict:
    """Where part of a statement has no measurement (`open=...`), the rest cannot support all of it."""
    missing = claim.arguments.get("open")
    if not missing or found.verdict not in ("supported", "undecided"):
        return found
    return replace(found, verdict="undecided", because=f"{found.because}; not measured: {missing}")


def _with_origin(found: Verdict, evidence: Evidence) -> Verdict:
    """Which runs judged, on which hosts; captures apart are named in the reason."""
    runs = evidence.runs
    hosts = ", ".join(sorted({str(run.host.get("label", "")) for run in runs}))
    experiments = tuple(sorted({run.experiment for run in runs}))
    aside = f"; captured apart: {', '.join(experiments)}, on {hosts}" if evidence.apart else ""
    names = tuple(run.id for run in runs)
    return replace(found, because=found.because + aside, runs=names, host=hosts, experiments=experiments)
