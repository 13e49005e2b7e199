"""vegeta: open loop at a constant rate, every request logged; a second opinion on our own client."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
from pathlib import Path
from typing import Any

from schedlab.pipeline.capture.instruments.shape import Instrument, Job, Load

_RAW = "vegeta.bin"


def _prepare(job: Job) -> Load:
    """Workers and connections as many as ours; bodies of answers are thrown away."""
    s = job.scenario
    (job.folder / "body.tmp").write_bytes(b"a" * s.body_bytes)
    rate = s.rate_per_s if s.loop == "open" else 0
    options = [f"-rate={rate:g}", f"-duration={job.measure_s:g}s", "-targets=stdin.tmp", "-max-body=0"]
    options += [f"-workers={s.connections}", f"-max-workers={s.connections}", f"-connections={s.connections}"]
    options += [f"-keepalive={str(not s.connection_per_request).lower()}", f"-output={_RAW}"]
    target = f"POST http://{job.target}/echo\nContent-Type: application/octet-stream\n@body.tmp\n"
    (job.folder / "stdin.tmp").write_text(target, encoding="ascii")
    command = [str(job.program.path), "attack", *options]
    return Load("vegeta", job.program.version, command, files={"vegeta": ("vegeta.csv.gz", "vegeta-csv")})


def _finish(job: Job) -> None:
    """Results as CSV; vegeta's own binary form can only be read by Go."""
    command = [str(job.program.path), "encode", "-to=csv", _RAW]
    done = subprocess.run(command, cwd=job.folder, capture_output=True, check=True)
    (job.folder / "vegeta.csv.gz").write_bytes(gzip.compress(done.stdout, 9))
    for name in (_RAW, "body.tmp", "stdin.tmp"):
        (job.folder / name).unlink()


def _facts(folder: Path) -> dict[str, Any]:
    text = gzip.decompress((folder / "vegeta.csv.gz").read_bytes()).decode("utf-8")
    rows = [(int(row[0]), row[1]) for row in csv.reader(io.StringIO(text))]
    good = sum(code.startswith(("2", "3")) for _, code in rows)
    span = (max(start for start, _ in rows) - min(start for start, _ in rows)) / 1e9
    return {"achieved_rate": good / max(span, 1e-9), "requests": len(rows), "ok": good}


INSTRUMENT = Instrument(
    "vegeta", ("http1",), _prepare, _facts, finish=_finish, package="github.com/tsenart/vegeta/v12"
)
