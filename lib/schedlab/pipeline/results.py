"""The report's results as data: one row per published number or judged claim, and which verdicts changed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schedlab.pipeline import files
from schedlab.pipeline.cite import Published

#: of a value; a claim has `verdict` and `because` too. `value`, `lo`, `hi` are in `unit`, a base unit
_FIELDS = ("value", "lo", "hi", "unit", "confidence", "n", "method")


def rows(chapters: Iterable[Published]) -> list[dict[str, Any]]:
    """Every published value, then every claim, chapter by chapter; `name` is how the report cites it."""
    return [
        row
        for published in chapters
        for kind, of in (("value", _value), ("claim", _claim))
        for name, thing in published.of(kind).items()
        if (row := {"name": f"{published.stem}.{name}", "kind": kind} | of(thing))
    ]


def write(results: list[dict[str, Any]], folder: Path) -> None:
    """results.json and results.parquet; the same results give the same bytes."""
    import pandas as pd

    files.write_json(folder / "results.json", results)
    columns = ("name", "kind", *_FIELDS, "text", "verdict", "because")
    table = pd.DataFrame(results, columns=columns)
    words = table["value"].map(lambda value: isinstance(value, str))
    numbers = pd.to_numeric(table["value"].mask(words), errors="coerce")
    table.assign(value=numbers).to_parquet(folder / "results.parquet", index=False)


def changed_verdicts(before: Path, now: list[dict[str, Any]]) -> list[str]:
    """One sentence per claim whose verdict is not the one that the results file `before` holds."""
    if not before.is_file():
        return []
    old = _verdicts(json.loads(before.read_text(encoding="utf-8")))
    new = _verdicts(now)
    return [
        f"{name}: {old.get(name, 'not judged')} -> {new.get(name, 'not judged')}"
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]


def unexpected(expected: Path, now: list[dict[str, Any]]) -> list[str]:
    """One sentence per result that is not as the committed file says: another verdict, word, or number.

    Numbers may differ by one in a million of their size, since processors do not round alike.
    """
    old = {row["name"]: row for row in json.loads(expected.read_text(encoding="utf-8"))}
    new = {row["name"]: row for row in now}
    gone = [f"{name}: expected, but not in this report" for name in old if name not in new]
    other = [
        f"{name}: {_shown(new[name])}, expected {_shown(row)}"
        for name, row in old.items()
        if name in new and not _agree(row, new[name])
    ]
    return [*gone, *other, *(f"{name}: not expected" for name in new if name not in old)]


def _agree(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old.get("verdict") == new.get("verdict") and all(
        _close(old.get(field), new.get(field)) for field in ("value", "lo", "hi")
    )


def _close(old: Any, new: Any) -> bool:
    if isinstance(old, str | None) or isinstance(new, str | None):
        return old == new
    return math.isclose(old, new, rel_tol=1e-6)


def _shown(row: Mapping[str, Any]) -> str:
    return row.get("verdict") or row["text"]


def _verdicts(results: list[dict[str, Any]]) -> dict[str, str]:
    return {row["name"]: row["verdict"] for row in results if row["kind"] == "claim"}


def _value(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: thing[name] for name in (*_FIELDS, "text") if name in thing}


def _claim(thing: Mapping[str, Any]) -> dict[str, Any]:
    measured = thing.get("measured") or {}
    return _value(measured) | {"verdict": thing["verdict"], "because": thing["because"]}
