"""From claims and runs to verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from schedlab.claims.evidence import Evidence, on_published_hardware, preferred
from schedlab.claims.ledger import Claim
from schedlab.claims.rules import RULES
from schedlab.errors import UnknownName
from schedlab.model.results import Verdict
from schedlab.model.run import Run


def judge(claim: Claim, runs: Iterable[Run], subjects: pd.DataFrame, apart: Iterable[Run] = ()) -> Verdict:
    """The verdict on one claim; a claim without a rule is `not measured`, and says so.

    `apart` are captures that are not the data in question: they judge only what that data cannot, and the
    verdict names them.
    """
    runs = tuple(runs)
    stand_ins = dict(zip(subjects["subject"], subjects["arm"], strict=True))
    if not claim.rule:
        reason = f"no rule judges it from these captures yet; it needs: {claim.artefact}"
        return Verdict(claim.id, "not measured", reason)
    if claim.rule not in RULES:
        raise UnknownName(f"rule of claim {claim.id}", claim.rule, RULES)
    evidence = Evidence(runs, stand_ins, tuple(apart)).of(claim)
    found = Verdict(claim.id, *RULES[claim.rule](claim, evidence), evidence=claim.evidence)
    if claim.rule == "source":
        return found
    return _with_open_part(claim, _with_origin(found, evidence))


def _with_origin(found: Verdict, evidence: Evidence) -> Verdict:
    """Which runs judged, on which hosts; captures apart are named in the reason."""
    runs = evidence.runs
    hosts = ", ".join(sorted({str(run.host.get("label", "")) for run in runs}))
    experiments = tuple(sorted({run.experiment for run in runs}))
    aside = f"; captured apart: {', '.join(experiments)}, on {hosts}" if evidence.apart else ""
    names = tuple(run.id for run in runs)
    return replace(found, because=found.because + aside, runs=names, host=hosts, experiments=experiments)


def _with_open_part(claim: Claim, found: Verdict) -> Verdict:
    """Where part of a statement has no measurement (`open=...`), the rest cannot support all of it."""
    missing = claim.arguments.get("open")
    if not missing or found.verdict != "supported":
        return found
    return replace(found, verdict="undecided", because=f"{found.because}; not measured: {missing}")


def judge_all(
    claims: Iterable[Claim], runs: Iterable[Run], subjects: pd.DataFrame, apart: Iterable[Run] = ()
) -> tuple[Verdict, ...]:
    """One verdict per claim, in order; once there are runs from the published hardware, they alone judge."""
    claims = tuple(claims)
    runs, apart = preferred(claims, runs), preferred(claims, apart)
    return tuple(judge(claim, runs, subjects, apart) for claim in claims)


def table(claims: Iterable[Claim], verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per claim: id, kind, statement, published values, verdict, reason, evidence, host."""
    return pd.DataFrame([_row(claim, verdict) for claim, verdict in zip(claims, verdicts, strict=True)])


def measured(claims: Iterable[Claim], verdicts: Iterable[Verdict], runs: Iterable[Run]) -> pd.DataFrame:
    """One row per verdict with a measured value: how much, how sure, from how many runs of which capture.

    `hardware` says whether all runs that judged are from the published hardware.
    """
    claims = tuple(claims)
    others = {run.id for run in runs if not on_published_hardware(claims, run)}
    rows = [
        (c.id, c.arguments["metric"], v.verdict, e.value, e.lo, e.hi, e.unit, len(v.runs),
         ", ".join(v.experiments), "another" if others & set(v.runs) else "published", v.evidence,
         e.method, "; ".join(e.warnings))
        for c, v in zip(claims, verdicts, strict=True) if (e := v.measured)
    ]  # fmt: skip
    columns = ["claim", "metric", "verdict", "value", "lo", "hi", "unit", "runs"]
    return pd.DataFrame(rows, columns=[*columns, "capture", "hardware", "evidence", "method", "doubts"])


#: how a table of verdicts is split: judged from captures (or waiting for some), or by public source
KINDS = ("measured", "source")


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
    values = (claim.published_a, claim.published_b)
    published = f"{' / '.join(text or '-' for text in values)} {claim.unit}".strip() if any(values) else ""
    because, evidence = _grounds(claim, verdict)
    return {
        "claim": claim.id,
        "kind": _kind(claim),
        "statement": claim.sentence,
        "published": published,
        "verdict": verdict.verdict,
        "because": because,
        "evidence": evidence,
        "host": verdict.host,
    }


def _grounds(claim: Claim, verdict: Verdict) -> tuple[str, str]:
    """Why, and where to see it: in a published table, or in the public source that the ledger cites."""
    if verdict.evidence:
        return verdict.because, verdict.evidence
    return verdict.because.removesuffix(f" [{claim.source}]"), claim.source


def _kind(claim: Claim) -> str:
    return "source" if claim.rule == "source" else "measured"
