"""The load tools: how each is started, what it leaves behind, and what it says about the run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture.plan import Plan, Scenario

#: artifact kind -> (file name, format)
Files = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Load:
    """One load tool ready to start: its command, environment, version, and the files it will leave."""

    tool: str
    version: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    stdout: str = ""
    nice: int = 0


def ours(binary: str, version: str, scenario: Scenario, target: str, seed: int, folder: Path) -> Load:
    """Our client: open loop by schedule with a log of every request, or closed loop with a histogram.

    It goes before the server on shared cores, as a client on another machine would, so that its clock and
    schedule are right; what it uses is recorded.
    """
    s = scenario
    options: dict[str, Any] = {
        "target": target,
        "loop": s.loop,
        "connections": s.connections,
        "body": s.body_bytes,
        "warm-up": s.warm_up_s,
        "measure": s.measure_s,
        "seed": seed,
        "report": folder / "client.json",
    }
    if s.loop == "open":
        options |= {"arrivals": s.arrivals, "rate": s.rate_per_s}
    if s.pulse_rate_per_s:
        options |= {"pulse-rate": s.pulse_rate_per_s}
        options |= {"pulse-start": s.pulse_start_s, "pulse-end": s.pulse_end_s}
    files: Files = {"client_report": ("client.json", "schedlab-client")}
    if s.loop == "open":
        options["log"] = folder / "requests.csv.gz"
        files["requests"] = ("requests.csv.gz", "schedlab-requests")
    command = [binary, *(f"-{name}={value}" for name, value in options.items())]
    return Load("load", version, command + ["-short"] * s.connection_per_request, files=files, nice=-10)


def wrk(scenario: Scenario, target: str, folder: Path, testbed: Path) -> Load:
    """wrk with a done() dump of its whole histogram; with a rate it thinks between requests (exponential)."""
    s = scenario
    threads = min(2, s.connections)
    script = testbed / "tools" / "wrk.lua"
    seconds = max(1, round(s.measure_s))
    options = [f"-t{threads}", f"-c{s.connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    think_ms = 1000 * s.connections / s.rate_per_s if s.rate_per_s else 0.0
    env = {"WRK_HIST": str(folder / "wrk_hist.csv"), "WRK_THINK_MS": f"{think_ms:g}"}
    env |= {"WRK_BODY": str(s.body_bytes), "WRK_CONNECTIONS": str(s.connections)}
    env |= {"WRK_CLOSE": str(int(s.connection_per_request))}
    files = {"wrk": ("wrk.txt", "wrk"), "wrk_hist": ("wrk_hist.csv", "wrk-hist")}
    command = [_need("wrk"), *options, f"http://{target}/echo"]
    return Load("wrk", _first_line([_need("wrk"), "-v"]), command, env, files, stdout="wrk.txt")


def locust(scenario: Scenario, target: str, folder: Path, testbed: Path) -> Load:
    """Locust, headless, FastHttpUser; with a rate each user keeps its share of it (constant throughput)."""
    s = scenario
    binary = _need("locust")
    file = testbed / "tools" / "locustfile.py"
    options = ["-f", str(file), "--headless", "--only-summary", "--reset-stats", "--exit-code-on-error=0"]
    options += ["-u", str(s.connections), "-r", str(s.connections), "-t", f"{max(1, round(s.measure_s))}s"]
    options += ["--json-file", str(folder / "locust"), "--host", f"http://{target}"]
    rate = s.rate_per_s / s.connections if s.rate_per_s else 0.0
    env = {"LOCUST_RATE_PER_USER": f"{rate:g}", "LOCUST_BODY": str(s.body_bytes)}
    version = " ".join(_first_line([binary, "--version"]).split()[:2])
    files = {"locust": ("locust.json", "locust-json")}
    return Load("locust", version, [binary, *options], env, files, stdout="locust.log")


def make(plan: Plan, scenario: Scenario, target: str, seed: int, folder: Path, client: Any) -> Load:
    """The load of a scenario against `host:port`; `client` is our built load program."""
    if scenario.instrument == "ours":
        return ours(str(client.path), client.go_version, scenario, target, seed, folder)
    tools = {"wrk": wrk, "locust": locust}
    return tools[scenario.instrument](scenario, target, folder, plan.testbed)


def facts(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """What the tool says it achieved: rate of good answers, late sends, whether it kept its schedule."""
    if scenario.instrument == "ours":
        said = json.loads((folder / "client.json").read_text(encoding="utf-8"))
        keys = ("achieved_rate", "late_sends_share", "late_wakeups_share", "kept_schedule", "requests", "ok")
        return {key: said[key] for key in keys} | {"client_says": said["says"]}
    if scenario.instrument == "wrk":
        header = (folder / "wrk_hist.csv").read_text(encoding="utf-8").splitlines()[0]
        said = dict(pair.split("=") for pair in header.lstrip("# ").split())
        requests, seconds = int(said["requests"]), int(said["duration_us"]) / 1e6
        return {"achieved_rate": requests / seconds, "requests": requests}
    start, end = window_of(scenario, folder, (0, 0))
    rows = json.loads((folder / "locust.json").read_text(encoding="utf-8"))
    requests = sum(row["num_requests"] for row in rows)
    return {"achieved_rate": requests / max((end - start) / 1e9, 1e-9), "requests": requests}


def window_of(scenario: Scenario, folder: Path, planned: tuple[int, int]) -> tuple[int, int]:
    """The measured part in Unix ns: as planned, but as Locust says it, which takes a while to start."""
    if scenario.instrument != "locust":
        return planned
    rows = json.loads((folder / "locust.json").read_text(encoding="utf-8"))
    if not rows:
        raise SchedlabError("Locust made no request at all")
    start = min(row["start_time"] for row in rows)
    return int(start * 1e9), int(max(row["last_request_timestamp"] for row in rows) * 1e9)


def _need(tool: str) -> str:
    beside = Path.cwd() / ".venv-capture" / "bin" / tool
    found = str(beside) if beside.is_file() else shutil.which(tool, path=None)
    found = found or shutil.which(str(Path(sys.executable).with_name(tool)))
    if not found:
        raise SchedlabError(f"{tool} is not installed, but a scenario of the plan needs it")
    return found


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0].strip()
