"""Two arms in one tree of stacks, every node with the noise of its difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.model.profile import Profile
from schedlab.profiles import noise
from schedlab.profiles.diff import DISCOVERY, FEWEST, NEXT_TO_NOTHING, Arm, comparable, effective_n, joint
from schedlab.profiles.tree import Tree, trees


@dataclass(frozen=True)
class Compared:
    """`nodes` hold baseline and treated in their two columns; `noise` and `q` have one row per node.

    `counted` is the number of independent samples of each arm, 0 where the values are no counts of samples;
    `requests` those answered meanwhile, (0, 0) where unknown.
    """

    nodes: Tree
    profile: Profile
    kind: str
    arms: tuple[str, str]
    noise: noise.Noise
    q: np.ndarray
    counted: tuple[float, float]
    requests: tuple[float, float]

    @property
    def seen(self) -> bool:
        """Whether the runs were enough to see what differs from run to run."""
        return not self.noise.warnings

    @property
    def evident(self) -> np.ndarray:
        """The nodes whose difference is more than the noise that could be seen; bool, shape (nodes,)."""
        return self.q <= DISCOVERY


def compared(baseline: Arm, treated: Arm, kind: str | None = None, threshold: float = 0.0005) -> Compared:
    """The tree of both arms; nodes below `threshold` in both go into OTHERS, which are not tested."""
    joined, run = joint(baseline, treated)
    kind, counted = comparable(joined, kind)
    cut, runs = len(baseline.profiles), len(baseline.profiles) + len(treated.profiles)
    values = joined.value(kind).astype(float)
    nodes = trees(joined, np.column_stack([np.where(run < cut, values, 0), np.where(run >= cut, values, 0)]),
                  threshold=threshold)  # fmt: skip
    one_per_run = values[:, None] * (run[:, None] == np.arange(runs))
    cells, total = (
        node_values(nodes, joined, one_per_run),
        np.maximum(one_per_run.sum(axis=0), NEXT_TO_NOTHING),
    )
    if counted == "heap":
        n = np.array([effective_n(p, kind) for p in (*baseline.profiles, *treated.profiles)])
        cells, total = cells / total * n, n
    found = noise.compare(cells[:, :cut], total[:cut], cells[:, cut:], total[cut:], bool(counted))
    tested = (cells.sum(axis=1) >= FEWEST) & (nodes.site >= 0)
    q = noise.false_discovery(np.where(tested, found.p, np.nan))
    n = (float(total[:cut].sum()), float(total[cut:].sum())) if counted == "samples" else (0.0, 0.0)
    both = bool(baseline.requests and treated.requests)
    served = (float(sum(baseline.requests)), float(sum(treated.requests))) if both else (0.0, 0.0)
    return Compared(nodes, joined, kind, (baseline.name, treated.name), found, q, n, served)


def node_values(nodes: Tree, profile: Profile, values: np.ndarray) -> np.ndarray:
    """What each node holds of values in columns: float64 (nodes, columns); OTHERS hold what is left."""
    place = _places(nodes, profile)
    out = np.zeros((nodes.n, values.shape[1]))
    for k in range(values.shape[1]):
        out[:, k] = np.bincount(place, values[:, k], minlength=nodes.n)
    for row in range(nodes.n - 1, 0, -1):
        out[nodes.parent[row]] += out[row]
    return out


def _places(nodes: Tree, profile: Profile) -> np.ndarray:
    """The node in which each stack ends, following the tree from the root."""
    number = {str(n): i for i, n in enumerate(nodes.names[:-2])}
    of_site = np.array([number[n] for n in profile.names()], np.int64)
    size = len(nodes.names)
    key = nodes.parent * size + nodes.name
    order = np.argsort(key)
    key, others = key[order], size - 1
    place, active = np.zeros(profile.n, np.int64), np.arange(profile.n)
    depths = profile.depths
    for depth in range(1, int(depths.max(initial=0)) + 1):
        active = active[depths[active] >= depth]
        name = of_site[profile.frames[profile.starts[active + 1] - depth]]
        wanted = place[active] * size + name
        at = np.searchsorted(key, wanted).clip(max=len(key) - 1)
        found = key[at] == wanted
        rest = np.searchsorted(key, place[active] * size + others).clip(max=len(key) - 1)
        place[active] = order[np.where(found, at, rest)]
        active = active[found]
    return place
