"""Floor 3: profiles of stacks: who, how deep, by which mechanism, and what differs beyond noise.

`read` a file (or take any `model.profile.Profile`), then
    names      functions that only moved between Go versions are one; shapes of generics stripped
    filters    focus, ignore, hide, show, show_from, tagfocus, granularity, as pprof does them
    algebra    merge, subtract, scale
    top        flat and cumulative totals; `graph` has callers and callees
    classes    mechanism and owner of every sample, by the readable table `classes.toml`
    depth      stack depths below a function, with the share cut off at the profiler's cap
    tree       the tree of stacks with its layout, computed once for every drawing
    diff       differences between arms that know their own noise; `noise` has the statistics
    pileups    goroutines that gather on one stack over snapshots
    export     folded stacks, speedscope JSON
To add a mechanism or a moved name: a line in `classes.toml` or `aliases.toml`.
"""

from __future__ import annotations

from schedlab.profiles.classes import attribute, classes, unclassified
from schedlab.profiles.depth import depths
from schedlab.profiles.names import canonical, read
from schedlab.profiles.share import share
from schedlab.profiles.top import top
from schedlab.profiles.tree import tree

__all__ = ["attribute", "canonical", "classes", "depths", "read", "share", "top", "tree", "unclassified"]
