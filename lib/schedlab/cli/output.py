"""How commands print: JSON for programs, plain tables for people."""

from __future__ import annotations

import json
import math
import sys
from typing import Any


def print_json(value: Any) -> None:
    """One JSON document on stdout; NaN becomes null, numpy scalars plain numbers."""
    json.dump(_plain(value), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def print_table(frame) -> None:
    """A frame as aligned text on stdout, every row and column."""
    print(frame.to_string(index=False, na_rep="-"))


def say(text: str) -> None:
    """A line for people on stderr."""
    print(text, file=sys.stderr)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
