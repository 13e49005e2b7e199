"""Lock queues: who waits for a lock, where, and who makes them wait.

A block profile and a goroutine dump know the waiter's site, a mutex profile the site that unlocked; none
names the lock itself. A waiter's holder is therefore found by what the code says: the same function, the
same type, the same package, in that order; `match` says which, and is empty where nothing fits.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.profiles.classes import sites
from schedlab.profiles.entries import package
from schedlab.profiles.pileups import Snapshot
from schedlab.profiles.share import stacks_with

#: what a stack that waits for a lock, or lets it go, has in it; waits for groups and conditions are no queues
LOCK = re.compile(r"(internal/)?sync\.\(\*(Mutex|RWMutex)\)\..*")
COLUMNS = ["waiter", "holder", "match", "waiting_now", "waits", "waited_s", "caused_s"]


def lock_queues(mutex: Profile, block: Profile | None = None, now: Snapshot | None = None) -> pd.DataFrame:
    """One row per waiter's site with its holder's, then holders nobody was matched to; longest wait first.

    `waiting_now` counts goroutines of the snapshot, `waits` and `waited_s` finished waits of the block
    profile, `caused_s` the delay that the holder's unlocking ended, in seconds summed over waiters.
    """
    waiters = pd.concat([_finished(block), _current(now)], axis=1).fillna(0)
    holders = _finished(mutex).rename(columns={"waited_s": "caused_s"}).drop(columns="waits")
    rows = [(site, *_holder(site, holders), *values) for site, *values in waiters.itertuples()]
    table = pd.DataFrame(rows, columns=["waiter", "holder", "match", "waits", "waited_s", "waiting_now"])
    alone = holders.index.difference(table["holder"])
    table = pd.concat([table, pd.DataFrame({"waiter": "", "holder": alone, "match": ""})], ignore_index=True)
    table["caused_s"] = table["holder"].map(holders["caused_s"])
    table[["waits", "waited_s", "waiting_now"]] = table[["waits", "waited_s", "waiting_now"]].fillna(0)
    order = ["waited_s", "waiting_now", "caused_s", "waiter"]
    return table.sort_values(order, ascending=[False, False, False, True], ignore_index=True)[COLUMNS]


def _finished(found: Profile | None) -> pd.DataFrame:
    """Waits and seconds of locks by site, index: the function with file and line."""
    if found is None:
        return pd.DataFrame({"waits": [], "waited_s": []}, index=pd.Index([], dtype="str"))
    lock = stacks_with(found, LOCK)
    frame = pd.DataFrame(
        {"waits": found.value("contentions")[lock], "waited_s": found.value("delay")[lock] / 1e9},
        index=pd.Index(np.array(sites(found), object)[lock], dtype="str"),
    )
    return frame.groupby(level=0).sum()


def _current(now: Snapshot | None) -> pd.Series:
    if now is None:
        return pd.Series([], index=pd.Index([], dtype="str"), name="waiting_now", dtype=float)
    locked = [any(LOCK.fullmatch(frame) for frame in stack.split(";")) for stack in now.groups["stack"]]
    queued = now.groups[locked]
    return queued.groupby("site")["goroutines"].sum().rename("waiting_now")


def _holder(waiter: str, holders: pd.DataFrame) -> tuple[str, str]:
    """The holder with the most delay at the closest kinship that any has."""
    for match, kin in (("same function", _function), ("same type", _type), ("same package", package)):
        near = holders[[kin(h) == kin(waiter) for h in holders.index]]
        if len(near):
            return str(near["caused_s"].idxmax()), match
    return "", ""


def _function(site: str) -> str:
    return site.rpartition(" (")[0]


def _type(site: str) -> str:
    """The receiver's type with its package; the function itself where it is no method."""
    owner = _function(site).rpartition(".")[0]
    return owner if owner.rpartition("/")[2].count(".") else _function(site)
