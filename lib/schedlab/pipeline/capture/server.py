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
from dataclasses import dataclass
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import processes

START_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Server:
    """A running server: where it serves, where it is asked about itself, and its process."""

    service: str
    debug: str
    gomaxprocs: int
    process: subprocess.Popen

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
    stamper = threading.Thread(target=stamp_lines, args=(process.stderr.fileno(), stderr), daemon=True)
    stamper.start()
    try:
        yield _announced(process)
    finally:
        if process.poll() is None:
            process.terminate()
        stamper.join(timeout=3.0)
        processes.end(process)


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


def _announced(process: subprocess.Popen) -> Server:
    """Wait for the server's one line of JSON, then for its health page."""
    ready, _, _ = select.select([process.stdout], [], [], START_PATIENCE_S)
    line = process.stdout.readline() if ready else b""
    if not line:
        said = f"exit code {process.wait(1)}" if ready else f"nothing for {START_PATIENCE_S:g} s"
        raise SchedlabError(f"{Path(process.args[0]).name} did not start: {said}")
    said = json.loads(line)
    server = Server(said["service"], said["debug"], said["gomaxprocs"], process)
    server.get("/health", timeout_s=START_PATIENCE_S)
    return server
