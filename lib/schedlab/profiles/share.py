"""Share of a profile whose stacks contain any of a set of functions."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from schedlab.model.profile import Profile
from schedlab.model.results import Estimate
from schedlab.model.shares import wilson
from schedlab.profiles.top import sampled

NOISE = "sampling noise only: what differs from run to run is not in the interval"
NO_COUNT = "values are not counts of independent samples: no interval from one profile"


def share(profile: Profile, functions: Iterable[str], kind: str | None = None) -> Estimate:
    """The share in [0, 1] of samples with a frame whose whole name matches any of the regexes."""
    pattern = re.compile("|".join(f"(?:{f})" for f in functions))
    hit = stacks_with(profile, pattern)
    total = profile.total(kind)
    inside = int(profile.value(kind)[hit].sum())
    value = inside / total if total else float("nan")
    n = sampled(profile, kind)
    if not n:
        return Estimate(value, float("nan"), float("nan"), "share", 0, method="ratio", warnings=(NO_COUNT,))
    lo, hi = wilson(value * n, n)
    return Estimate(value, float(lo), float(hi), "share", n, method="Wilson", warnings=(NOISE,))


def stacks_with(profile: Profile, pattern: re.Pattern) -> np.ndarray:
    """Which stacks have a frame whose whole name matches, bool, shape (samples,)."""
    hit = np.array([bool(pattern.fullmatch(name)) for name in profile.functions["name"]], bool)
    upto = np.concatenate([[0], np.cumsum(hit[profile.sites["function"].to_numpy()][profile.frames])])
    return upto[profile.starts[1:]] > upto[profile.starts[:-1]]
