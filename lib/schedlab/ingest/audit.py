"""The honesty audit: what in a load test's file makes its latencies other than they look.

Each finding is a row: what was checked, the number, whether it is a doubt, and a sentence with the cure.
Nothing is repaired here but what can be undone exactly (wrk's filling, by the reader wrk-hist).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.model.extend import Reading

COLUMNS = ("check", "value", "doubt", "says")
#: the filling shows where mean x rate exceeds the connections by more than rounding can
_LITTLE = 1.05
_STALL = 100.0
_LATE_S = 1e-3
_CAP = 1_000_000
_TICKS = 0.01


def audit(found: Reading) -> pd.DataFrame:
    """One row per check that this file allows: check, value, doubt, says."""
    rows = [*_facts(found)]
    requests = found.tables.get("REQUESTS")
    if requests is not None and len(requests) >= 2:
        rows += [_stall(requests), _late(requests), _quantised(requests), _capped(requests)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _facts(found: Reading) -> list[tuple]:
    """What the tool itself says: the loop, the clock, Little's ratio, dropped arrivals, what it carries."""
    rows = []
    closed = found.facts.get("loop") == "closed"
    says = "a closed loop does not send while the server stalls: the slowest requests are missing"
    rows.append(("closed loop", float(closed), closed, says if closed else "the loop is open or not known"))
    for report in found.facts.get("reports", ()):
        ratio = report.get("littles_ratio")
        if ratio is not None:
            filled = ratio > _LITTLE
            says = "mean x rate is over the connections: the latencies are filled, not measured"
            rows.append(
                ("Little's ratio", ratio, filled, says if filled else "mean x rate fits the connections")
            )
    if "dropped_iterations" in found.facts:
        dropped = float(found.facts["dropped_iterations"])
        rows.append(("dropped arrivals", dropped, dropped > 0, "arrivals that were planned and never sent"))
    if found.facts.get("carries") == "quantiles only":
        says = "quantiles cannot be fitted, merged or given an interval from one run"
        rows.append(("quantiles only", 1.0, True, says))
    return rows


def _stall(requests: pd.DataFrame) -> tuple:
    service = requests["service_s"].to_numpy()
    ratio = float(service.max() / max(np.median(service), 1e-9))
    says = "the slowest is over 100 times the median: look for a stall, and whether the loop waited for it"
    return ("max / median", ratio, ratio > _STALL, says if ratio > _STALL else "no stall stands out")


def _late(requests: pd.DataFrame) -> tuple:
    late = float(((requests["sent_ns"] - requests["intended_ns"]) / 1e9 > _LATE_S).mean())
    says = (
        "share of requests sent over 1 ms after their schedule: latency, not service time, is the honest one"
    )
    return ("late sends", late, late > 0.01, says)


def _quantised(requests: pd.DataFrame) -> tuple:
    share = requests["service_s"].nunique() / len(requests)
    says = "few distinct values: the tool rounds, so treat the values as bins"
    coarse = share < _TICKS
    return ("distinct values", share, coarse, says if coarse else "values are fine enough")


def _capped(requests: pd.DataFrame) -> tuple:
    capped = len(requests) == _CAP
    says = "exactly 1,000,000 requests: hey and ghz stop counting there"
    return ("rows", float(len(requests)), capped, says if capped else "no cap was met")
