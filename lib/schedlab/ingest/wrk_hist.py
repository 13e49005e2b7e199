"""wrk's whole histogram, dumped from Lua's `done()`: exact microsecond bins, wrk's filling undone.

The dump is `value_us,count` lines under comment lines `# name=value` (`requests`, `duration_us`,
`connections`, `timeouts`). wrk fills a stall's hidden requests before `done()` sees the histogram: for every
value n >= 2 I it adds one count at n - I, n - 2 I, ... while > I, with the integer
I = duration_us / (requests / connections). So filled[m] = raw[m] + filled[m + I] for every m > I, and
raw[m] = filled[m] - filled[m + I] undoes it exactly. The total must come back to the number of requests.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS

_FACT = re.compile(r"([a-z_]+)\s*[=:]\s*(-?\d{1,18}(?:\.\d+)?)")
_ROW = re.compile(r"(\d{1,12}),(\d{1,18})")
#: wrk cannot hold a value beyond its timeout, of which an hour is the longest anybody sets
_LARGEST_US = 3600 * 10**6


def _sniff(head: bytes, name: str) -> bool:
    return head.startswith(b"#") and b"value_us,count" in head[:4096]


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    facts, values, counts = _parse(path, text_of(data, damage), damage)
    shown = _bins("corrected", values, counts)
    raw, doubt = _measured(facts, values, counts)
    frames = [shown] if raw is None else [_bins("as measured", *raw), shown]
    found = {"carries": "histogram", "loop": "closed", "clock": "connect excluded", "resolution_s": 1e-6}
    frame = pd.concat(frames, ignore_index=True)
    return Reading(READER.name, {LATENCY_BINS.name: frame}, facts | found, damage.frame(), doubt)


def unfill(values: np.ndarray, counts: np.ndarray, interval: int) -> tuple[np.ndarray, np.ndarray]:
    """The histogram before wrk's filling with that interval (us); negative counts show a wrong one."""
    if interval < 1 or not len(values):
        return values, counts
    above = np.searchsorted(values, values + interval)
    found = np.minimum(above, len(values) - 1)
    partner = np.where(values[found] == values + interval, counts[found], 0)
    raw = np.where(values > interval, counts - partner, counts)
    return values, raw


def _parse(path: str, text: str, damage: Damage) -> tuple[dict, np.ndarray, np.ndarray]:
    facts: dict[str, float] = {}
    rows: dict[int, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line.startswith("#"):
            facts |= {name: float(value) for name, value in _FACT.findall(line)}
        elif found := _ROW.fullmatch(line):
            value = int(found[1])
            if value > _LARGEST_US or value in rows:
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
    wanted = ("requests", "duration_us", "connections")
    missing = [name for name in wanted if facts.get(name, 0) < 1]
    if missing:
        return None, (f"wrk's filling cannot be undone: the dump does not say {', '.join(missing)}",)
    requests, duration, connections = (int(facts[name]) for name in wanted)
    each = requests // connections
    raw = unfill(values, counts, duration // each if each else 0)
    total, expected = int(raw[1].sum()), requests - int(facts.get("timeouts", 0))
    if raw[1].min() < 0 or total != expected or not _closed(values, duration // each if each else 0):
        return None, (f"wrk's filling cannot be undone: {total} of {expected} requests came back",)
    kept = raw[1] > 0
    return (raw[0][kept], raw[1][kept]), ()


def _closed(values: np.ndarray, interval: int) -> bool:
    """Whether every value that wrk filled downwards from has its partner below."""
    filled = values[values > 2 * interval] - interval if interval else values
    return bool(np.isin(filled, values).all())


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


READER = Reader("wrk-hist", _sniff, _read, (LATENCY_BINS.name,), "wrk histogram from Lua done(), CSV")
