"""vegeta: open loop at a constant rate, every request logged; a second opinion on our own client."""

from __future__ import annotations

import subprocess

from schedlab.pipeline.capture.instruments.logged import instrument
from schedlab.pipeline.capture.instruments.shape import Job, Load, pack

_RAW, _LOG = "vegeta.bin", "vegeta.csv.gz"


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
    return Load("vegeta", job.program.version, command, files={"vegeta": (_LOG, "vegeta-csv")})


def _finish(job: Job) -> None:
    """The results as CSV, which any program can read."""
    command = [str(job.program.path), "encode", "-to=csv", "-output=vegeta.csv", _RAW]
    subprocess.run(command, cwd=job.folder, check=True)
    pack(job.folder / "vegeta.csv")
    for name in (_RAW, "body.tmp", "stdin.tmp"):
        (job.folder / name).unlink()


INSTRUMENT = instrument(
    "vegeta",
    "http1",
    _LOG,
    prepare=_prepare,
    finish=_finish,
    package="github.com/tsenart/vegeta/v12",
)
