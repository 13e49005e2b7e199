"""Latencies repaired for coordinated omission, always beside what was measured.

The rule: nothing where the loop is open and latency already counts from the intended start. Where the planned
number was sent, the intended schedule gives each request its due time (exact). Where slots were dropped, or
only a histogram is left, the missing requests are filled in as HdrHistogram does, with the interval
connections / planned rate. A closed loop without a plan has no truth to return to: filling with connections /
achieved rate gives the other end of a band. Quantiles alone cannot be repaired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.ingest import audit_omission
from schedlab.model.carries import CLOSED, Carries
from schedlab.model.extend import Reading

if TYPE_CHECKING:
    from schedlab.ingest.audit import Plan

COLUMNS = ("kind", "n", "mean_s", "p50_s", "p90_s", "p95_s", "p99_s", "p999_s", "says")
QS = (0.5, 0.9, 0.95, 0.99, 0.999)
#: more requests than this are not filled in
_MOST = 50_000_000


def repaired(found: Reading, plan: Plan) -> pd.DataFrame:
    """One row `as measured`, and one for the repair that the rule allows; TooFewValues for quantiles only."""
    carries = Carries.of(found.facts)
    if carries is None:
        raise TooFewValues(f"{found.format} holds no latencies of a load test")
    carries.require("repair by filling")
    values, counts = _measured(found)
    rows = [_row("as measured", values, counts, f"{carries.loop} loop")]
    requests = found.tables.get("REQUESTS")
    if requests is not None and len(requests) > 1:
        rows += _of_requests(requests, carries, plan)
    elif carries.loop == CLOSED and plan.connections:
        rows += _of_bins(found, values, counts, plan)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def fill(values: np.ndarray, counts: np.ndarray, interval_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Values and counts with one more, for each value v over the interval I, at v - I, v - 2 I, ... >= I."""
    steps = np.maximum(np.floor(values / interval_s * (1 + 1e-12)).astype(np.int64) - 1, 0)
    total = int(steps.sum())
    if total > _MOST:
        raise TooFewValues(f"filling would invent {total} values: the interval {interval_s:g} s is too short")
    source = np.repeat(np.arange(len(values)), steps)
    nth = np.arange(total) - np.repeat(np.cumsum(steps) - steps, steps) + 1
    added = values[source] - nth * interval_s
    return np.concatenate([values, added]), np.concatenate([counts, counts[source]])


def by_schedule(requests: pd.DataFrame, rate_per_s: float) -> np.ndarray:
    """Latency of each request from its due time, t0 + i / rate in the order of sending, or from its send."""
    ordered = requests.sort_values("sent_ns", kind="stable")
    sent, end = ordered["sent_ns"].to_numpy(), ordered["end_ns"].to_numpy()
    due = sent[0] + np.arange(len(sent)) * (1e9 / rate_per_s)
    return (end - np.minimum(sent, due)) / 1e9


def _measured(found: Reading) -> tuple[np.ndarray, np.ndarray]:
    """(values in s, counts): service times of requests, or middles of the bins as measured."""
    requests = found.tables.get("REQUESTS")
    if requests is not None and len(requests):
        values = requests["service_s"].to_numpy()
        return values, np.ones(len(values))
    bins = found.tables["LATENCY_BINS"]
    kept = bins[bins["kind"] == "as measured"]
    if not len(kept):
        raise TooFewValues("only filled latencies are left, and how they were filled cannot be undone")
    middle = (kept["lo_s"] + kept["hi_s"].replace(np.inf, np.nan).fillna(kept["lo_s"])) / 2
    return middle.to_numpy(), kept["count"].to_numpy()


def _of_requests(requests: pd.DataFrame, carries: Carries, plan: Plan) -> list[tuple]:
    intended = requests["latency_s"].to_numpy()
    ones = np.ones(len(requests))
    if (requests["intended_ns"] < requests["sent_ns"]).any():
        return [_row("from the intended start", intended, ones, "the client's own schedule: exact")]
    if carries.loop != CLOSED:
        return []
    begun, ended = requests["sent_ns"].to_numpy(), requests["end_ns"].to_numpy()
    if plan.rate_per_s and audit_omission.kept(begun, plan.rate_per_s) >= 0.99:
        due = by_schedule(requests, plan.rate_per_s)
        return [_row("corrected", due, ones, f"intended schedule of {plan.rate_per_s:g}/s")]
    service = requests["service_s"].to_numpy()
    users = plan.connections or float(audit_omission.most_in_flight(begun, ended))
    return [_filled(service, ones, users, plan, len(requests) / max((ended.max() - begun.min()) / 1e9, 1e-9))]


def _of_bins(found: Reading, values: np.ndarray, counts: np.ndarray, plan: Plan) -> list[tuple]:
    achieved = _rate(found)
    if not (plan.rate_per_s or achieved):
        return []
    return [_filled(values, counts, float(plan.connections or 1), plan, achieved)]


def _rate(found: Reading) -> float:
    """Requests a second as the file says it, 0 where it does not."""
    facts = found.facts
    if facts.get("duration_us"):
        return facts["requests"] / (facts["duration_us"] / 1e6)
    if facts.get("endpoints"):
        return sum(e["requests"] / e["duration_s"] for e in facts["endpoints"] if e["duration_s"])
    return float(facts.get("requests_per_s") or facts.get("rps") or 0.0)


def _filled(values, counts, users: float, plan: Plan, achieved: float) -> tuple:
    rate, whose = (plan.rate_per_s, "planned") if plan.rate_per_s else (achieved, "achieved")
    interval_s = users / rate
    more = fill(values, counts, interval_s)
    band = "" if plan.rate_per_s else ": no plan, so the truth lies between this row and the one above"
    return _row("corrected", *more, f"filled at {users:g} connections / {whose} {rate:.6g}/s{band}")


def _row(kind: str, values: np.ndarray, counts: np.ndarray, says: str) -> tuple:
    order = np.argsort(values, kind="stable")
    running = np.cumsum(counts[order])
    n = float(running[-1])
    at = np.minimum(np.searchsorted(running, np.array(QS) * n), len(values) - 1)
    mean = float((values * counts).sum() / n)
    return (kind, n, mean, *(float(v) for v in values[order][at]), says)
