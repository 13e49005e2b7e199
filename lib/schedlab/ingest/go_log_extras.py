"""Runtime lines beside the records: forced collections, the scavenger, package initialisation, panics."""

from __future__ import annotations

import re

import pandas as pd

from schedlab.ingest.go_log_lines import Line
from schedlab.model.tables import GAUGES

_N = r"(\d{1,15})"
_SCAVENGE = (
    (
        re.compile(rf"scav {_N} KiB work \(bg\), {_N} KiB work \(eager\), {_N} KiB now, {_N}% util"),
        "work_background",
        "work_eager",
        "retained",
    ),
    (re.compile(rf"scav (?:\d+ )?{_N} KiB work, {_N} KiB total, {_N}% util"), "work", "total"),
)
_INIT = re.compile(
    r"init (\S+) @(\d+(?:\.\d+)?) ms, (\d+(?:\.\d+)?) ms clock, (\d{1,18}) bytes, (\d{1,18}) allocs"
)
_OLD_SCAVENGER = re.compile(r"scvg\d*: ")
_PANIC = re.compile(r"(?:panic|fatal error|runtime|unexpected fault address|SIGQUIT|SIGABRT): ")


class Extras:
    """Collects them as gauges and counts."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, float, str]] = []
        self.forced = self.scavenged = 0
        self.panics: list[int] = []

    def take(self, line: Line) -> bool:
        """Whether the line is one of these."""
        text = line.text
        if text.startswith("GC forced"):
            self.forced += 1
        elif text.startswith("scvg") and _OLD_SCAVENGER.match(text):
            self.scavenged += 1
        elif text.startswith("scav "):
            return self._scavenge(line)
        elif text.startswith("init "):
            return self._init(line)
        elif _PANIC.match(text):
            self.panics.append(line.number)
        else:
            return False
        return True

    def gauges(self) -> pd.DataFrame:
        """scavtrace and inittrace as GAUGES, named `scavtrace/...` and `inittrace/<package>/...`."""
        names = [name for name, _, _ in GAUGES.columns]
        return GAUGES.frame({n: [row[i] for row in self._rows] for i, n in enumerate(names)})

    def facts(self) -> dict:
        """How often each was met; the lines of panics."""
        return {
            "forced_collections": self.forced,
            "scvg_lines": self.scavenged,
            "panic_lines": self.panics[:20],
        }

    def _scavenge(self, line: Line) -> bool:
        for pattern, *names in _SCAVENGE:
            if found := pattern.match(line.text):
                *kib, percent = map(int, found.groups())
                for name, value in zip(names, kib, strict=True):
                    self._rows.append((line.wall_ns, f"scavtrace/{name}", value * 1024.0, "bytes"))
                self._rows.append((line.wall_ns, "scavtrace/utilisation", percent / 100, "share"))
                return True
        return False

    def _init(self, line: Line) -> bool:
        found = _INIT.match(line.text)
        if not found:
            return False
        values = (
            (float(found[2]) / 1e3, "s"),
            (float(found[3]) / 1e3, "s"),
            (float(found[4]), "bytes"),
            (float(found[5]), "1"),
        )
        for name, (value, unit) in zip(("at", "clock", "allocated", "allocations"), values, strict=True):
            self._rows.append((line.wall_ns, f"inittrace/{found[1]}/{name}", value, unit))
        return True
