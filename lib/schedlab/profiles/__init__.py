"""Floor 3: profiles of stacks: who, how deep, by which mechanism, and what differs beyond noise.

`read` a file (or take any `model.profile.Profile`), then
    names      functions that only moved between Go versions are one; shapes of generics stripped
    sources    every format that holds stacks, as a Profile; to add one: a row in SOURCES
    filters    focus, ignore, hide, show, show_from, tagfocus, granularity, as pprof does them
    algebra    merge, subtract, scale
    top        flat and cumulative totals; `graph` has callers and callees
    classes    mechanism and owner of every sample, by the readable table `classes.toml`
    depth      stack depths below a function, with the share cut off at the profiler's cap
    tree       the tree of stacks with its layout, computed once for every drawing; `descent` has one level
    arms       the profiles of runs by arm; `over_runs` an arm's shares, depths and costs with intervals
    diff       differences between arms that know their own noise; `noise` has the statistics
    compared   both arms in one tree; `levels` width, depth and events of both in one table
    pileups    goroutines that gather on one stack over snapshots; `growth` has the slope, `queues` the locks
    events     execution traces as profiles, and symbols against events
    export     folded stacks, speedscope JSON
To add a mechanism or a moved name: a line in `classes.toml` or `aliases.toml`.
"""

from __future__ import annotations

from schedlab.profiles.classes import attribute, classes, unclassified
from schedlab.profiles.depth import depths
from schedlab.profiles.names import canonical
from schedlab.profiles.share import share
from schedlab.profiles.sources import read
from schedlab.profiles.top import top
from schedlab.profiles.tree import tree

__all__ = ["attribute", "canonical", "classes", "depths", "read", "share", "top", "tree", "unclassified"]
