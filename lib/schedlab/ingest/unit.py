"""Histograms whose file does not say its unit: taken as the tools' usual one, or as somebody says."""

from __future__ import annotations

from dataclasses import replace

from schedlab.errors import SchedlabError, UnknownName
from schedlab.model.extend import Reading

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_COLUMNS = ("lo_s", "hi_s", "value_s", "resolution_s")


def in_unit(found: Reading, unit: str) -> Reading:
    """The same reading with its values taken as of that unit; SchedlabError where the file says its own."""
    if unit not in SECONDS:
        raise UnknownName("unit", unit, SECONDS)
    taken = found.facts.get("unit_s")
    if taken is None:
        raise SchedlabError(f"a file of format {found.format} says its own unit")
    factor = SECONDS[unit] / taken
    tables = {
        name: frame.assign(**{c: frame[c] * factor for c in _COLUMNS if c in frame})
        for name, frame in found.tables.items()
    }
    mean = found.facts.get("mean_s")
    facts = (
        dict(found.facts)
        | {"unit_s": SECONDS[unit]}
        | ({"mean_s": mean * factor} if mean is not None else {})
    )
    warnings = tuple(w for w in found.warnings if not w.startswith("the unit is not in the file"))
    return replace(found, tables=tables, facts=facts, warnings=warnings)
