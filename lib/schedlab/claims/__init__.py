"""Floor 4: published claims, judged.

`ledger` reads the claims and the arms that stand in for their subjects (`report/claims.csv`,
`report/subjects.csv`); `evidence` finds the runs that may judge; `rules` holds one function per kind of rule;
`judge` applies them. `article` lists the article item by item, `blind` says what a capture leads to first,
`front` gives the first page its intervals. To add a claim: a row in the claims table. To add a kind of rule:
a function in `rules.py` and its line in RULES.
"""

from __future__ import annotations

from schedlab.claims.judge import counts, judge, judge_all, measured, of_kind, sentence, table
from schedlab.claims.ledger import Claim, read_ledger, read_subjects

__all__ = [
    "Claim",
    "counts",
    "judge",
    "judge_all",
    "measured",
    "of_kind",
    "read_ledger",
    "read_subjects",
    "sentence",
    "table",
]
