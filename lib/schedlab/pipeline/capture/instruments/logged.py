"""What a tool that logs every request achieved, read from its log as any other reader of it would."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from schedlab import ingest
from schedlab.pipeline.capture.instruments.shape import Instrument


def instrument(name: str, protocol: str, file: str, **more) -> Instrument:
    """An instrument whose facts and window come from the log that it leaves in `file`."""
    facts, window = partial(_facts, file), partial(_window, file)
    return Instrument(name, (protocol,), facts=facts, window=window, **more)


def _facts(file: str, folder: Path) -> dict[str, Any]:
    requests = ingest.read(folder / file).tables["REQUESTS"]
    start, end = _window(file, folder)
    ok = int(requests["ok"].sum())
    return {"achieved_rate": ok / ((end - start) / 1e9), "requests": len(requests), "ok": ok}


def _window(file: str, folder: Path) -> tuple[int, int]:
    """From the first request sent to the last; the tools take a moment to start."""
    sent = ingest.read(folder / file).tables["REQUESTS"]["sent_ns"]
    return int(sent.min()), int(sent.max()) + 1
