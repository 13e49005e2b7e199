"""Where a published number comes from: its notebook, its code, its inputs, its place in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schedlab.errors import SchedlabError, UnknownName
from schedlab.pipeline import cite, places

_KINDS = ("value", "claim", "table", "figure")
#: of a table: how it was shown
_SHOWN = ("rows", "header", "numeric", "notes")


def explain(name: str, build: Path | None = None) -> dict[str, Any]:
    """What is known of the result that the report cites as `<notebook>.<name>`; UnknownName lists others."""
    folder = (build or places.build()) / "published"
    stem, _, rest = name.partition(".")
    known = sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
    if not known:
        raise SchedlabError(f"{places.shown(folder)}: no report is built here yet; run `make report` first")
    if stem not in known:
        raise UnknownName("notebook in this report", stem, known)
    published = cite.load(stem, folder / stem)
    kind = next((k for k in _KINDS if rest in published.of(k)), "")
    if not kind:
        raise UnknownName(f"result of {stem}", rest, [n for k in _KINDS for n in published.of(k)])
    made = json.loads((folder / stem / "made.json").read_text(encoding="utf-8"))
    return {
        "name": name,
        "kind": kind,
        **{k: v for k, v in published.of(kind)[rest].items() if k not in _SHOWN},
        "file": places.shown(folder / stem / _file(kind)),
        "made": made,
        "runs": published.about.get("runs", []),
    }


def _file(kind: str) -> str:
    return {"value": "values.json", "claim": "claims.json"}.get(kind, "page.json")


def lines(known: dict[str, Any]) -> list[str]:
    """The same for a person to read."""
    made = known["made"]
    parts = made["parts"]
    said = known.get("text") or known.get("verdict") or known.get("caption", "")
    found = [f"{known['name']} = {said}"]
    found += [f"  {n:<10} {known[n]}" for n in ("because", "method", "n", "confidence", "unit") if n in known]
    found += [f"  in         {known['file']}"]
    found += [f"  notebook   {made['notebook']}  cells {parts['notebook'][:12]}"]
    found += [f"  parameters {', '.join(f'{n}={v!r}' for n, v in made['parameters'].items())}"]
    found += [f"  code       commit {made['commit'] or 'unknown'}, library {parts['library'][:12]}"]
    found += [f"  lock       {parts['lock'][:12]}, Python {made['python']}"]
    found += [f"  input      {path}  {hashed[:12]}" for path, hashed in parts["data"].items()]
    return [*found, f"  runs       {len(known['runs'])}: {', '.join(known['runs'])}"]
