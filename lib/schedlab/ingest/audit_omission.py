"""Coordinated omission in a file of requests: the tests that need starts and ends.

From the strongest to the weakest: what was sent against what was planned; mean x rate against the
connections; the shape of the tail and whether it came all at once; gaps without an answer. The fifth, which
tool it was, is in `audit_facts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from schedlab.ingest import audit_facts
from schedlab.model.carries import Carries

if TYPE_CHECKING:
    from schedlab.ingest.audit import Plan

_LATE_S, _LATE_SHARE = 1e-3, 0.01
_STALL = 100.0
#: slow requests that end within so many medians of each other were released together
_TOGETHER = 10.0
_DISTINCT = 0.01
#: sent / planned below this has dropped slots of its schedule
_KEPT = 0.99


def checks(requests: pd.DataFrame, carries: Carries, plan: Plan) -> list[tuple]:
    """One row per test that these requests allow."""
    begun, ended = requests["sent_ns"].to_numpy(), requests["end_ns"].to_numpy()
    service = requests["service_s"].to_numpy()
    rows = [_late(requests), *_planned(begun, plan), *_little(begun, ended, service, carries, plan)]
    if carries.stamps != "none" and "whole" not in carries.stamps:
        rows += [_stall(begun, ended, service), _gap(begun, ended, service)]
    return [*rows, _quantised(service)]


def kept(begun: np.ndarray, rate_per_s: float) -> float:
    """Requests sent / requests planned over the time in which they were sent."""
    span_s = (begun.max() - begun.min()) / 1e9 + 1.0 / rate_per_s
    return len(begun) / (rate_per_s * span_s)


def _late(requests: pd.DataFrame) -> tuple:
    late = float(((requests["sent_ns"] - requests["intended_ns"]) / 1e9 > _LATE_S).mean())
    says = "share sent over 1 ms after their schedule: latency from the intended start is the honest one"
    doubt = late > _LATE_SHARE
    return ("late sends", late, doubt, says if doubt else "requests left when meant to, or have no plan")


def _planned(begun: np.ndarray, plan: Plan) -> list[tuple]:
    """Test one: slots of the schedule that were dropped, or caught up later."""
    if not plan.rate_per_s:
        return []
    share = kept(begun, plan.rate_per_s)
    dropped = share < _KEPT
    says = "slots of the schedule were dropped: fill" if dropped else "the planned number was sent"
    due = begun.min() + np.arange(len(begun)) * (1e9 / plan.rate_per_s)
    lag_s = float((np.sort(begun) - due).max() / 1e9)
    behind = lag_s > max(10.0 / plan.rate_per_s, _LATE_S)
    told = "sends fell behind their schedule" if behind else "sends kept their schedule"
    return [("sent / planned", share, dropped, says), ("send lag", lag_s, behind, told)]


def _little(begun, ended, service, carries: Carries, plan: Plan) -> list[tuple]:
    """Test two: mean x rate / connections is the share of time in which connections were busy."""
    span_s = (ended.max() - begun.min()) / 1e9
    if not plan.connections or span_s <= 0:
        return []
    return [audit_facts.little(float(service.sum()) / span_s / plan.connections, carries)]


def _stall(begun: np.ndarray, ended: np.ndarray, service: np.ndarray) -> tuple:
    """Test three: a tail that ends all at once on every connection is a stall, one spread in time is not."""
    median = max(float(np.median(service)), 1e-9)
    ratio = float(service.max() / median)
    if ratio <= _STALL:
        return ("max / median", ratio, False, "no stall stands out")
    tail = np.sort(ended[service > _STALL * median])
    episodes = 1 + int((np.diff(tail) > _TOGETHER * median * 1e9).sum())
    each, busy = len(tail) / episodes, most_in_flight(begun, ended)
    told = "every connection stuck at once: a stall" if each >= max(busy / 2, 2) else "they came one by one"
    says = f"{len(tail)} over 100 medians end in {episodes} places, {each:.1f} each, {busy} in flight at most"
    return ("max / median", ratio, True, f"{told} ({says})")


def most_in_flight(begun: np.ndarray, ended: np.ndarray) -> int:
    """The largest number of requests under way at once."""
    moments = np.concatenate([begun, ended])
    steps = np.concatenate([np.ones(len(begun), np.int64), -np.ones(len(ended), np.int64)])
    order = np.lexsort((steps, moments))
    return int(np.cumsum(steps[order]).max())


def _gap(begun: np.ndarray, ended: np.ndarray, service: np.ndarray) -> tuple:
    """Test four: the longest time without an answer while requests were under way, in median latencies."""
    order = np.argsort(ended, kind="stable")
    oldest = np.minimum.accumulate(begun[order][::-1])[::-1]
    silence_s = (ended[order][1:] - np.maximum(ended[order][:-1], oldest[1:])) / 1e9
    sending = ended[order][:-1] <= begun.max()  # what is still under way then only drains
    longest = float(silence_s[sending].max(initial=0.0)) / max(float(np.median(service)), 1e-9)
    silent = longest > _STALL
    says = "median latencies without an answer while requests waited" if silent else "answers came throughout"
    return ("longest silence", longest, silent, says)


def _quantised(service: np.ndarray) -> tuple:
    share = len(np.unique(service)) / len(service)
    coarse = share < _DISTINCT
    says = "few distinct values: the tool rounds, so they are bins" if coarse else "values are fine enough"
    return ("distinct values", share, coarse, says)
