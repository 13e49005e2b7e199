"""wrk with a done() dump of its whole histogram; with a rate it thinks between requests (exponential)."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from schedlab.pipeline.capture.instruments.shape import Instrument, Job, Load, find, first_line, pack

_DUMP = "wrk_hist.csv.gz"


def _prepare(job: Job) -> Load:
    s = job.scenario
    script = job.testbed / "tools" / "wrk.lua"
    threads = min(s.threads, s.connections)
    options = [f"-t{threads}", f"-c{s.connections}", f"-d{job.seconds}s", "--latency", "-s", str(script)]
    think_ms = 1000 * s.connections / s.rate_per_s if s.rate_per_s else 0.0
    env = {"WRK_HIST": str(job.folder / "wrk_hist.csv"), "WRK_THINK_MS": f"{think_ms:g}"}
    env |= {"WRK_BODY": str(s.body_bytes), "WRK_CONNECTIONS": str(s.connections)}
    env |= {"WRK_CLOSE": str(int(s.connection_per_request))}
    files = {"wrk": ("wrk.txt", "wrk"), "wrk_hist": (_DUMP, "wrk-hist")}
    command = [find("wrk"), *options, f"http://{job.target}/echo"]
    return Load("wrk", first_line([find("wrk"), "-v"]), command, env, files, stdout="wrk.txt")


def _finish(job: Job) -> None:
    pack(job.folder / "wrk_hist.csv")


def _facts(folder: Path) -> dict[str, Any]:
    header = gzip.decompress((folder / _DUMP).read_bytes()).partition(b"\n")[0].decode("ascii")
    said = dict(pair.split("=") for pair in header.lstrip("# ").split())
    requests, seconds = int(said["requests"]), int(said["duration_us"]) / 1e6
    return {"achieved_rate": requests / seconds, "requests": requests}


INSTRUMENT = Instrument("wrk", ("http1",), _prepare, _facts, finish=_finish)
