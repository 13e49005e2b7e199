"""A server under test: started, announced, healthy, its stderr kept with the wall clock of each line."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import processes
from schedlab.pipeline.capture.checker import is_loopback

START_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Server:
    """A running server: where it serves, where it is asked about itself, and its process if we started it."""

    service: str
    debug: str
    go_version: str
    gomaxprocs: int
    process: subprocess.Popen | None = None
    command: list[str] = field(default_factory=list)

    @property
    def pids(self) -> dict[str, int]:
        """The server's process for the account of the CPU; none for a server that runs elsewhere."""
        return {"server": self.process.pid} if self.process else {}

    def get(self, path: str, timeout_s: float = 30.0) -> bytes:
        """The body of a page on the debug port; SchedlabError when it is not a 200."""
        connection = http.client.HTTPConnection(self.debug, timeout=timeout_s)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise SchedlabError(f"{path} on the debug port answered {answer.status}: {body[:200]!r}")
        return body


@contextlib.contextmanager
def serving(command: list[str], env: dict[str, str], stderr: Path) -> Iterator[Server]:
    """Run a server inside a `with`; it is ended, and its stderr complete, when the block is left."""
    pipe = subprocess.PIPE
    process = processes.start(command, env, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL)
    try:
        with stamping(process, stderr):
            yield _announced(process, command)
    finally:
        processes.end(process)


@contextlib.contextmanager
def reached(service: str, debug: str) -> Iterator[Server]:
    """A server that somebody else started, for as long as the block lasts; its debug port says what it is."""
    dump = json.loads(Server(service, debug, "", 0).get("/dump"))
    yield Server(service, debug, dump["go"], dump["metrics"]["/sched/gomaxprocs:threads"])


@contextlib.contextmanager
def stamping(process: subprocess.Popen, path: Path) -> Iterator[None]:
    """Keep the stderr of a process, stamped, inside a `with`; what still runs at its end is asked to end."""
    stamper = threading.Thread(target=stamp_lines, args=(process.stderr.fileno(), path), daemon=True)
    stamper.start()
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
        stamper.join(timeout=3.0)


def stamp_lines(descriptor: int, path: Path) -> None:
    """Copy a pipe to a gzipped file, each line preceded by the Unix nanoseconds when its first byte came."""
    rest, since = b"", 0
    with gzip.open(path, "wb") as out:
        while chunk := os.read(descriptor, 1 << 16):
            now = time.time_ns()
            *lines, tail = chunk.split(b"\n")
            for line in lines:
                out.write(b"%d %s\n" % (since if rest else now, rest + line))
                rest = b""
            since = since if rest else now
            rest += tail
        if rest:
            out.write(b"%d %s" % (since, rest))


def _announced(process: subprocess.Popen, command: list[str]) -> Server:
    """Wait for the server's one line of JSON, then for its health page; only loopback is let through."""
    ready, _, _ = select.select([process.stdout], [], [], START_PATIENCE_S)
    line = process.stdout.readline() if ready else b""
    if not line:
        said = f"exit code {process.wait(1)}" if ready else f"nothing for {START_PATIENCE_S:g} s"
        raise SchedlabError(f"{Path(process.args[0]).name} did not start: {said}")
    said = json.loads(line)
    for name in ("service", "debug"):
        if not is_loopback(said[name]):
            cure = "a server elsewhere is named in the plan by service and debug"
            raise SchedlabError(f"the server listens on {said[name]}, not on this host alone; {cure}")
    server = Server(said["service"], said["debug"], said["go"], said["gomaxprocs"], process, command)
    server.get("/health", timeout_s=START_PATIENCE_S)
    return server
