"""ghz: gRPC, as many connections as ours, at a rate; every request in its JSON report."""

from __future__ import annotations

from schedlab.pipeline.capture.instruments.logged import instrument
from schedlab.pipeline.capture.instruments.shape import Job, Load, pack

_LOG = "ghz.json.gz"
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
    return Load("ghz", job.program.version, command, files={"ghz": (_LOG, "ghz-json")})


def message(body: bytes) -> bytes:
    """A protobuf BytesValue: field 1, its length as a varint, the bytes."""
    head, length = bytearray([_FIELD_ONE]), len(body)
    while length > _SEVEN:
        head.append(length & _SEVEN | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + body


def _finish(job: Job) -> None:
    pack(job.folder / "ghz.json")
    (job.folder / "body.tmp").unlink()


INSTRUMENT = instrument(
    "ghz",
    "grpc",
    _LOG,
    prepare=_prepare,
    finish=_finish,
    package="github.com/bojand/ghz/cmd/ghz",
)
