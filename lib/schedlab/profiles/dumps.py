"""Goroutine dumps (debug=2, panics) as profiles: all goroutines at one moment, with what they wait for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile, offsets
from schedlab.profiles.names import canonical

#: which labels a profile of a dump has, by the columns of GOROUTINES
_LABELS = ("state", "reason")


def profile(goroutines: pd.DataFrame, frames: pd.DataFrame) -> Profile:
    """A goroutine profile of the tables GOROUTINES and FRAMES, one stack per stack, state and reason.

    It filters, merges and draws like any other: `tagfocus="reason=chan receive"` takes those waiting there.
    """
    keys = ["sample", *_LABELS]
    groups = goroutines.groupby(keys, sort=False).size().reset_index(name="count")
    columns = ["function", "file", "line", "inlined"]
    sites = frames[columns].drop_duplicates(ignore_index=True)
    row = pd.merge(frames, sites.reset_index(names="site"), on=columns, how="left")
    row = row.sort_values(["sample", "depth"], kind="stable")
    count = row.groupby("sample").size().reindex(range(int(groups["sample"].max()) + 1), fill_value=0)
    first = offsets(count.to_numpy())
    depths = count.to_numpy()[groups["sample"]]
    at = np.repeat(first[groups["sample"]] - offsets(depths)[:-1], depths) + np.arange(depths.sum())
    return canonical(Profile(
        types=(("goroutine", "count"),),
        values=groups[["count"]].to_numpy(np.int64),
        starts=offsets(depths),
        frames=row["site"].to_numpy(np.int32)[at],
        **_places(sites),
        labels=_labels(groups),
        facts={"binaries": (), "duration_s": 0.0, "time_ns": 0, "period": 1},
    ))  # fmt: skip


def _places(sites: pd.DataFrame) -> dict[str, pd.DataFrame]:
    functions = sites[["function", "file"]].drop_duplicates(ignore_index=True)
    of_site = pd.merge(sites, functions.reset_index(names="row"), on=["function", "file"], how="left")["row"]
    return {
        "functions": pd.DataFrame(
            {"name": functions["function"], "file": functions["file"], "start_line": np.int64(0)}
        ),
        "sites": pd.DataFrame(
            {
                "function": of_site.to_numpy(np.int32),
                "line": sites["line"].to_numpy(np.int32),
                "inlined": sites["inlined"].to_numpy(bool),
                "binary": np.full(len(sites), -1, np.int32),
                "address": np.zeros(len(sites), np.int64),
            }
        ),
    }


def _labels(groups: pd.DataFrame) -> pd.DataFrame:
    long = groups[list(_LABELS)].reset_index(names="sample")
    long = long.melt("sample", var_name="key", value_name="text").sort_values("sample", kind="stable")
    long = long[long["text"] != ""].reset_index(drop=True)
    return long.assign(number=np.int64(0), unit="").astype({"text": "str", "key": "str", "unit": "str"})
