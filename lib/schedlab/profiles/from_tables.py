"""Stacks of tidy tables (goroutine dumps, execution traces) as a Profile, like any other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile, offsets
from schedlab.profiles.names import canonical


def profile(
    stacks: np.ndarray,
    values: np.ndarray,
    types: tuple[tuple[str, str], ...],
    frames: pd.DataFrame,
    labels: pd.DataFrame | None = None,
) -> Profile:
    """Values int64 (n, types) of stacks int64 (n,); `frames` has stack, depth, function, file, line.

    A stack without frames (say -1) is empty. `labels`: one text column per key, one row per value; empty
    texts are no labels.
    """
    row, sites, functions = _places(frames)
    known = frames["stack"].to_numpy(np.int64)
    order = np.lexsort((frames["depth"].to_numpy(), known))
    begin = np.searchsorted(known[order], stacks, side="left")
    depths = np.searchsorted(known[order], stacks, side="right") - begin
    starts = offsets(depths)
    at = np.repeat(begin - starts[:-1], depths) + np.arange(starts[-1])
    return canonical(Profile(
        types=types,
        values=np.asarray(values, np.int64),
        starts=starts,
        frames=row[order][at].astype(np.int32),
        sites=sites,
        functions=functions,
        labels=_labels(labels),
        facts={"binaries": (), "duration_s": 0.0, "time_ns": 0, "period": 1},
    ))  # fmt: skip


def _places(frames: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    """The site of each frame, the sites and the functions."""
    text = {c: frames[c].astype("str") for c in ("function", "file")}
    inlined = frames["inlined"].to_numpy(bool) if "inlined" in frames else np.zeros(len(frames), bool)
    table = pd.DataFrame({**text, "line": frames["line"].to_numpy(np.int32), "inlined": inlined})
    row = table.groupby(list(table.columns), sort=False).ngroup().to_numpy()
    table = table[~table.duplicated()].reset_index(drop=True)
    of = table.groupby(["function", "file"], sort=False).ngroup().to_numpy(np.int32)
    functions = table[~table.duplicated(["function", "file"])].reset_index(drop=True)
    sites = table[["line", "inlined"]].assign(function=of, binary=np.int32(-1), address=np.int64(0))
    functions = functions[["function", "file"]].rename(columns={"function": "name"})
    return row, sites, functions.assign(start_line=np.int64(0))


def _labels(labels: pd.DataFrame | None) -> pd.DataFrame:
    if labels is None:
        labels = pd.DataFrame(index=[])
    long = labels.reset_index(drop=True).rename_axis("sample").reset_index()
    long = long.melt("sample", var_name="key", value_name="text").astype({"key": "str", "text": "str"})
    long = long[long["text"] != ""].sort_values("sample", kind="stable", ignore_index=True)
    return long.astype({"sample": "int64"}).assign(number=np.int64(0), unit=pd.array([""] * len(long), "str"))
