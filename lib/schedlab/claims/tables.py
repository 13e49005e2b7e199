"""Verdicts as people read them: what was judged, what was measured, by which rules, how many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from schedlab.claims.evidence import on_published_hardware
from schedlab.claims.ledger import Claim
from schedlab.claims.words import words
from schedlab.errors import FormatError, UnknownName
from schedlab.model.results import VERDICTS, Verdict
from schedlab.model.run import Run

#: how a table of verdicts is split: judged from captures (or waiting for some), or by public source
KINDS = ("measured", "source")


def table(claims: Iterable[Claim], verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per claim: id, kind, statement, published values, verdict, reason, evidence, host."""
    return pd.DataFrame([_row(claim, verdict) for claim, verdict in zip(claims, verdicts, strict=True)])


def of_kind(verdicts: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows of one kind, without the columns that are empty for it."""
    rows = verdicts[verdicts["kind"] == kind].drop(columns=["kind", "host"]).reset_index(drop=True)
    return rows.loc[:, (rows != "").any()] if len(rows) else rows


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


def asked(claims: Iterable[Claim]) -> pd.DataFrame:
    """One row per claim that captures judge: the rule declared, the rule applied, its scope, and why."""
    rows = [
        (c.id, c.declared, words(c), ", ".join(c.scope), c.why)
        for c in claims
        if c.rule not in ("", "source")
    ]
    return pd.DataFrame(rows, columns=["claim", "declared", "applied", "about", "why this metric"])


def changed(path: str | Path, verdicts: pd.DataFrame) -> pd.DataFrame:
    """What the audit of the rules did: claim, the verdict before it, the verdict now, and why.

    `path` is a table with columns claim, before, because.
    """
    audit = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(audit.columns) != ["claim", "before", "because"]:
        raise FormatError(path, "the columns must be claim, before, because", 1)
    now = dict(zip(verdicts["claim"], verdicts["verdict"], strict=True))
    unknown = [name for name in audit["claim"] if name not in now]
    if unknown:
        raise UnknownName("audited claim", unknown[0], now)
    return audit.assign(now=audit["claim"].map(now))[["claim", "before", "now", "because"]]


def counts(verdicts: pd.DataFrame) -> dict[str, int]:
    """`<kind>.<verdict>` to the number of statements, verdicts in lower case with underscores."""
    found = verdicts.groupby(["kind", "verdict"]).size()
    named = {(kind, verdict): int(found.get((kind, verdict), 0)) for kind in KINDS for verdict in VERDICTS}
    return {f"{kind}.{verdict.replace(' ', '_')}": n for (kind, verdict), n in named.items()}


def sentence(verdicts: pd.DataFrame) -> str:
    """How many statements got which verdict, the commonest first, and what decided those that are decided."""
    found = verdicts["verdict"].value_counts()
    said = ", ".join(f"{n} {verdict}{_decided_by(verdicts, str(verdict))}" for verdict, n in found.items())
    return f"{len(verdicts)} statements: {said}"


def _decided_by(verdicts: pd.DataFrame, verdict: str) -> str:
    """` (40 by public source or arithmetic, 6 by measurement here)`."""
    if verdict not in ("supported", "contradicted"):
        return ""
    kinds = verdicts.loc[verdicts["verdict"] == verdict, "kind"]
    source = int((kinds == "source").sum())
    return f" ({source} by public source or arithmetic, {len(kinds) - source} by measurement here)"


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
