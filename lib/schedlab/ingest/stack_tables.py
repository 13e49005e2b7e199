"""From stacks that a text names frame by frame to a Profile, and from a Profile to its tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile, offsets
from schedlab.model.tables import FRAMES, STACK_SAMPLES

_LABELS = (("sample", "int64"), ("key", "str"), ("text", "str"), ("number", "int64"), ("unit", "str"))


class Frame(NamedTuple):
    """One logical frame; line 0 and no file where the text gives no place."""

    function: str
    file: str = ""
    line: int = 0
    inlined: bool = False


def profile(
    stacks: Sequence[Sequence[Frame]],
    types: tuple[tuple[str, str], ...],
    values: Sequence[Sequence[int]],
    facts: dict,
) -> Profile:
    """A Profile of stacks (leaf first) with one row of values each, one value per type (name, unit)."""
    sites: dict[Frame, int] = {}
    frames = [sites.setdefault(frame, len(sites)) for frame in chain.from_iterable(stacks)]
    functions: dict[tuple[str, str], int] = {}
    of_site = [functions.setdefault((s.function, s.file), len(functions)) for s in sites]
    return Profile(
        types=types,
        values=np.array(values, np.int64).reshape(len(stacks), len(types)),
        starts=offsets(np.array([len(stack) for stack in stacks], np.int64)),
        frames=np.array(frames, np.int32),
        sites=_sites(list(sites), of_site),
        functions=pd.DataFrame(list(functions), columns=["name", "file"], dtype="str").assign(start_line=0),
        labels=pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in _LABELS}),
        facts={"binaries": (), "default_type": "", "duration_s": 0.0, "time_ns": 0, **facts},
    )


def samples(found: Profile) -> pd.DataFrame:
    """STACK_SAMPLES of a profile: one row per value of each stack."""
    n, kinds = found.n, len(found.types)
    return STACK_SAMPLES.frame(
        {
            "sample": np.tile(np.arange(n), kinds),
            "kind": np.repeat([kind for kind, _ in found.types], n),
            "unit": np.repeat([unit for _, unit in found.types], n),
            "value": found.values.T.ravel(),
            "depth": np.tile(found.depths, kinds),
        }
    )


def frames(found: Profile) -> pd.DataFrame:
    """FRAMES of a profile: one row per logical frame of each stack."""
    sample = np.repeat(np.arange(found.n), found.depths)
    sites = found.sites.take(found.frames)
    functions = found.functions.take(sites["function"].to_numpy())
    return FRAMES.frame(
        {
            "sample": sample,
            "depth": np.arange(len(sample)) - found.starts[sample],
            "function": functions["name"].to_numpy(),
            "file": functions["file"].to_numpy(),
            "line": sites["line"].to_numpy(),
            "inlined": sites["inlined"].to_numpy(),
        }
    )


def _sites(sites: list[Frame], functions: list[int]) -> pd.DataFrame:
    n = len(sites)
    return pd.DataFrame(
        {
            "function": np.array(functions, np.int32),
            "line": np.array([s.line for s in sites], np.int32),
            "inlined": np.array([s.inlined for s in sites], bool),
            "binary": np.full(n, -1, np.int32),
            "address": np.zeros(n, np.int64),
        }
    )
