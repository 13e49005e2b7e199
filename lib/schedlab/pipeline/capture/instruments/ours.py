"""Our client: open loop by schedule with a log of every request, or closed loop with a histogram."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schedlab.pipeline.capture.instruments.shape import Files, Instrument, Job, Load

_SAID = ("achieved_rate", "late_sends_share", "late_wakeups_share", "kept_schedule", "requests", "ok")


def _prepare(job: Job) -> Load:
    """It goes before the server on shared cores, as a client on another machine would, so that its clock and
    schedule are right; what it uses is recorded.
    """
    s = job.scenario
    options: dict[str, Any] = {
        "target": job.target,
        "protocol": job.protocol,
        "loop": s.loop,
        "connections": s.connections,
        "body": s.body_bytes,
        "warm-up": s.warm_up_s,
        "measure": s.measure_s,
        "seed": job.seed,
        "report": job.folder / "client.json",
    }
    files: Files = {"client_report": ("client.json", "schedlab-client")}
    if s.loop == "open":
        options |= {"arrivals": s.arrivals, "rate": s.rate_per_s}
    if s.pulse_rate_per_s:
        options |= {"pulse-rate": s.pulse_rate_per_s}
        options |= {"pulse-start": s.pulse_start_s, "pulse-end": s.pulse_end_s}
    if s.loop == "open" and s.log:
        options["log"] = job.folder / "requests.csv.gz"
        files["requests"] = ("requests.csv.gz", "schedlab-requests")
    command = [str(job.program.path), *(f"-{name}={value}" for name, value in options.items())]
    short = ["-short"] * s.connection_per_request
    return Load("load", job.program.go_version, command + short, files=files, nice=-10)


def _facts(folder: Path) -> dict[str, Any]:
    said = json.loads((folder / "client.json").read_text(encoding="utf-8"))
    return {key: said[key] for key in _SAID} | {"client_says": said["says"]}


INSTRUMENT = Instrument("ours", ("http1", "grpc", "frame"), _prepare, _facts)
