"""Lock queues: who waits for a lock, where, and who makes them wait.

A block profile and a goroutine dump know the waiter's site, a mutex profile the site that unlocked; none
names the lock itself. Those who may have held it are therefore told by what the code says: the methods of
the waiter's type, or the waiter's own function where it is no method, or else its package; `match` says which
it is, and is empty where nothing fits.
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
COLUMNS = ["waiter", "holder", "match", "waiting_now", "waits", "waited_s", "caused_s", "caused_share"]


def lock_queues(mutex: Profile, block: Profile | None = None, now: Snapshot | None = None) -> pd.DataFrame:
    """One row per waiter's site and holder's site, then holders nobody was matched to; longest wait first.

    `waiting_now` counts goroutines of the snapshot, `waits` and `waited_s` finished waits of the block
    profile (repeated where a waiter has several holders), `caused_s` the delay that the holder's unlocking
    ended, summed over waiters, `caused_share` its part of what all holders in the row's group caused.
    """
    waiters = pd.concat([_finished(block), _current(now)], axis=1).fillna(0)
    caused = _finished(mutex)["waited_s"]
    rows = [
        (site, holder, match, *values, seconds, seconds / max(group.sum(), 1e-300))
        for site, *values in waiters.itertuples()
        for group, match in [_holders(site, caused)]
        for holder, seconds in group.items()
    ]
    taken = {row[1] for row in rows}
    rows += [
        ("", site, "", 0.0, 0.0, 0.0, caused[site], np.nan) for site in caused.index if site not in taken
    ]
    order = ["waiter", "holder", "match", "waits", "waited_s", "waiting_now", "caused_s", "caused_share"]
    table = pd.DataFrame(rows, columns=order)[COLUMNS]
    by = ["waited_s", "waiting_now", "caused_s", "waiter"]
    return table.sort_values(by, ascending=[False, False, False, True], ignore_index=True)


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


def _holders(waiter: str, caused: pd.Series) -> tuple[pd.Series, str]:
    """The sites that may have held what the waiter waited for, with the delay each caused, and why these."""
    for match, kin in (("same type", _type), ("same package", package)):
        near = caused[[kin(h) == kin(waiter) for h in caused.index]]
        if len(near):
            own = match == "same type" and _type(waiter) == _function(waiter)
            return near, "same function" if own else match
    return pd.Series({"": np.nan}), ""


def _function(site: str) -> str:
    return site.rpartition(" (")[0]


def _type(site: str) -> str:
    """The receiver's type with its package; the function itself where it is no method."""
    owner = _function(site).rpartition(".")[0]
    return owner if owner.rpartition("/")[2].count(".") else _function(site)
