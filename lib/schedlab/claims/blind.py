"""What a capture leads to first, by those who do not know what was planted in it: lock, pile-up or delay.

A lock: the site that waited longest in `Lock`, by the block profile, as a share of all that did. A pile-up:
the site where most goroutines stand, by the goroutine profile, as a share of all. A delay: what held up
goroutines that wanted to go on, by the trace, as a share of all time of the application's goroutines.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from schedlab import ingest
from schedlab.errors import MissingTable
from schedlab.metrics.trace_attribution import attribution
from schedlab.model.run import Run
from schedlab.profiles.classes import sites, without_observer
from schedlab.profiles.queues import lock_queues
from schedlab.profiles.sources import read

COLUMNS = ["scenario", "arm", "run", "level", "found", "share"]


def suspects(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per run and level that it has a file for: what stands first, and its share of that level."""
    rows = [
        (run.scenario, run.arm, run.id, level, *look(run))
        for run in runs
        for level, (kind, look) in LEVELS.items()
        if run.has(kind)
    ]
    if not rows:
        raise MissingTable("no run here has a block profile, a goroutine profile or a trace")
    return pd.DataFrame(rows, columns=COLUMNS)


def agreed(found: pd.DataFrame) -> pd.DataFrame:
    """By scenario, arm and level: the suspect of most runs, how many runs name it, its mean share in them."""
    keys = ["scenario", "arm", "level"]
    runs = found.groupby(keys)["run"].nunique().rename("runs")
    named = found.groupby([*keys, "found"]).agg(named_by=("run", "size"), share=("share", "mean"))
    most = named.sort_values("named_by", ascending=False, kind="stable").reset_index().drop_duplicates(keys)
    table = most.merge(runs.reset_index(), on=keys).sort_values(keys, ignore_index=True)
    return table[[*keys, "found", "share", "named_by", "runs"]]


def _lock(run: Run) -> tuple[str, float]:
    queues = lock_queues(read(run.artifact("mutex_profile").path), read(run.artifact("block_profile").path))
    waits = queues.drop_duplicates("waiter")
    return _first(waits["waiter"].to_numpy(object), waits["waited_s"].to_numpy())


def _pile_up(run: Run) -> tuple[str, float]:
    profile = without_observer(read(run.artifact("goroutine_profile").path))
    return _first(np.array(sites(profile), object), profile.value("goroutine"))


def _delay(run: Run) -> tuple[str, float]:
    causes = attribution(dict(ingest.reading(run, "trace").tables)).groupby("cause")["total_s"].sum()
    held_up = causes.reindex(HELD_UP).fillna(0.0)
    return str(held_up.idxmax()), float(held_up.max() / causes.sum())


def _first(names: np.ndarray, values: np.ndarray) -> tuple[str, float]:
    sums = pd.Series(values, index=names).groupby(level=0).sum()
    total = float(sums.sum())
    return (str(sums.idxmax()), float(sums.max() / total)) if total else ("nothing", 0.0)


#: causes by which a goroutine loses time that it did not ask to wait
HELD_UP = ("scheduling delay", "lock wait", "GC wait", "system call")
#: level -> the kind of artifact that shows it, and how to look
LEVELS = {
    "lock": ("block_profile", _lock),
    "pile-up": ("goroutine_profile", _pile_up),
    "delay": ("trace", _delay),
}
