"""The honesty audit: what in a load test's file makes its latencies other than they look.

Each finding is a row: what was checked, the number, whether it is a doubt, and a sentence with the cure.
`audit` looks at one file, `together` at several that somebody wants to compare, `repair.repaired` puts what
can be repaired beside what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from schedlab.ingest import audit_facts, audit_omission
from schedlab.model.carries import Carries
from schedlab.model.extend import Reading

COLUMNS = ("check", "value", "doubt", "says")
#: what must be the same on one axis: (name, field of Carries, what it means)
_SAME = (
    ("loop", "loop", "waits for answers or does not"),
    ("clock", "connect", "the connect is in the latency or not"),
    ("view of failures", "failures", "failed requests are among the latencies or not"),
    ("content", "what", "values, bins or quantiles"),
)


@dataclass(frozen=True)
class Plan:
    """How the load was meant to be: open connections (or users) and requests a second; None where unknown."""

    connections: float | None = None
    rate_per_s: float | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any], connections=None, rate_per_s=None) -> Plan:
        """What was given, else what the file itself says of its plan."""
        reports = facts.get("reports") or [{}]
        said = facts.get("connections") or facts.get("users") or reports[0].get("connections")
        return cls(connections or said or None, rate_per_s or facts.get("requested_per_s"))


def audit(found: Reading, plan: Plan | None = None) -> pd.DataFrame:
    """One row per check that this file allows: check, value, doubt, says. Empty for other formats."""
    carries = Carries.of(found.facts)
    if carries is None:
        return pd.DataFrame(columns=list(COLUMNS))
    plan = plan or Plan.of(found.facts)
    rows = audit_facts.checks(found, carries, plan)
    requests = found.tables.get("REQUESTS")
    if requests is not None and len(requests) >= 2:
        rows += audit_omission.checks(requests, carries, plan)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def together(found: Mapping[str, Reading]) -> pd.DataFrame:
    """What keeps several files off one axis: other loops, clocks, kinds; and what Locust's CSV lost."""
    carried = {name: c for name, reading in found.items() if (c := Carries.of(reading.facts))}
    rows = [_mixed(carried, *same) for same in _SAME] if len(carried) > 1 else []
    return pd.DataFrame([*rows, *_lost_by_csv(found)], columns=list(COLUMNS))


def _mixed(carried: Mapping[str, Carries], what: str, field: str, meaning: str) -> tuple:
    said = {name: getattr(carries, field) for name, carries in carried.items()}
    kinds = sorted(set(said.values()))
    mixed = len(kinds) > 1
    shown = "; ".join(f"{kind}: {', '.join(n for n, k in said.items() if k == kind)}" for kind in kinds)
    says = f"{meaning}: label it or keep these apart ({shown})" if mixed else f"the same in all: {kinds[0]}"
    return f"one {what}", float(len(kinds)), mixed, says


def _lost_by_csv(found: Mapping[str, Reading]) -> Sequence[tuple]:
    """Locust's CSV against the JSON of the same run: how many requests the CSV never saw."""
    csv = [r.facts["requests"] for r in found.values() if r.format in audit_facts.LOCUST_CSV]
    whole = [_requests(r) for r in found.values() if r.format == "locust-json"]
    if len(csv) != 1 or len(whole) != 1 or not whole[0]:
        return ()
    share = 1.0 - csv[0] / whole[0]
    says = f"the CSV holds {csv[0]:.0f} of {whole[0]:.0f} requests: take the JSON"
    return (("lost by Locust's CSV", share, share > 0, says),)


def _requests(found: Reading) -> float:
    return sum(e["requests"] for e in found.facts["endpoints"])
