"""Floor 4: published claims, judged.

`ledger` reads the claims and the arms that stand in for their subjects (`report/claims.csv`,
`report/subjects.csv`); `evidence` finds the runs that may judge; `rules` holds one function per kind of rule;
`judge` applies them, only to what the statements are about, and as `families` of comparisons allow; `tables`
and `words` say what came out. `article` lists the article item by item, `blind` says what a capture leads to
first, `front` gives the first page its intervals. To add a claim: a row in the claims table. To add a kind of
rule: a function in `rules.py` and its line in RULES.
"""

from __future__ import annotations

from schedlab.claims.families import read_families
from schedlab.claims.judge import judge, judge_all, together
from schedlab.claims.ledger import Claim, read_ledger, read_subjects
from schedlab.claims.tables import asked, changed, counts, measured, of_kind, sentence, table

__all__ = [
    "Claim",
    "asked",
    "changed",
    "counts",
    "judge",
    "judge_all",
    "measured",
    "of_kind",
    "read_families",
    "read_ledger",
    "read_subjects",
    "sentence",
    "table",
    "together",
]
