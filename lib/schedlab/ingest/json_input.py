"""JSON inputs: parsed with the place of every error, and numbers taken out with their checks."""

from __future__ import annotations

import json
import math
from typing import Any

from schedlab.errors import FormatError


def load(path: str, data: bytes) -> Any:
    """The JSON value that the whole file is; FormatError with the line where it is not."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(path, "not UTF-8 text", line) from error
    except json.JSONDecodeError as error:
        raise FormatError(path, f"not valid JSON: {error.msg}", error.lineno) from error
    except (
        RecursionError,
        ValueError,
    ) as error:  # nested beyond reason; integers beyond Python's digit limit
        raise FormatError(path, f"not usable JSON: {error}") from error


def member(path: str, holder: Any, name: str, kind: type, where: str = "") -> Any:
    """`holder[name]` if it is of that type; FormatError says which field is missing or wrong."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        found = "missing" if value is None else f"a {type(value).__name__}"
        raise FormatError(path, f"field {where}{name!r} must be a {kind.__name__}, but is {found}")
    return value


def optional(path: str, holder: Any, name: str, kind: type, where: str = "") -> Any:
    """`holder[name]`, an empty value of that type where it is missing or null, or a FormatError."""
    if isinstance(holder, dict) and holder.get(name) is None:
        return kind()
    return member(path, holder, name, kind, where)


def whole(path: str, value: Any, what: str, lowest: int = 0, highest: int = 2**63 - 1) -> int:
    """An integer (or its text, as int64 in protobuf JSON) within bounds; FormatError says what it was."""
    text = isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 20
    found = int(value) if text else value
    if not isinstance(found, int) or isinstance(found, bool) or not lowest <= found <= highest:
        raise FormatError(path, f"{what} must be an integer from {lowest}, but is {str(value)[:40]!r}")
    return found


def number(path: str, value: Any, what: str, lowest: float = -math.inf) -> float:
    """A finite number not below `lowest`, given as a number or as text; FormatError says what it was."""
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found) or found < lowest:
        raise FormatError(path, f"{what} must be a number{_from(lowest)}, but is {str(value)[:40]!r}")
    return found


def _from(lowest: float) -> str:
    return f" not below {lowest:g}" if math.isfinite(lowest) else ""
