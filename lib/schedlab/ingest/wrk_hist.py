"""wrk's whole histogram, dumped from Lua's `done()`: exact microsecond bins, wrk's filling undone.

The dump is `value_us,count` lines under comment lines of `name=value` (`requests`, `duration_us`, `timeout`,
and `connections` where known; else the one interval is sought that works out). wrk fills in what it thinks a
stall has hidden before `done()` sees the histogram: for every value n >= 2 I it adds one count at n - I,
n - 2 I, ... while > I, with the integer I = duration_us / (requests / connections). So for every m > I
filled[m] = raw[m] + filled[m + I], which undoes it exactly. The total must come back to the requests.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, HISTOGRAM, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS

_FACT = re.compile(r"([a-z_]+)\s*[=:]\s*(-?\d{1,18}(?:\.\d+)?)")
_ROW = re.compile(r"(\d{1,12}),(\d{1,18})")
#: wrk cannot hold a value beyond its timeout, of which an hour is the longest anybody sets
LARGEST_US = 3600 * 10**6
CARRIES = Carries(HISTOGRAM, CLOSED, "excluded", failures="included", resolution_s=1e-6)


def _sniff(head: bytes, name: str) -> bool:
    return head.startswith(b"#") and b"value_us,count" in head[:4096]


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    facts, values, counts = _parse(path, text_of(data, damage), damage)
    return reading(READER.name, facts, values, counts, damage)


def reading(name: str, facts: dict, values: np.ndarray, counts: np.ndarray, damage: Damage) -> Reading:
    """What was dumped, and beside it what was measured where that can be brought back exactly."""
    shown = _bins("corrected", values, counts)
    raw, doubt = _measured(facts, values, counts)
    frames = [shown] if raw is None else [_bins("as measured", *raw), shown]
    frame = pd.concat(frames, ignore_index=True)
    return Reading(name, {LATENCY_BINS.name: frame}, facts | CARRIES.facts(), damage.frame(), doubt)


def unfill(values: np.ndarray, counts: np.ndarray, interval: int) -> np.ndarray:
    """The histogram before wrk's filling with that interval (us); negative counts show a wrong one."""
    if interval < 1 or not len(values):
        return counts
    above = np.searchsorted(values, values + interval)
    found = np.minimum(above, len(values) - 1)
    partner = np.where(values[found] == values + interval, counts[found], 0)
    return np.where(values > interval, counts - partner, counts)


def _parse(path: str, text: str, damage: Damage) -> tuple[dict, np.ndarray, np.ndarray]:
    facts: dict[str, float] = {}
    rows: dict[int, int] = {}
    whole, _, tail = text.rpartition("\n")
    if tail:
        damage.add("cut line", text.count("\n") + 1, tail)
    for number, line in enumerate(whole.split("\n"), 1):
        line = line.strip()
        if line.startswith("#"):
            facts |= {name: float(value) for name, value in _FACT.findall(line)}
        elif found := _ROW.fullmatch(line):
            value = int(found[1])
            if value > LARGEST_US or value in rows:
                raise FormatError(path, f"value {value} us is impossible or stands twice", number)
            rows[value] = int(found[2])
        elif line and line != "value_us,count":
            damage.add("broken row", number, line)
    if not rows:
        raise damage.refuse(path, "holds no value_us,count rows")
    values = np.array(sorted(rows), dtype=np.int64)
    return facts, values, np.array([rows[v] for v in values.tolist()], dtype=np.int64)


def _measured(facts: dict, values: np.ndarray, counts: np.ndarray):
    """((values, counts) as measured, warnings), or (None, the reason why the filling cannot be undone)."""
    if not facts.get("requests", 0) >= 1 or not facts.get("duration_us", 0) >= 1:
        return None, ("wrk's filling cannot be undone: the dump does not say requests and duration_us",)
    expected = int(facts["requests"]) - int(facts.get("timeout", facts.get("timeouts", 0)))
    found = [unfill(values, counts, i) for i in _intervals(facts) if _comes_back(values, counts, i, expected)]
    found = [counts for counts in found if counts.min() >= 0]
    if not found or any((found[0] != other).any() for other in found[1:]):
        fault = "no interval brings back" if not found else "more than one interval brings back"
        return None, (f"wrk's filling cannot be undone: {fault} exactly the {expected} requests",)
    kept = found[0] > 0
    return (values[kept], found[0][kept]), ()


def _intervals(facts: dict) -> list[int]:
    """wrk's interval (us) for the connections that the dump names, else for every number up to 4096."""
    requests, duration = int(facts["requests"]), int(facts["duration_us"])
    named = int(facts.get("connections", 0))
    each = {requests // c for c in ([named] if named > 0 else range(1, 4097))}
    return sorted({duration // n if n else 0 for n in each})


def _comes_back(values: np.ndarray, counts: np.ndarray, interval: int, expected: int) -> bool:
    """Whether undoing with that interval leaves the right total, and every filled value has its partner."""
    if interval < 1:
        return int(counts.sum()) == expected
    first = np.searchsorted(values, 2 * interval, side="right")
    below = np.searchsorted(values, values[first:] - interval)
    partnered = (values[below] == values[first:] - interval).all()
    return bool(partnered) and int(counts.sum() - counts[first:].sum()) == expected


def _bins(kind: str, values: np.ndarray, counts: np.ndarray) -> pd.DataFrame:
    return LATENCY_BINS.frame(
        {
            "endpoint": pd.Series("", index=range(len(values)), dtype="str"),
            "kind": pd.Series(kind, index=range(len(values)), dtype="str"),
            "lo_s": values / 1e6,
            "hi_s": (values + 1) / 1e6,
            "count": counts.astype(np.float64),
        }
    )


READER = Reader(
    "wrk-hist", _sniff, _read, (LATENCY_BINS.name,), "wrk histogram from Lua done(), CSV", CARRIES, "wrk 4.1"
)
