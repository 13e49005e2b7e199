"""What wrk and wrk2 print: `2.84ms`, `1.02k`, `28.97MB`, each with the step that the print can show."""

from __future__ import annotations

import math
import re

_TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {"B": 1.0, "KB": 2.0**10, "MB": 2.0**20, "GB": 2.0**30, "TB": 2.0**40}
_COUNT = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_NUMBER = re.compile(r"(\d+(?:\.(\d+))?)([a-zA-Z]*)")


def duration(text: str) -> tuple[float, float]:
    """(seconds, resolution in seconds) of a printed time; (nan, nan) for `-nanus` and what is no time."""
    return _scaled(text, _TIME)


def size(text: str) -> float:
    """Bytes of a printed size; nan where it is none."""
    return _scaled(text, _BYTES)[0]


def amount(text: str) -> float:
    """A printed count such as `24.55k`; nan where it is none."""
    return _scaled(text, _COUNT)[0]


def _scaled(text: str, scales: dict[str, float]) -> tuple[float, float]:
    found = _NUMBER.fullmatch(text)
    if not found or found[3] not in scales or len(found[1]) > 30:
        return math.nan, math.nan
    scale = scales[found[3]]
    return float(found[1]) * scale, 10.0 ** -len(found[2] or "") * scale
