"""ghz: gRPC, as many connections as ours, at a rate; every request in its JSON report."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from schedlab.pipeline.capture.instruments.shape import Instrument, Job, Load

_FIELD_ONE, _SEVEN = 0x0A, 0x7F


def _prepare(job: Job) -> Load:
    s = job.scenario
    (job.folder / "body.tmp").write_bytes(message(b"a" * s.body_bytes))
    proto = job.testbed / "frameworks" / "echopb" / "echo.proto"
    options = ["--insecure", f"--proto={proto}", "--call=testbed.Echo.Echo", "--binary-file=body.tmp"]
    options += [f"--concurrency={s.connections}", f"--connections={s.connections}", "--format=json"]
    options += [f"--duration={job.measure_s:g}s", "--duration-stop=wait", "--output=ghz.json"]
    if s.loop == "open":
        options += [f"--rps={s.rate_per_s:g}", "--async"]
    command = [str(job.program.path), *options, job.target]
    return Load("ghz", job.program.version, command, files={"ghz": ("ghz.json.gz", "ghz-json")})


def message(body: bytes) -> bytes:
    """A protobuf BytesValue: field 1, its length as a varint, the bytes."""
    head, length = bytearray([_FIELD_ONE]), len(body)
    while length > _SEVEN:
        head.append(length & _SEVEN | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + body


def _finish(job: Job) -> None:
    file = job.folder / "ghz.json"
    (job.folder / "ghz.json.gz").write_bytes(gzip.compress(file.read_bytes(), 9))
    file.unlink()
    (job.folder / "body.tmp").unlink()


def _facts(folder: Path) -> dict[str, Any]:
    said = json.loads(gzip.decompress((folder / "ghz.json.gz").read_bytes()))
    good = said.get("statusCodeDistribution", {}).get("OK", 0)
    return {"achieved_rate": good / (said["total"] / 1e9), "requests": said["count"], "ok": good}


_PACKAGE = "github.com/bojand/ghz/cmd/ghz"
INSTRUMENT = Instrument("ghz", ("grpc",), _prepare, _facts, finish=_finish, package=_PACKAGE)
