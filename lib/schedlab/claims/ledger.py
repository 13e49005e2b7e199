"""The ledger of published statements, one row each, with the rule that judges it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from schedlab.errors import FormatError

COLUMNS = (
    "id", "chapter", "statement_en", "metric", "unit", "published_a", "published_b", "subject_a", "subject_b",
    "artefact", "decision_rule", "class", "finding", "source", "rule", "arguments", "evidence",
    "scope", "why",
)  # fmt: skip

#: what a statement that captures judge is about, so that they can: a mechanism on any host, the published
#: hardware, the published subject; `near` where the metric shows something beside the sentence
SCOPES = ("mechanism", "hardware", "subject", "near")


@dataclass(frozen=True)
class Claim:
    """One published statement: what it says, of whom, and how it is judged.

    `kind` is capture (measurable), source (checkable against public source) or none. `arguments` configure
    the rule, which need not be the one that was `declared` first; `evidence` names the published table or
    figure that shows the numbers. `scope` has words of SCOPES, and `why` says why the metric stands for the
    sentence, or what would measure it.
    """

    id: str
    chapter: str
    sentence: str
    unit: str
    published_a: str
    published_b: str
    subject_a: str
    subject_b: str
    kind: str
    artefact: str
    declared: str
    finding: str
    source: str
    rule: str
    arguments: dict[str, str]
    evidence: str
    scope: tuple[str, ...] = ()
    why: str = ""


def read_ledger(path: str | Path) -> tuple[Claim, ...]:
    """All claims of a ledger; FormatError with the line where a row is incomplete or an id repeats."""
    path = Path(path)
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FormatError(path, f"the columns must be {', '.join(COLUMNS)}", 1)
        found: dict[str, Claim] = {}
        for row in reader:
            if None in row or None in row.values():
                raise FormatError(path, "the row has too few or too many cells", reader.line_num)
            if row["id"] in found:
                raise FormatError(path, f"claim {row['id']!r} is there twice", reader.line_num)
            found[row["id"]] = _claim(row, path, reader.line_num)
    return tuple(found.values())


def read_subjects(path: str | Path) -> pd.DataFrame:
    """Which arm stands in for which published subject, and why: columns subject, arm, why."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(table.columns) != ["subject", "arm", "why"]:
        raise FormatError(path, "the columns must be subject, arm, why", 1)
    return table


def _claim(row: dict[str, str], path: Path, line: int) -> Claim:
    direct = ("id", "chapter", "unit", "published_a", "published_b", "subject_a", "subject_b")
    rest = ("artefact", "finding", "source", "rule", "evidence", "why")
    return Claim(
        **{name: row[name] for name in (*direct, *rest)},
        sentence=row["statement_en"],
        declared=row["decision_rule"],
        kind=row["class"],
        arguments=_arguments(row["arguments"], path, line),
        scope=_scope(row["scope"], path, line),
    )


def _scope(text: str, path: Path, line: int) -> tuple[str, ...]:
    words = tuple(text.split())
    wrong = [word for word in words if word not in SCOPES]
    if wrong:
        raise FormatError(path, f"scope {wrong[0]!r} is none of {', '.join(SCOPES)}", line)
    return words


def _arguments(text: str, path: Path, line: int) -> dict[str, str]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    wrong = [part for part in parts if "=" not in part]
    if wrong:
        raise FormatError(path, f"argument {wrong[0]!r} is not name=value", line)
    return {name.strip(): value.strip() for name, value in (part.split("=", 1) for part in parts)}
