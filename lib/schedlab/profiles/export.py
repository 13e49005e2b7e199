"""Profiles for other tools: folded stacks, speedscope JSON; and as plain traces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

from schedlab.model.profile import Profile
from schedlab.profiles.entries import entries

_SCOPE_UNITS = {"nanoseconds": "nanoseconds", "bytes": "bytes"}


def traces(profile: Profile, kind: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each stack's value and function names, leaf first."""
    names, starts = profile.names(), profile.starts.tolist()
    for i, value in enumerate(profile.value(kind).tolist()):
        yield value, [names[f] for f in profile.frames[starts[i] : starts[i + 1]]]


def folded(profile: Profile, kind: str | None = None) -> str:
    """Brendan Gregg's format: `root;...;leaf value` a line; semicolons and line breaks in names replaced."""
    total: dict[str, int] = {}
    for value, stack in traces(profile, kind):
        key = ";".join(_plain(name) for name in reversed(stack)) or "(no stack)"
        total[key] = total.get(key, 0) + value
    return "".join(f"{stack} {value}\n" for stack, value in sorted(total.items()) if value)


def speedscope(profile: Profile, kind: str | None = None, name: str = "profile") -> str:
    """The file format of speedscope.app, one sampled profile."""
    ids = entries(profile)
    value = profile.value(kind).tolist()
    starts, frame = profile.starts.tolist(), ids.of_site[profile.frames].tolist()
    stacks = [frame[a:b][::-1] for a, b in pairwise(starts)]
    return json.dumps(
        {
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": "schedlab",
            "name": name,
            "shared": {"frames": [{"name": str(n)} for n in ids.names]},
            "profiles": [
                {
                    "type": "sampled",
                    "name": name,
                    "unit": _SCOPE_UNITS.get(profile.unit(kind), "none"),
                    "startValue": 0,
                    "endValue": sum(value),
                    "samples": stacks,
                    "weights": value,
                }
            ],
        }
    )


def _plain(name: str) -> str:
    return name.replace(";", ":").replace("\n", " ").replace("\r", " ")
