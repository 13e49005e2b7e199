"""The table of functions: flat and cumulative, equal to `go tool pprof -top`, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.model.shares import wilson
from schedlab.profiles.entries import entries, totals


def top(profile: Profile, kind: str | None = None, by: str = "function", sort: str = "flat") -> pd.DataFrame:
    """One row per entry: flat, cum, their shares of the total, and 95 % intervals where samples were counted.

    Sorted by |flat| (or |cum|), then name, as pprof sorts. The interval is Wilson's on CPU samples: sampling
    noise of this profile only. Heap, block and mutex profiles count no independent samples and get none.
    """
    ids = entries(profile, by)
    flat, cum = totals(profile, ids, kind)
    total = max(profile.total(kind), 1)
    table = pd.DataFrame({"name": pd.Series(ids.names, dtype="str"), "flat": flat, "cum": cum})
    table = table.assign(flat_share=flat / total, cum_share=cum / total)
    lo, hi = _intervals(profile, cum, total, kind)
    return _sorted(table.assign(cum_lo=lo, cum_hi=hi), sort)


def sampled(profile: Profile, kind: str | None = None) -> int:
    """How many independent samples 100 % stands for; 0 where the values are not counts of samples."""
    names = [name for name, _ in profile.types]
    if "samples" not in names or profile.types[profile.index(kind)][0] not in ("samples", "cpu"):
        return 0
    return profile.total("samples")


def _intervals(profile: Profile, cum: np.ndarray, total: int, kind: str | None):
    n = sampled(profile, kind)
    if not n or (cum < 0).any():
        return np.full(len(cum), np.nan), np.full(len(cum), np.nan)
    return wilson(cum * (n / total), n)


def _sorted(table: pd.DataFrame, sort: str) -> pd.DataFrame:
    other = "cum" if sort == "flat" else "flat"
    order = table.assign(first=-table[sort].abs(), second=-table[other].abs())
    order = order.sort_values(["first", "name", "second"], kind="stable")
    return order.drop(columns=["first", "second"]).reset_index(drop=True)
