"""Logs of kitex-benchmark and rpcx-benchmark, and kitex-benchmark's tables. Closed loop unless qps is given.

kitex-benchmark prints milliseconds with two decimals, or microseconds where TP999 is below one. With qps=0
its clock is a cached tick, so values are as coarse as that ran. Its CSV has no header: six columns end in P99
and P999, eight in AVG, P99 and the CPU of server and client. rpcx-benchmark's `p99` is the 99.9th percentile
in most of its versions (stats.go asks for 99.9): only what it calls p99.9 is taken.
"""

from __future__ import annotations

import math
import re

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, EITHER, QUANTILES, Carries
from schedlab.model.extend import Reader, Reading

KITEX = Carries(QUANTILES, EITHER, "excluded", failures="included", resolution_s=1e-5)
RPCX = Carries(QUANTILES, CLOSED, "excluded", failures="included", resolution_s=1e-9)
_N = r"(\d{1,15}(?:\.\d{1,9})?)"
_KITEX = re.compile(
    rf"\[([^\]\s]{{1,60}})\]: TPS: {_N}, (?:AVG: {_N}(us|ms), )?"
    rf"TP99: {_N}(us|ms), TP999: {_N}(us|ms) \(([^)\n]{{1,200}})\)"
)
_SETTING = re.compile(r"(\w{1,20})=([\w.]{1,30})")
_ROW = re.compile(rb"\[[A-Z0-9_-]{1,40}\],\d{1,9},\d{1,9},\d+\.\d+,\d+\.\d+,\d+\.\d+")
_UNIT_S = {"us": 1e-6, "ms": 1e-3}
_RPCX = re.compile(
    rf"mean: {_N} ns, median: {_N} ns, max: {_N} ns, min: {_N} ns(?:, (p99(?:\.9)?): {_N} ns)?"
)
_RPCX_COUNTS = {
    "requests": re.compile(r"sent +requests +: +(\d{1,15})"),
    "received": re.compile(r"received requests +: +(\d{1,15})"),
    "ok": re.compile(r"received requests_OK +: +(\d{1,15})"),
    "requests_per_s": re.compile(r"throughput +\(TPS\) +: +(\d{1,15})"),
}


def _sniff_kitex(head: bytes, name: str) -> bool:
    return b"]: TPS: " in head and b"TP999: " in head


def _sniff_kitex_csv(head: bytes, name: str) -> bool:
    return bool(_ROW.match(head))


def _sniff_rpcx(head: bytes, name: str) -> bool:
    return b"throughput  (TPS)    :" in head or b"received requests_OK :" in head


