"""Locust, headless, FastHttpUser over long connections; with a rate each user keeps its share of it.

With a pulse a LoadTestShape raises the number of users inside it, in proportion to the rates.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.instruments.shape import Instrument, Job, Load, find, first_line


def _prepare(job: Job) -> Load:
    s, binary = job.scenario, find("locust")
    file = job.testbed / "tools" / "locustfile.py"
    options = ["-f", str(file), "--headless", "--only-summary", "--reset-stats", "--exit-code-on-error=0"]
    spawn_per_s = s.spawn_per_s or s.connections
    options += ["-u", str(s.connections), "-r", f"{spawn_per_s:g}", "-t", f"{job.seconds}s"]
    options += ["--json-file", str(job.folder / "locust"), "--host", f"http://{job.target}"]
    rate = getattr(s, "rate_per_s", 0.0) / s.connections
    env = {"LOCUST_RATE_PER_USER": f"{rate:g}", "LOCUST_BODY": str(getattr(s, "body_bytes", 1024))}
    env |= _pulse(job)
    version = " ".join(first_line([binary, "--version"]).split()[:2])
    files = {"locust": ("locust.json", "locust-json")}
    return Load("locust", version, [binary, *options], env, files, stdout="locust.log")


def _pulse(job: Job) -> dict[str, str]:
    """What the shape in locustfile.py needs: users outside and inside, and the pulse's seconds."""
    s = job.scenario
    if not getattr(s, "pulse_rate_per_s", 0.0):
        return {}
    inside = round(s.connections * s.pulse_rate_per_s / s.rate_per_s)
    numbers = (s.connections, inside, s.pulse_start_s, s.pulse_end_s, job.seconds)
    return {"LOCUST_PULSE": " ".join(f"{x:g}" for x in numbers)}


def _facts(folder: Path) -> dict[str, Any]:
    start, end = _window(folder)
    requests = sum(row["num_requests"] for row in _rows(folder))
    return {"achieved_rate": requests / max((end - start) / 1e9, 1e-9), "requests": requests}


def _window(folder: Path) -> tuple[int, int]:
    """From the first request to the last; Locust takes a second or more to start."""
    rows = _rows(folder)
    if not rows:
        raise SchedlabError("Locust made no request at all")
    start = min(row["start_time"] for row in rows)
    return int(start * 1e9), int(max(row["last_request_timestamp"] for row in rows) * 1e9)


def _rows(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "locust.json").read_text(encoding="utf-8"))


INSTRUMENT = Instrument("locust", ("http1",), _prepare, _facts, _window)
