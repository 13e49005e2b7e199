"""Where goroutines pile up: many on one stack, more at every snapshot, waiting longer and longer.

One snapshot shows how many stand where and since when; only several, of one process, show growth. A pile-up
is growth that the interval of the slope puts above zero; a leak is growth that never ends, which no finite
number of snapshots proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from schedlab.ingest import go_goroutines, source
from schedlab.model.profile import Profile
from schedlab.profiles import sources
from schedlab.profiles.classes import attribute, sites
from schedlab.profiles.dumps import profile
from schedlab.profiles.filters import label_texts
from schedlab.profiles.growth import slope

GROUP = ["stack", "state", "reason"]
#: what is said of a group by its last snapshot
_ABOUT = ["site", "mechanism", "waited_least_s", "waited_most_s"]


@dataclass(frozen=True)
class Snapshot:
    """The goroutines of one process at `time_s`, by stack, state and reason: one row each in `groups`.

    Columns: stack (root first, folded), site (the application's own frame nearest the leaf, with its line),
    mechanism, state, reason, goroutines, share, waited_least_s and waited_most_s (whole minutes; NaN where
    the source has none).
    """

    time_s: float
    groups: pd.DataFrame


def read(path: str | Path, every_s: float = 1.0) -> list[Snapshot]:
    """The snapshots of a file: one of a goroutine profile, one for each dump of a debug=2 text.

    Dumps tell no time: those of one file are taken to be `every_s` apart, from 0.
    """
    packed = source.content(path)
    if not go_goroutines.READER.sniff(packed.data[: source.HEAD_BYTES], packed.name):
        return [of_profile(sources.read(path))]
    tables = go_goroutines.READER.read(packed.path, packed.data).tables
    dumps = tables["GOROUTINES"].groupby("dump", sort=True)
    return [of_dump(dump, tables["FRAMES"], every_s * i) for i, (_, dump) in enumerate(dumps)]


def in_order(snapshots: Sequence[Snapshot], every_s: float = 1.0) -> list[Snapshot]:
    """Snapshots of several files by time; where they tell none, `every_s` apart in the order given."""
    if len({s.time_s for s in snapshots}) == len(snapshots):
        return sorted(snapshots, key=lambda s: s.time_s)
    return [replace(s, time_s=every_s * i) for i, s in enumerate(snapshots)]


def of_dump(goroutines: pd.DataFrame, frames: pd.DataFrame, time_s: float = 0.0) -> Snapshot:
    """The snapshot of one dump: tables GOROUTINES (of one `dump`) and FRAMES."""
    groups = _groups(profile(goroutines, frames))
    waited = goroutines.groupby(["sample", "state", "reason"], sort=False)["waited_s"]
    least, most = waited.min().to_numpy(), waited.max().to_numpy()
    return Snapshot(time_s, _merged(groups.assign(waited_least_s=least, waited_most_s=most)))


def of_profile(found: Profile) -> Snapshot:
    """The snapshot of a goroutine profile, which knows stacks and counts but no states and no waits."""
    groups = _groups(found).assign(waited_least_s=np.nan, waited_most_s=np.nan)
    return Snapshot(found.facts.get("time_ns", 0) / 1e9, _merged(groups))


def growth(snapshots: Sequence[Snapshot], by: Sequence[str] = tuple(GROUP)) -> pd.DataFrame:
    """How each group grows over the snapshots of one process, fastest first.

    Columns: the group, first, last, most (goroutines), slope_per_s, lo_per_s, hi_per_s, then site, mechanism
    and waits as last seen, and `piles_up`: the whole interval is above zero.
    """
    by = list(by)
    wide = pd.concat(
        [s.groups.groupby(by)["goroutines"].sum().rename(i) for i, s in enumerate(snapshots)], axis=1
    ).fillna(0)
    times = [s.time_s for s in snapshots]
    found = [slope(times, row) for row in wide.to_numpy()]
    table = wide.index.to_frame(index=False).assign(
        first=wide.iloc[:, 0].to_numpy(np.int64),
        last=wide.iloc[:, -1].to_numpy(np.int64),
        most=wide.max(axis=1).to_numpy(np.int64),
        slope_per_s=[e.value for e in found],
        lo_per_s=[e.lo for e in found],
        hi_per_s=[e.hi for e in found],
    )
    latest = pd.concat([s.groups for s in snapshots[::-1]]).drop_duplicates(by)
    table = table.merge(latest[[*by, *_ABOUT]], on=by, how="left")
    table["piles_up"] = table["lo_per_s"] > 0
    return table.sort_values(["slope_per_s", "last"], ascending=False, ignore_index=True)


def _groups(found: Profile) -> pd.DataFrame:
    """One row per stack of the profile, in its order."""
    about, names = attribute(found), found.names()
    return pd.DataFrame(
        {
            "stack": [";".join(stack) for stack in _stacks(found, names)],
            "site": sites(found),
            "mechanism": np.array(about.mechanisms, object)[about.mechanism],
            "state": label_texts(found, "state"),
            "reason": label_texts(found, "reason"),
            "goroutines": found.value(),
        }
    )


def _stacks(found: Profile, names: np.ndarray) -> list[list[str]]:
    """Function names root first."""
    starts = found.starts.tolist()
    return [names[found.frames[a:b][::-1]].tolist() for a, b in pairwise(starts)]


def _merged(groups: pd.DataFrame) -> pd.DataFrame:
    """Stacks that differ in lines only are one group, told by the site that most of them stand at."""
    groups = groups.sort_values("goroutines", ascending=False, kind="stable")
    table = groups.groupby(GROUP, sort=False).agg(
        site=("site", "first"),
        mechanism=("mechanism", "first"),
        goroutines=("goroutines", "sum"),
        waited_least_s=("waited_least_s", "min"),
        waited_most_s=("waited_most_s", "max"),
    )
    table = table.sort_values("goroutines", ascending=False, kind="stable").reset_index()
    return table.assign(share=table["goroutines"] / max(table["goroutines"].sum(), 1))