def _read_kitex(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    found = [_kitex(m, n) for n, m in enumerate(_KITEX.finditer(text), 1)]
    if not found:
        raise damage.refuse(path, "holds no result of kitex-benchmark ('[NAME]: TPS: ...')")
    doubts = ("with qps=0 the clock is a cached tick: values are coarser than they look",)
    doubts = doubts if any(r["settings"].get("qps") == "0" for r in found) else ()
    return _reading("kitex-bench", found, damage, doubts)


def _kitex(m: re.Match, number: int) -> dict:
    settings = dict(_SETTING.findall(m[9]))
    mean = float(m[3]) * _UNIT_S[m[4]] if m[3] else None
    shown = [
        (q, float(m[i]) * _UNIT_S[m[i + 1]], 0.01 * _UNIT_S[m[i + 1]]) for q, i in ((0.99, 5), (0.999, 7))
    ]
    name = f"{m[1]} #{number}"
    users = float(settings.get("c", "nan")) if settings.get("c", "").isdecimal() else math.nan
    return {
        "name": name,
        "rate": float(m[2]),
        "users": users,
        "mean_s": mean,
        "q": shown,
        "settings": settings,
    }


def _read_kitex_csv(path: str, data: bytes) -> Reading:
    damage, found = Damage(), []
    for line, row in load_rows.csv_rows(load_rows.whole_lines(text_of(data, damage) + "\n", damage), damage):
        try:
            found.append(_kitex_row(row, line))
        except ValueError:
            damage.add("broken row", line, str(row))
    if not found:
        raise damage.refuse(path, "holds no row of kitex-benchmark's tables")
    return _reading("kitex-csv", found, damage)


def _kitex_row(row: list[str], line: int) -> dict:
    if len(row) not in (6, 8):
        raise ValueError("columns")
    users, _size, rate, *shown = map(load_rows.positive, row[1:])
    mean = shown[0] / 1e3 if len(row) == 8 else None
    qs = [(0.99, shown[1])] if len(row) == 8 else [(0.99, shown[0]), (0.999, shown[1])]
    return {
        "name": f"{row[0].strip('[]')} #{line}",
        "rate": rate,
        "users": users,
        "mean_s": mean,
        "q": [(q, v / 1e3, 1e-5) for q, v in qs],
        "settings": {"c": row[1], "b": row[2]} | ({"cpu": row[6:]} if len(row) == 8 else {}),
    }


def _read_rpcx(path: str, data: bytes) -> Reading:
    damage = Damage()
    text = text_of(data, damage)
    matches = list(_RPCX.finditer(text))
    begins = [0, *(m.end() for m in matches)]
    found = [
        _rpcx(m, text[a : m.start()], n) for n, (a, m) in enumerate(zip(begins, matches, strict=False), 1)
    ]
    if not found:
        raise damage.refuse(path, "holds no result of rpcx-benchmark ('mean: ... ns, median: ...')")
    mislabelled = any(m[5] == "p99" for m in matches)
    doubts = (
        ("rpcx-benchmark's p99 is its 99.9th percentile in most versions: it is left out",)
        if mislabelled
        else ()
    )
    return _reading("rpcx-bench", found, damage, doubts)


def _rpcx(m: re.Match, before: str, number: int) -> dict:
    counts = {name: float(c[-1]) for name, pattern in _RPCX_COUNTS.items() if (c := pattern.findall(before))}
    q = [(0.5, float(m[2]) / 1e9, 1e-9)] + ([(0.999, float(m[6]) / 1e9, 1e-9)] if m[5] == "p99.9" else [])
    mean, largest, least = (float(m[i]) / 1e9 for i in (1, 3, 4))
    settings = counts | {"max_s": largest, "min_s": least}
    rate = counts.get("requests_per_s", math.nan)
    return {
        "name": f"#{number}",
        "rate": rate,
        "users": math.nan,
        "mean_s": mean,
        "q": q,
        "settings": settings,
    }


def _reading(name: str, found: list[dict], damage: Damage, doubts: tuple[str, ...] = ()) -> Reading:
    """One row a quantile; results are told apart by their place in the file, one alone has no name."""
    names = ["" if len(found) == 1 else r["name"] for r in found]
    rows = [(label, *q) for label, r in zip(names, found, strict=True) for q in r["q"]]
    kept = ("name", "rate", "mean_s", "settings")
    results = [
        {k: r[k] for k in kept} | {"users": None if math.isnan(r["users"]) else r["users"]} for r in found
    ]
    facts = (RPCX if name == "rpcx-bench" else KITEX).facts() | {"results": results}
    return Reading(name, {"LATENCY_QUANTILES": load_rows.quantiles(rows)}, facts, damage.frame(), doubts)


def _reader(name: str, sniff, read, about: str, carries: Carries, versions: str) -> Reader:
    return Reader(
        name, sniff, read, ("LATENCY_QUANTILES",), about, carries, versions, shown_by="published logs"
    )


READERS = (
    _reader("kitex-bench", _sniff_kitex, _read_kitex, "kitex-benchmark log", KITEX, "with and without AVG"),
    _reader(
        "kitex-csv", _sniff_kitex_csv, _read_kitex_csv, "kitex-benchmark tables", KITEX, "6 and 8 columns"
    ),
    _reader("rpcx-bench", _sniff_rpcx, _read_rpcx, "rpcx-benchmark log", RPCX, "with p99 and with p99.9"),
)
