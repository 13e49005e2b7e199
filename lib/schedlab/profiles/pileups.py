"""Where goroutines pile up: many on one stack, more at every snapshot, waiting longer and longer.

One snapshot shows how many stand where and since when; only several, of one process, show growth. A pile-up
is growth that the interval of the slope puts above zero; a leak is growth that never ends, which no finite
number of snapshots proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.profiles.classes import attribute, sites, waiting_mechanism
from schedlab.profiles.dumps import profile
from schedlab.profiles.filters import label_texts
from schedlab.profiles.growth import slope

GROUP = ["stack", "state", "reason"]


@dataclass(frozen=True)
class Snapshot:
    """The goroutines of one process at `time_s`, by stack, state and reason: one row each in `groups`.

    Columns: stack (root first, folded), site (the application's own frame nearest the leaf, with its line),
    mechanism, state, reason, goroutines, share, waited_least_s and waited_most_s (whole minutes; NaN where
    the source has none).
    """

    time_s: float
    groups: pd.DataFrame


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

    Columns: the group, site, mechanism, first, last, most (goroutines), slope, lo, hi (goroutines per
    second), waited_least_s at the last snapshot, and `piles_up`: the whole interval is above zero.
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
    about = snapshots[-1].groups.groupby(by)["waited_least_s"].min().rename("waited_least_s")
    table = table.merge(about.reset_index(), on=by, how="left")
    table["piles_up"] = table["lo_per_s"] > 0
    return table.sort_values(["slope_per_s", "last"], ascending=False, ignore_index=True)


def _groups(found: Profile) -> pd.DataFrame:
    """One row per stack of the profile, in its order."""
    about, names = attribute(found), found.names()
    state, reason = label_texts(found, "state"), label_texts(found, "reason")
    mechanism = np.array(about.mechanisms, object)[about.mechanism]
    waiting = [waiting_mechanism(text) for text in reason]
    return pd.DataFrame(
        {
            "stack": [";".join(stack) for stack in _stacks(found, names)],
            "site": sites(found),
            "mechanism": [w or m for w, m in zip(waiting, mechanism, strict=True)],
            "state": state,
            "reason": reason,
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
