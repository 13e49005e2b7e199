"""One name for what is one function: moved between Go versions, or compiled for several shapes of generics.

Without this the same program under go1.21 and go1.27 shows +24 % and -24 % for the same system call.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from schedlab.model.profile import Profile


def canonical(profile: Profile) -> Profile:
    """The profile with moved functions under their newest name and without the shapes of generics."""
    names = [canonical_name(name) for name in profile.functions["name"]]
    return replace(profile, functions=profile.functions.assign(name=names))


@cache
def canonical_name(name: str) -> str:
    """The name of a function in the newest Go: `runtime.findrunnable` is `runtime.findRunnable`."""
    name = without_shape(name) if "[" in name else name
    if not name.startswith(("runtime", "internal/", "sync.")):
        return name
    for was, now in _moved():
        found = was.fullmatch(name)
        name = found.expand(now) if found else name
    return name


def without_shape(name: str) -> str:
    """The name without `[go.shape...]`, brackets matched; Go up to 1.21.5 could even show a wrong one."""
    at = name.find("[go.shape.")
    while at >= 0:
        depth = 0
        for end in range(at, len(name)):
            depth += (name[end] == "[") - (name[end] == "]")
            if not depth:
                break
        name = name[:at] + name[end + 1 :]
        at = name.find("[go.shape.")
    return name


@cache
def _moved() -> tuple[tuple[re.Pattern, str], ...]:
    table = tomllib.loads(files(__package__).joinpath("aliases.toml").read_text("utf-8"))
    return tuple((re.compile(row["was"]), row["now"]) for row in table["moved"])
