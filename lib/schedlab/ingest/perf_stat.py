"""Hardware and software counters as `perf stat -x,` writes them: one event a line."""

from __future__ import annotations

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import GAUGES

#: perf's unit -> (base unit, its size)
_UNITS = {"": ("1", 1.0), "msec": ("s", 1e-3)}


def _sniff(head: bytes, name: str) -> bool:
    return head.startswith(b"# started on ") and name.startswith("perf_stat")


def _read(path: str, data: bytes) -> Reading:
    """Events become gauges perf/<event>; what perf did not count or does not support is named as damage."""
    damage, rows = Damage(), []
    for number, line in enumerate(load_rows.whole_lines(text_of(data, damage), damage), 1):
        if not line.strip() or line.startswith("#"):
            continue
        value, unit, event, *_ = (*line.split(","), "", "")
        try:
            base, size = _UNITS[unit]
            rows.append((0, f"perf/{event}", float(value) * size, base))
        except (ValueError, KeyError):
            damage.add("not counted", number, line)
    if not rows:
        raise damage.refuse(path, "holds no counted event")
    return Reading(READER.name, {"GAUGES": load_rows.frame(GAUGES, rows)}, {}, damage.frame())


READER = Reader("perf-stat", _sniff, _read, ("GAUGES",), "perf stat -x,")
