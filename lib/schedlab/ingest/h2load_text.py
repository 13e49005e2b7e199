"""h2load's text summary: means and extremes only. Closed loop; a request's clock excludes the connect."""

from __future__ import annotations

import re

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, MEANS, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.units import seconds

CARRIES = Carries(MEANS, CLOSED, "excluded", failures="included")
_N = r"(\d{1,15})"
_FINISHED = re.compile(r"^finished in (\S{1,30}), (\d{1,12}(?:\.\d{1,6})?) req/s", re.M)
_REQUESTS = re.compile(
    rf"^requests: {_N} total, {_N} started, {_N} done, {_N} succeeded, {_N} failed, {_N} errored, {_N} time",
    re.M,
)
_NAMES = ("total", "started", "done", "succeeded", "failed", "errored", "timeout")
_TIMES = re.compile(r"^(?:request  |time for request): +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)%", re.M)
_CLIENTS = re.compile(rf"{_N} total client")


def _sniff(head: bytes, name: str) -> bool:
    return b"starting benchmark..." in head and b"total client(s)." in head


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    finished, counted, times = _FINISHED.search(text), _REQUESTS.search(text), _TIMES.search(text)
    if not (finished and counted and times):
        raise damage.refuse(path, "is no whole h2load summary (to 'time for request')")
    counts = {name: int(n) for name, n in zip(_NAMES, counted.groups(), strict=True)}
    try:
        duration_s = seconds(finished[1])
        low, high, mean, sd = (seconds(times[i]) for i in (1, 2, 3, 4))
    except ValueError as error:
        raise damage.refuse(path, f"a time of the summary is none: {error}") from error
    flying = max(counts["started"] - counts["done"], 0)
    users = sum(int(n) for n in _CLIENTS.findall(text))
    facts = CARRIES.facts() | {
        "requests": counts["done"],
        "counts": counts,
        "in_flight_at_end": flying,
        "connections": users,
        "duration_s": duration_s,
        "requests_per_s": float(finished[2]),
        "min_s": low,
        "max_s": high,
        "mean_s": mean,
        "stdev_s": sd,
    }
    bad = counts["failed"] + counts["errored"] + counts["timeout"]
    series = load_rows.series([(0, duration_s, "", counts["done"], bad, users)])
    doubts = (
        (f"{flying} requests under way at the end are missing; they may be the slowest",) if flying else ()
    )
    return Reading(READER.name, {"LOAD_SERIES": series}, facts, damage.frame(), doubts)


READER = Reader("h2load", _sniff, _read, ("LOAD_SERIES",), "h2load's text summary", CARRIES, "h2load 1.52")
