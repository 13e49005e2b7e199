"""Checks on what a tool says of its own run: the loop, Little's law, caps, resolution, what is missing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from schedlab.model.carries import CLOSED, MEANS, QUANTILES, Carries
from schedlab.model.extend import Reading

if TYPE_CHECKING:
    from schedlab.ingest.audit import Plan

LOCUST_CSV = ("locust-stats", "locust-history")
#: these stop counting at a million requests
CAPPED, CAP = ("hey", "hey-csv", "ghz-json", "ghz-csv"), 1_000_000
#: these throw away what is under way when the time is up
DROPPING = ("wrk", "wrk-hist", "wrk-json", "wrk2", "h2load", "h2load-log", "oha-csv", "oha-json", *LOCUST_CSV)
#: mean x rate over the connections shows filling where it exceeds 1 by more than rounding can
FILLED, BUSY = 1.05, 0.9
#: a Locust process on one core is itself the bottleneck from about here
_LOCUST_PER_S = 3000.0
#: a step of more than this share of the median is no latency to compare
_COARSE = 0.1


def checks(found: Reading, carries: Carries, plan: Plan) -> list[tuple]:
    """One row per check that the facts allow."""
    rows = [_loop(found, carries), *_little(found, carries, plan), *_dropped(found), *_support(carries)]
    return [*rows, *_capped(found), *_missing(found), *_saturated(found), *_steps(found, carries)]


def _loop(found: Reading, carries: Carries) -> tuple:
    """Test five: which tool it was."""
    closed = carries.loop == CLOSED
    says = "a closed loop does not send while the server stalls: the slowest requests are missing"
    return ("closed loop", float(closed), closed, says if closed else f"the loop is {carries.loop}")


def _little(found: Reading, carries: Carries, plan: Plan) -> list[tuple]:
    """Test two, on every report of the file: mean latency x rate against the connections."""
    facts = found.facts
    ratios = [r["littles_ratio"] for r in facts.get("reports", ()) if r.get("littles_ratio") is not None]
    rate = facts.get("requests_per_s") or facts.get("rate")
    if not ratios and rate and facts.get("mean_s") and plan.connections:
        ratios = [facts["mean_s"] * rate / plan.connections]
    return [little(ratio, carries) for ratio in ratios]


def little(ratio: float, carries: Carries) -> tuple:
    """The row for one ratio of mean x rate to connections."""
    if ratio > FILLED and carries.loop == CLOSED:
        return ("Little's ratio", ratio, True, "mean x rate exceeds the connections: filled, not measured")
    if ratio > FILLED:
        return ("Little's ratio", ratio, False, "requests waited to be sent, and the latency includes it")
    if ratio > BUSY and carries.loop == CLOSED:
        says = "all connections were always busy: this is capacity, and the latency follows from it"
        return ("Little's ratio", ratio, True, says)
    return ("Little's ratio", ratio, False, "mean x rate fits the connections")


def _dropped(found: Reading) -> list[tuple]:
    if "dropped_iterations" not in found.facts:
        return []
    dropped = float(found.facts["dropped_iterations"])
    says = "planned arrivals were never sent: the open loop was none" if dropped else "none was dropped"
    return [("dropped arrivals", dropped, dropped > 0, says)]


def _support(carries: Carries) -> list[tuple]:
    rows = []
    if carries.what in (QUANTILES, MEANS):
        says = f"cannot answer: {', '.join(carries.refused)}"
        rows.append((carries.what, 1.0, True, says))
    return rows


def _capped(found: Reading) -> list[tuple]:
    if found.format not in CAPPED:
        return []
    n = float(found.facts.get("requests", 0))
    capped = n >= CAP
    says = "hey and ghz stop counting at 1,000,000 requests: what came later is missing"
    return [("cap", n, capped, says if capped else "below the cap of 1,000,000 requests")]


def _missing(found: Reading) -> list[tuple]:
    """What the end of the run has lost."""
    rows = []
    if found.format in LOCUST_CSV:
        says = "Locust's CSV lacks the last seconds of the run: --json-file has them"
        rows.append(("last seconds", 1.0, True, says))
    if found.format in DROPPING or "in_flight_at_end" in found.facts:
        flying = float(found.facts.get("in_flight_at_end", math.nan))
        says = "requests under way at the end are dropped (right-censored): the slowest may be among them"
        rows.append(("in flight at the end", flying, flying != 0, says))
    return rows


def _saturated(found: Reading) -> list[tuple]:
    """Whether the instrument itself was the bottleneck, where the file can show it."""
    rows = []
    gauges = found.tables.get("GAUGES")
    if gauges is not None and found.format == "schedlab-client":
        share = gauges.loc[gauges["name"] == "cpu.share_of_machine", "value"]
        busy = float(share.iloc[0]) if len(share) else math.nan
        rows.append(("client's CPU", busy, busy > 0.5, "share of the machine that the client itself used"))
    rate = _locust_rate(found) if found.format == "locust-json" else 0.0
    if rate > 0:
        says = "one Locust process is the bottleneck from about 3,000/s: its latencies are its own"
        slow = rate > _LOCUST_PER_S
        rows.append(("Locust's own rate", rate, slow, says if slow else "a rate that Locust can keep"))
    return rows


def _locust_rate(found: Reading) -> float:
    return sum(e["requests"] / e["duration_s"] for e in found.facts["endpoints"] if e["duration_s"])


def _steps(found: Reading, carries: Carries) -> list[tuple]:
    """The tool's resolution against the latencies it printed, where it kept no requests."""
    bins, quantiles = found.tables.get("LATENCY_BINS"), found.tables.get("LATENCY_QUANTILES")
    if quantiles is not None and len(quantiles) and quantiles["resolution_s"].notna().any():
        shown = quantiles[quantiles["resolution_s"].notna()]
        middle = shown.iloc[(shown["q"] - 0.5).abs().argmin()]
        step, median = float(middle["resolution_s"]), float(middle["value_s"])
    elif bins is not None and len(bins):
        step, median = _middle_bin(bins)
    else:
        return []
    share = step / median if median > 0 else math.inf
    coarse = share > _COARSE
    says = "a step is over a tenth of the median: the values are bins" if coarse else "steps are fine enough"
    return [("step / median", share, coarse, says)]


def _middle_bin(bins) -> tuple[float, float]:
    ordered = bins[bins["kind"] == bins["kind"].iloc[0]].sort_values("lo_s")
    running = ordered["count"].cumsum().to_numpy()
    middle = ordered.iloc[int(np.searchsorted(running, running[-1] / 2))]
    return float(middle["hi_s"] - middle["lo_s"]), float(middle["hi_s"] + middle["lo_s"]) / 2
