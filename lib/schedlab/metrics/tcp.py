"""Connections as the kernel counts them around a run: of the whole network namespace, not of one program."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _opened(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """From before the server's first connection to after its last, warm-up included."""
    mine = tables["GAUGES"][tables["GAUGES"]["name"] == "net/Tcp.PassiveOpens"].sort_values("wall_ns")
    if len(mine) < 2:
        raise TooFewValues("the kernel's counters were not read before and after the run")
    first, last = mine.iloc[0], mine.iloc[-1]
    return float((last["value"] - first["value"]) / ((last["wall_ns"] - first["wall_ns"]) / 1e9))


def _sockets(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """In use or in TIME_WAIT; both ends of a connection count where both are on this host."""
    held = tables["GAUGES"]
    held = held[held["name"].isin(("net/sockets.TCP_inuse", "net/sockets.TCP_tw"))]
    if held.empty:
        raise TooFewValues("the kernel's sockets were not counted")
    return float(held.groupby("wall_ns")["value"].sum().max())


METRICS = (
    Metric(
        "connections_opened", "1/s", "neither", ("GAUGES",), _opened,
        "TCP connections accepted a second, all programs of the host together", "proc_net",
    ),
    Metric(
        "sockets_most", "1", "lower", ("GAUGES",), _sockets,
        "TCP sockets in use or in TIME_WAIT before or after the run, whichever is more", "proc_net",
    ),
)  # fmt: skip
