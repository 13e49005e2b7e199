"""The kernel's TCP counters before and after a run: of the network namespace, not of one program."""

from __future__ import annotations

from schedlab.ingest import json_input, load_rows
from schedlab.model.extend import Reader, Reading
from schedlab.model.tables import GAUGES

ENDS = ("before", "after")


def _sniff(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b'{"before"') and b'"Tcp.' in head


def _read(path: str, data: bytes) -> Reading:
    """Two readings of each counter, named net/Tcp.PassiveOpens and so on; `sockets` are numbers now."""
    content, rows = json_input.load(path, data), []
    for end in ENDS:
        reading = json_input.member(path, content, end, dict)
        wall_ns = json_input.whole(path, reading.get("wall_ns"), f"{end}.wall_ns")
        counters = json_input.member(path, reading, "counters", dict, f"{end}.")
        rows += [(wall_ns, f"net/{n}", json_input.number(path, v, n), "1") for n, v in counters.items()]
    return Reading(READER.name, {"GAUGES": load_rows.frame(GAUGES, rows)})


READER = Reader("proc-net", _sniff, _read, ("GAUGES",), "TCP counters of the kernel, before and after a run")
