"""Base units inside, readable units at the edge.

Tables hold seconds, bytes, counts and shares in [0, 1]; `show` and `scale` turn them into what a person
reads, `seconds` turns what tools print (`1.25ms`, `1h2m3s`) into seconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

#: unit -> the readable units with their size in base units, largest first
SCALES: dict[str, tuple[tuple[str, float], ...]] = {
    "s": (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)),
    "bytes": (("GiB", 2.0**30), ("MiB", 2.0**20), ("KiB", 2.0**10), ("B", 1.0)),
    "share": (("%", 0.01),),
    "1/s": (("1/s", 1.0),),
    "1": (("", 1.0),),
}

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """Seconds in a printed duration such as `85us`, `1.02ms` or `1h2m3.5s`; ValueError if it is none."""
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(p.group() for p in parts) != text:
        raise ValueError(f"not a duration: {text!r}")
    return sum(float(p[1]) * _SECONDS[p[2]] for p in parts)


def scale(values: Iterable[float], unit: str) -> tuple[float, str]:
    """The readable unit in which the largest of `values` is at least 1: (its size, its name)."""
    steps = SCALES.get(unit, ((unit, 1.0),))
    finite = [abs(v) for v in values if v is not None and math.isfinite(v)]
    largest = max(finite, default=0.0)
    for name, size in steps:
        if largest >= size:
            return size, name
    name, size = steps[-1] if largest else steps[0]
    return size, name


def show(value: float | None, unit: str = "1", digits: int = 3) -> str:
    """One value with its unit and `digits` significant digits: `show(0.00123, "s")` is `1.23 ms`."""
    if value is None or not math.isfinite(value):
        return "n/a"
    size, name = scale([value], unit)
    return f"{number(value / size, digits)} {name}".rstrip()


#: an interval whose ends differ by more than this factor says that nothing is known
_USELESS = 1e6


def show_interval(value: float, lo: float, hi: float, unit: str = "1", runs: int = 0, digits: int = 3) -> str:
    """An estimate with its interval in one common unit: `1.23 [1.10, 1.41] ms`.

    Where the runs agree (ends NaN, or equal) it is `0 % in all 6 runs`; of one run, `1.23 ms, no interval`.
    """
    if not math.isfinite(value):
        return "n/a"
    agree = runs > 1 and (math.isnan(lo) or lo == hi)
    if agree or not (math.isfinite(lo) or math.isfinite(hi)) or (lo == 0 and hi == math.inf):
        return show(value, unit, digits) + (f" in all {runs:g} runs" if agree else ", no interval")
    if math.inf > hi > _USELESS * lo > 0:
        return show(value, unit, digits) + ", interval a millionfold wide"
    size, name = scale([value, lo, hi], unit)
    parts = ["n/a" if not math.isfinite(v) else number(v / size, digits) for v in (value, lo, hi)]
    return f"{parts[0]} [{parts[1]}, {parts[2]}] {name}".rstrip()


def label(name: str, unit: str, values: Iterable[float] = ()) -> str:
    """An axis label with its unit: `label("latency", "s", values)` is `latency (ms)`."""
    _, shown = scale(values, unit)
    return f"{name} ({shown})" if shown else name


def number(value: float, digits: int = 3) -> str:
    """A plain number with `digits` significant digits and thin thousands separators, never an exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 12)}f}".replace(",", "\u202f")
