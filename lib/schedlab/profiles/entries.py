"""What a row of a table stands for: a function, a file, a line; and the totals of each.

`totals` counts an entry once per sample however often it recurs. Profiles of many frames go through a
compiled kernel, the usual ones through numpy alone; both give the same integers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import UnknownName
from schedlab.model.profile import Profile

#: frames from which compiling pays for its import
LARGE = 2_000_000
GRANULARITIES = ("function", "filefunction", "file", "line", "package", "address")


@dataclass(frozen=True)
class Entries:
    """`of_site` int64 gives the entry of each site, `names` the name of each entry."""

    of_site: np.ndarray
    names: np.ndarray

    @property
    def n(self) -> int:
        return len(self.names)


def entries(profile: Profile, by: str = "function") -> Entries:
    """The entries of a profile at a granularity; functions of one name are one, wherever they are."""
    functions = profile.functions.take(profile.sites["function"].to_numpy())
    if by == "function":
        key = functions["name"].to_numpy(object)
    elif by == "file":
        key = functions["file"].to_numpy(object)
    elif by == "package":
        key = np.array([package(name) for name in profile.functions["name"]], object)
        key = key[profile.sites["function"].to_numpy()]
    elif by in GRANULARITIES:
        key = _detailed(profile, functions, by)
    else:
        raise UnknownName("granularity", by, GRANULARITIES)
    codes, names = pd.factorize(key)
    return Entries(codes.astype(np.int64), np.asarray(names, object))


def package(name: str) -> str:
    """The import path of a Go function: `net/http.(*conn).serve` is in `net/http`."""
    slash = name.split("[", 1)[0].split("(", 1)[0].rfind("/")
    dot = name.find(".", slash + 1)
    return name if dot < 0 else name[:dot]


def totals(profile: Profile, ids: Entries, kind: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Flat (by the leaf) and cumulative (once per sample) value of each entry, int64."""
    value = np.ascontiguousarray(profile.value(kind))
    if len(profile.frames) >= LARGE:
        return _totals_compiled(profile, ids, value)
    stacked = profile.depths > 0
    flat = np.zeros(ids.n, np.int64)
    np.add.at(flat, ids.of_site[profile.frames[profile.starts[:-1][stacked]]], value[stacked])
    sample, entry = occurrences(profile, ids)
    cum = np.zeros(ids.n, np.int64)
    np.add.at(cum, entry, value[sample])
    return flat, cum


def occurrences(profile: Profile, ids: Entries) -> tuple[np.ndarray, np.ndarray]:
    """Every (sample, entry) pair that occurs, once each, ordered by sample."""
    sample = np.repeat(np.arange(profile.n), profile.depths)
    pairs = np.unique(sample * max(ids.n, 1) + ids.of_site[profile.frames])
    return pairs // max(ids.n, 1), pairs % max(ids.n, 1)


def _totals_compiled(profile: Profile, ids: Entries, value: np.ndarray):
    from schedlab.kernels.stacks import totals as compiled

    out = np.zeros((2, ids.n), np.int64)
    compiled(profile.starts, profile.frames, ids.of_site, value, np.full(ids.n, -1), out)
    return out[0], out[1]


def _detailed(profile: Profile, functions: pd.DataFrame, by: str) -> np.ndarray:
    lines = profile.sites["line"].to_numpy()
    rows = zip(functions["name"], functions["file"], lines, profile.sites["address"], strict=True)
    if by == "filefunction":
        return np.array([f"{name} {file}" for name, file, _, _ in rows], object)
    if by == "line":
        return np.array([f"{name} {file}:{line}" for name, file, line, _ in rows], object)
    return np.array([f"{at:016x} {name} {file}:{line}" for name, file, line, at in rows], object)
