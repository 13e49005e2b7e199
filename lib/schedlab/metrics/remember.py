"""Values of runs, kept under a key of what they came from, so that a run more costs the measuring of one.

`<cache>/values/<key>` holds one value. In the key are everything a metric can see of its run (run.json as it
was read, the content of every file), the sources of all that measures, and the versions of the libraries.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

from schedlab.errors import FormatError
from schedlab.ingest import cache
from schedlab.metrics.measure import measure
from schedlab.model.extend import Metric
from schedlab.model.run import Run

_ROOMS = ("dist", "ingest", "kernels", "metrics", "model")


def recall(run: Run, metric: Metric) -> tuple[float, str]:
    """As `measure.measure`, from the cache where it is known; only for metrics that the library lists."""
    place = cache.home() / "values" / _key(run, metric)
    try:
        value, reason = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        value, reason = measure(run, metric)
        _keep(place, json.dumps([float(value), reason]))
    return value, reason


def _key(run: Run, metric: Metric) -> str:
    files = [_content(artifact.path) for artifact in run.artifacts if artifact.path is not None]
    seen = f"{metric.name} {run!r} {files} {cache.code_hash(*_ROOMS)}"
    return hashlib.sha256(seen.encode()).hexdigest()[:40]


def _content(path: Path) -> str:
    """A file that is gone stops only the metrics that read it."""
    try:
        return cache.content(path)
    except FormatError as gone:
        return str(gone)


def _keep(place: Path, text: str) -> None:
    """Under a name of this process first; a cache that cannot be written costs time only."""
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        _made(place.parent)
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)


@lru_cache(maxsize=4)
def _made(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
