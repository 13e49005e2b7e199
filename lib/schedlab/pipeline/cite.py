"""Published values in text: {value}`30-latency.p99_ratio` becomes the number; an unknown name is an error."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedlab.errors import FormatError, SchedlabError, UnknownName
from schedlab.pipeline import places

_ROLE = re.compile(r"\{(value|verdict|figure|table|host)\}`([^`\n]+)`")


@dataclass(frozen=True)
class Published:
    """What one notebook run published, by kind and name, and the folder it lies in.

    `missing` says why there is nothing: text that cites it then says so, instead of failing the build.
    """

    stem: str
    folder: Path
    things: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    missing: str = ""

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The published things of that kind (value, claim, figure, table) by name."""
        return self.things.get(kind, {})


def load(stem: str, folder: Path) -> Published:
    """Read a publish folder; a notebook that opened no page published nothing."""
    if not (folder / "page.json").is_file():
        return Published(stem, folder, {}, {"host_label": "", "warnings": [], "figures": {}, "tables": {}})
    about = json.loads((folder / "page.json").read_text(encoding="utf-8"))
    values = json.loads((folder / "values.json").read_text(encoding="utf-8"))
    claims = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    things = {"value": values, "claim": claims, "figure": about["figures"], "table": about["tables"]}
    return Published(stem, folder, things, about)


def read_published(stem: str) -> Published:
    """What a notebook published: in this report where the pipeline says so, else when last run by hand."""
    given = json.loads(os.environ.get("SCHEDLAB_PUBLISHED", "{}"))
    if given and stem not in given:
        raise UnknownName("notebook listed under 'after' in the plan", stem, given)
    built = places.root() / "report" / "_build"
    places_to_look = [Path(given[stem])] if given else [built / "by-hand" / stem, built / "published" / stem]
    for folder in places_to_look:
        if (folder / "page.json").is_file():
            return load(stem, folder)
    raise SchedlabError(f"nothing is published by {stem!r} yet: run its notebook, or `make report`, first")


def substitute(
    text: str, published: Mapping[str, Published], place: str, block: Callable[[Published, str], str]
) -> str:
    """The text with every role replaced; `block` renders figures and tables. FormatError names the line."""

    def replace(match: re.Match) -> str:
        line = text.count("\n", 0, match.start()) + 1
        try:
            return _cited(match[1], match[2], published, block)
        except UnknownName as error:
            raise FormatError(place, f"{match[0]}: {error}", line) from error

    return _ROLE.sub(replace, text)


def _cited(role: str, name: str, published: Mapping[str, Published], block) -> str:
    stem, _, rest = name.partition(".")
    if stem not in published:
        raise UnknownName("notebook in the plan", stem, published)
    source = published[stem]
    if source.missing:
        return f"[not available: {source.missing}]"
    if role == "host":
        return source.about["host_label"]
    kind = {"verdict": "claim"}.get(role, role)
    if rest not in source.of(kind):
        raise UnknownName(f"{kind} published by {stem}", rest, source.of(kind))
    return _inline(role, source.of(kind)[rest]) if kind in ("value", "claim") else block(source, kind, rest)


def _inline(role: str, thing: dict[str, Any]) -> str:
    """A claim gives its verdict, a value its number with unit and interval."""
    if role == "verdict":
        return f"**{thing['verdict']}**"
    return thing["text"]
