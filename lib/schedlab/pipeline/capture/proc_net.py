"""The kernel's counters of TCP around a run: connections opened, refused, waiting to be forgotten."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

NET = Path("/proc/net")
#: of TcpExt, which has well over a hundred, what short connections and full queues show
EXTENDED = (
    "TW",
    "TWRecycled",
    "TWKilled",
    "ListenOverflows",
    "ListenDrops",
    "TCPReqQFullDrop",
    "TCPTimeouts",
    "TCPAbortOnData",
    "TCPAbortOnClose",
    "TCPAbortOnTimeout",
    "TCPBacklogDrop",
    "TCPTimeWaitOverflow",
)


def read() -> dict[str, Any]:
    """All counters of Tcp, some of TcpExt, and sockets in use now; of our network namespace, all programs."""
    tcp = _pairs(NET / "snmp", "Tcp")
    extended = _pairs(NET / "netstat", "TcpExt")
    kept = {name: extended[name] for name in EXTENDED if name in extended}
    named = [("Tcp", tcp), ("TcpExt", kept), ("sockets", _sockets())]
    counters = {f"{group}.{name}": value for group, values in named for name, value in values.items()}
    return {"wall_ns": time.time_ns(), "counters": counters}


def write(path: Path, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Both readings into one file."""
    path.write_text(json.dumps({"before": before, "after": after}) + "\n", encoding="utf-8")


def _pairs(path: Path, group: str) -> dict[str, int]:
    """The line of names and the line of values of a group; nothing where the kernel does not show them."""
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    rows = [line.split()[1:] for line in lines if line.startswith(f"{group}:")]
    return {name: int(value) for name, value in zip(*rows, strict=True)} if len(rows) == 2 else {}


def _sockets() -> dict[str, int]:
    """`TCP: inuse 3 orphan 0 tw 1 ...` as TCP_inuse, TCP_orphan, TCP_tw, ..."""
    path = NET / "sockstat"
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    words = next((line.split()[1:] for line in lines if line.startswith("TCP:")), [])
    return {f"TCP_{name}": int(value) for name, value in zip(words[::2], words[1::2], strict=True)}
