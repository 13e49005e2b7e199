"""HdrHistogram's interval logs (.hlog), 1.01 to 1.3: one encoded histogram a line, with time and tag.

Fields stand between commas or blanks, the header may be missing, tags (`Tag=x,`) are series of their own and
never summed. The unit of the values is not in the file: the printed maximum (in ms) against the decoded one
shows it; where they are equal nanoseconds are taken, and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.ingest import hdr_blob
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import HISTOGRAM, Carries
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import LATENCY_BINS, LOAD_SERIES

CARRIES = Carries(HISTOGRAM)
_NUMBER = r"\d{1,15}(?:\.\d{1,12})?"
_LINE = re.compile(
    rf"(?:Tag=([^,\s]+)[,\s])?\s*({_NUMBER})[,\s]\s*({_NUMBER})[,\s]\s*({_NUMBER})[,\s]\s*(\S+)\s*"
)
_TIME = re.compile(rf"#\[(StartTime|BaseTime): ({_NUMBER}) ")
_FIRST = re.compile(rb"(?:Tag=[^,\s]+[,\s])?\s*[\d.]+[,\s]\s*[\d.]+[,\s]\s*[\d.]+[,\s]\s*HIST[A-Za-z]")
_LEGENDS = ('"StartTimestamp"', '"Timestamp"', "StartTimestamp")
_YEAR_S = 366 * 86400
#: decoded maximum / printed maximum -> seconds of one unit
_UNITS = {1e6: 1e-9, 1e3: 1e-6}
#: all histograms of a file together; 600 intervals of a million values need 3 MB
_MOST_COUNTERS = 1 << 25
#: all values of a file together: what a float counts exactly, more than any test could send
_MOST_VALUES = 1 << 53


@dataclass(frozen=True)
class Intervals:
    """All intervals of a log: `tag`, `start_s` (as written), `length_s` and `shown`, the printed maximum.

    The counters above 0 of interval i are `index` and `count` [first[i]:first[i + 1]]; `lo` and `hi` are
    their bounds in the log's own unit.
    """

    tag: np.ndarray
    start_s: np.ndarray
    length_s: np.ndarray
    shown: np.ndarray
    first: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    count: np.ndarray
    versions: tuple[int, ...]

    @property
    def totals(self) -> np.ndarray:
        """How many values each interval holds."""
        return np.diff(np.append(0, np.cumsum(self.count))[self.first])

    def quantile(self, q: float) -> np.ndarray:
        """The quantile of every interval as the bin that holds it: its (lo, hi); NaN for empty ones.

        The rank is ceil(q n), as HdrHistogram for Java counts.
        """
        running = np.cumsum(self.count)
        totals = self.totals
        rank = np.maximum(np.ceil(q * totals - 1e-9), 1).astype(np.int64)
        before = np.append(0, running)[self.first[:-1]]
        place = np.minimum(np.searchsorted(running, before + rank), max(len(running) - 1, 0))
        held = np.stack([self.lo[place], self.hi[place]]) if len(running) else np.zeros((2, len(totals)))
        return np.where(totals > 0, held, np.nan)


def _sniff(head: bytes, name: str) -> bool:
    legend = b"Histogram log format version" in head[:2000] and head.startswith(b"#")
    return legend or any(_FIRST.match(line) for line in head[:4000].split(b"\n"))


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    found = intervals(text, damage)
    if not len(found.start_s):
        raise damage.refuse(path, "holds no interval of a HdrHistogram log")
    unit_s, doubts = _unit(found)
    names = sorted(set(found.tag))
    if len(names) > 1:
        doubts += (f"{len(names)} tags are {len(names)} series: never summed",)
    tables = {
        LATENCY_BINS.name: _bins(found, names, unit_s),
        LOAD_SERIES.name: _series(found, _base_s(text, found)),
    }
    facts = CARRIES.facts() | {
        "intervals": len(found.start_s),
        "requests": int(found.count.sum()),
        "unit_s": unit_s,
        "versions": list(found.versions),
        "tags": names,
    }
    return Reading(READER.name, tables, facts, damage.frame(), doubts)


def intervals(text: str, damage: Damage) -> Intervals:
    """Every interval of a log; a broken one is counted as damage and left out."""
    rows, blobs, held, values = [], [], 0, 0.0
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith(("#", *_LEGENDS)):
            continue
        try:
            found = _LINE.fullmatch(line)
            if not found:
                raise ValueError("no interval")
            blob = hdr_blob.decode(found[5].encode())
            if values + (more := blob.count.sum(dtype=np.float64)) > _MOST_VALUES:
                raise ValueError("more values than any test could send")
        except ValueError as error:
            damage.add("broken interval", number, f"{error}: {line}")
            continue
        held, values = held + len(blob.index), values + more
        if held > _MOST_COUNTERS:
            damage.add("more counters than can be held", number, line)
            break
        rows.append((found[1] or "", *map(float, found.groups()[1:4])))
        blobs.append(blob)
    return _together(rows, blobs)


def _together(rows: list[tuple], blobs: list[hdr_blob.Blob]) -> Intervals:
    sizes = [len(b.index) for b in blobs]
    index = np.concatenate([b.index for b in blobs] or [np.zeros(0, np.int64)])
    half, unit, ratio = (
        np.repeat([getattr(b.scale, name) for b in blobs] or [0], sizes or [0])
        for name in ("half", "unit", "ratio")
    )
    lo, hi = hdr_blob.bounds(index, half, unit, ratio)
    count = np.concatenate([b.count for b in blobs] or [np.zeros(0, np.int64)])
    first = np.cumsum([0, *sizes])
    tag = np.array([row[0] for row in rows], dtype=object)
    start, length, shown = (np.array([row[i] for row in rows], dtype=np.float64) for i in (1, 2, 3))
    return Intervals(
        tag, start, length, shown, first, lo, hi, count, tuple(sorted({b.version for b in blobs}))
    )


def _unit(found: Intervals) -> tuple[float, tuple[str, ...]]:
    """(seconds of one unit, what is doubtful about it) from the printed maxima, which are in milliseconds."""
    filled = found.totals > 0
    top = found.hi[found.first[1:][filled] - 1]
    shown = found.shown[filled]
    for ratio, unit_s in _UNITS.items():
        near = np.abs(top / ratio - shown) <= 0.02 * shown + 1e-3
        if near.size and near.all() and (shown > 0).any():
            return unit_s, ()
    return 1e-9, ("the unit is not in the file: nanoseconds are taken; name another with the option unit",)


def _base_s(text: str, found: Intervals) -> float:
    """What must be added to the written times to get Unix seconds."""
    times = {name: float(value) for name, value in _TIME.findall(text[:4000])}
    if "BaseTime" in times:
        return times["BaseTime"]
    start = times.get("StartTime", 0.0)
    return start if found.start_s[0] < start - _YEAR_S else 0.0


def _bins(found: Intervals, names: list[str], unit_s: float) -> pd.DataFrame:
    """One histogram a tag, over all its intervals."""
    tags = np.repeat(found.tag, np.diff(found.first))
    frame = pd.DataFrame(
        {"endpoint": tags, "lo_s": found.lo * unit_s, "hi_s": found.hi * unit_s, "count": found.count}
    )
    summed = frame.groupby(["endpoint", "lo_s", "hi_s"], as_index=False)["count"].sum()
    columns = {name: summed[name].to_numpy() for name in ("lo_s", "hi_s", "count")}
    return LATENCY_BINS.frame(
        {"endpoint": summed["endpoint"], "kind": ["as measured"] * len(summed), **columns}
    )


def _series(found: Intervals, base_s: float) -> pd.DataFrame:
    start = np.clip((found.start_s + base_s) * 1e9, 0, 2.0**62).astype(np.int64)
    blank = np.full(len(start), np.nan)
    columns = (start, found.length_s, found.tag, found.totals.astype(np.float64), blank, blank)
    names = ("start_ns", "duration_s", "endpoint", "requests", "errors", "users")
    return LOAD_SERIES.frame(dict(zip(names, columns, strict=True)))


READER = Reader(
    "hlog",
    _sniff,
    _read,
    (LATENCY_BINS.name, LOAD_SERIES.name),
    "HdrHistogram interval log",
    CARRIES,
    "log format 1.01 to 1.3 (V0, V1, V2), tags, comma or blank, header or none",
)
