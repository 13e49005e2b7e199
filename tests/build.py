"""Hand-made runs for tests: a run.json with known content in a temporary folder."""

import hashlib
import json
from pathlib import Path
from typing import Any

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def raw_run(**changes: Any) -> dict[str, Any]:
    """The content of a valid run.json of ten seconds; `changes` replace fields."""
    return {
        "schema": 1,
        "id": "gpr-quiet-1",
        "experiment": "hand-made",
        "arm": "gpr",
        "scenario": "steady",
        "capture": "quiet",
        "factors": {"rate_per_s": 100},
        "repetition": 1,
        "block": 1,
        "order": 1,
        "go_version": "go1.21.13",
        "gomaxprocs": 2,
        "godebug": "",
        "started_at": "2023-11-14T22:13:20Z",
        "window": {"start_ns": START, "end_ns": START + 10 * SECOND},
        "host": {"label": "hand-made test data", "cpu_model": "none"},
        "tools": {},
        "artifacts": [],
        **changes,
    }


def write_run(folder: Path, files: dict[str, tuple[str, str, bytes]] | None = None, **changes: Any) -> Path:
    """Write a run folder; `files` maps artifact kind to (file name, format, content)."""
    raw = raw_run(**changes)
    place = folder / raw["id"]
    place.mkdir(parents=True)
    for kind, (name, form, content) in (files or {}).items():
        (place / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        raw["artifacts"].append({"kind": kind, "path": name, "format": form, "sha256": digest})
    (place / "run.json").write_text(json.dumps(raw))
    return place


def write_experiment(folder: Path, order: str = "ABBAABBA", **changes: Any) -> Path:
    """An experiment with one quiet run per letter: A is arm gpr, B is arm pool."""
    counts = {"A": 0, "B": 0}
    for position, letter in enumerate(order, 1):
        counts[letter] += 1
        arm = "gpr" if letter == "A" else "pool"
        own = {"arm": arm, "id": f"{arm}-quiet-{counts[letter]}", "repetition": counts[letter]}
        write_run(folder, order=position, block=counts[letter], **own, **changes)
    return folder
