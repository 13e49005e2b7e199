"""Callers and callees: the weighted call graph, equal to `go tool pprof -peek` and `-tree` untrimmed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.profiles.entries import entries, totals


def edges(profile: Profile, kind: str | None = None, by: str = "function") -> pd.DataFrame:
    """One row per caller and callee, `value` counted once per sample; direct recursion is no edge."""
    ids = entries(profile, by)
    entry = ids.of_site[profile.frames]
    sample = np.repeat(np.arange(profile.n), profile.depths)
    inside = (sample[1:] == sample[:-1]) & (entry[1:] != entry[:-1]) if len(entry) else np.zeros(0, bool)
    n = max(ids.n, 1)
    key = entry[1:][inside] * n + entry[:-1][inside]
    pairs, which = np.unique(key, return_inverse=True)
    once = np.unique(sample[1:][inside] * max(len(pairs), 1) + which)
    value = np.zeros(len(pairs), np.int64)
    np.add.at(value, once % max(len(pairs), 1), profile.value(kind)[once // max(len(pairs), 1)])
    names = pd.Series(ids.names, dtype="str")
    caller, callee = names.take(pairs // n).array, names.take(pairs % n).array
    table = pd.DataFrame({"caller": caller, "callee": callee, "value": value})
    return table.sort_values(["value", "caller", "callee"], ascending=[False, True, True], ignore_index=True)


def peek(profile: Profile, pattern: str, kind: str | None = None, by: str = "function") -> pd.DataFrame:
    """Every entry whose name matches with its callers and callees: columns entry, role, name, value, share.

    `role` is caller, self (value is cum; `flat` beside it) or callee; `share` is of the entry's cum.
    """
    ids = entries(profile, by)
    flat, cum = totals(profile, ids, kind)
    links, search = edges(profile, kind, by), re.compile(pattern).search
    rows = []
    for i in np.lexsort((ids.names.astype(str), -np.abs(cum))):
        name = ids.names[i]
        if not search(name):
            continue
        callers, callees = links[links["callee"] == name], links[links["caller"] == name]
        rows += [(name, "caller", c, v, 0) for c, v in zip(callers["caller"], callers["value"], strict=True)]
        rows += [(name, "self", name, cum[i], flat[i])]
        rows += [(name, "callee", c, v, 0) for c, v in zip(callees["callee"], callees["value"], strict=True)]
    table = pd.DataFrame(rows, columns=["entry", "role", "name", "value", "flat"])
    whole = pd.Series(cum, index=ids.names)
    return table.assign(share=table["value"] / table["entry"].map(whole).astype(float).replace(0, np.nan))
