"""A histogram's percentile spectrum in a file of its own (.hgrm), plain or comma separated.

Its unit is not in the file, but vegeta's `hdrplot` names it: milliseconds are taken, as all the tools print,
and said. hdrplot's values are estimates of a t-digest and its counts are made of the percentiles.
"""

from __future__ import annotations

from schedlab.ingest import load_rows, spectrum
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import SPECTRUM, Carries
from schedlab.model.extend import Reader, Reading

CARRIES = Carries(SPECTRUM)
_UNIT_S = 1e-3


def _sniff(head: bytes, name: str) -> bool:
    text = head[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return text.startswith(("Value", '"Value"')) and spectrum.has_head(text)


def _read(path: str, data: bytes) -> Reading:
    damage = Damage()
    found = spectrum.parse(text_of(data, damage), 1, damage)
    if found is None or not found.rows:
        raise damage.refuse(path, "holds no row of a percentile spectrum")
    tables = {
        "LATENCY_QUANTILES": load_rows.kinds_of_quantiles(found.quantiles("", "as measured", _UNIT_S)),
        "LATENCY_BINS": load_rows.bins(found.bins("", "as measured", _UNIT_S)),
    }
    facts = CARRIES.facts() | {
        "requests": found.total if found.total is not None else found.rows[-1][2],
        "mean_s": None if found.mean is None else found.mean * _UNIT_S,
        "unit_s": _UNIT_S,
    }
    return Reading(READER.name, tables, facts, damage.frame(), _doubts(found))


def _doubts(found: spectrum.Spectrum) -> tuple[str, ...]:
    if found.unit:
        return ("vegeta's hdrplot: values are estimates of a t-digest, counts are made of the percentiles",)
    doubts = ("the unit is not in the file: milliseconds are taken; name another with the option unit",)
    return doubts if found.total is not None else (*doubts, "the footer is missing: the file may be cut")


READER = Reader(
    "hgrm",
    _sniff,
    _read,
    ("LATENCY_QUANTILES", "LATENCY_BINS"),
    "HdrHistogram percentile spectrum",
    CARRIES,
    "HdrHistogram 2.1, plain and CSV; vegeta 12 hdrplot",
)
