"""The tree of stacks with its layout, computed once and drawn everywhere.

One row per node in breadth-first order; the root is row 0. Values come in columns (one per arm: one profile
gives one column, a difference two). Children stand left to right by falling sum of shares, then by name, so
that the same function has the same place in every arm. Nodes smaller than the threshold in every arm are
merged, per parent, into one visible `OTHERS` node that holds their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from schedlab.model.profile import Profile, offsets
from schedlab.profiles.descent import Step, descend, total
from schedlab.profiles.entries import entries

OTHERS = "others"
ROOT = "all"


@dataclass(frozen=True)
class Tree:
    """Nodes in breadth-first order, all columns of shape (nodes,) unless said.

    `name` index into `names`; `parent` row (-1 for the root); `depth` 0 for the root; `value` and `own`
    float64 (nodes, arms): total and what ends here; `start` float64, left edge in [0, 1], with `width`
    the mean over the arms of value / total; `merged` how many nodes an OTHERS node stands for, else 0;
    `site` a row of the profile's sites (where the frame is), -1 for root and others.
    """

    names: np.ndarray
    name: np.ndarray
    parent: np.ndarray
    depth: np.ndarray
    value: np.ndarray
    own: np.ndarray
    start: np.ndarray
    width: np.ndarray
    merged: np.ndarray
    site: np.ndarray
    totals: np.ndarray

    @property
    def n(self) -> int:
        return len(self.name)


def tree(profile: Profile, kind: str | None = None, by: str = "function", threshold: float = 0.0005) -> Tree:
    """The tree of one profile; nodes below `threshold` (share of the total) go into OTHERS."""
    return trees(profile, profile.value(kind)[:, None].astype(float), by, threshold)


def trees(profile: Profile, values: np.ndarray, by: str = "function", threshold: float = 0.0005) -> Tree:
    """The tree of stacks whose values stand in columns, float64 (samples, arms); one shape for all arms.

    Where values are negative (a subtracted base), widths are of absolute values.
    """
    ids = entries(profile, by)
    weight = np.abs(values)
    totals = weight.sum(axis=0)
    share = (weight / np.where(totals > 0, totals, 1)).mean(axis=1)
    levels = _levels(profile, ids.of_site, np.column_stack([values, share]), threshold)
    columns = {k: np.concatenate([level[k] for level in levels]) for k in levels[0]}
    columns["name"] = np.where(columns["name"] < 0, ids.n - 1 - columns["name"], columns["name"])
    names = np.append(ids.names, [ROOT, OTHERS])
    sums = columns.pop("sums")
    return Tree(
        names=names,
        value=sums[:, :-1],
        width=sums[:, -1],
        start=_starts(columns, sums[:, -1], names),
        totals=values.sum(axis=0),
        **columns,
    )


#: names of nodes that are no function, before they get their place behind the functions
_ROOT, _OTHERS = -1, -2


def _levels(profile: Profile, entry: np.ndarray, values: np.ndarray, threshold: float) -> list[dict]:
    """The nodes level by level from the root; a stack leaves where it ends or its node is too small."""
    at = np.stack([np.arange(profile.n), np.zeros(profile.n, np.int64)])
    level = _nodes(np.array([-1]), np.array([_ROOT]), np.array([-1]), values.sum(axis=0)[None, :], 0)
    levels, first = [level], 0
    while at.shape[1]:
        depth, size = len(levels), len(level["name"])
        step = descend(profile, entry, values, at, size, depth)
        level["own"] += step.own[:, :-1]
        if not len(step.site):
            break
        level, kept = _level(step, entry[step.site], threshold)
        level |= {"parent": level["parent"] + first, "depth": np.full(len(level["name"]), depth)}
        levels.append(level)
        first += size
        node = kept[step.at[1]]
        at = np.stack([step.at[0][node >= 0], node[node >= 0]])
    return levels


def _level(step: Step, entry: np.ndarray, threshold: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The children of one level's nodes, small ones merged by parent; and each child's row, -1 if merged."""
    big = step.sums[:, -1] >= threshold
    kept = _nodes(step.node[big], entry[big], step.site[big], step.sums[big], 0)
    parents, place, count = np.unique(step.node[~big], return_inverse=True, return_counts=True)
    none = np.full(len(parents), -1)
    others = _nodes(
        parents, np.full(len(parents), _OTHERS), none, total(place, step.sums[~big], len(parents)), count
    )
    others["own"] = others["sums"][:, :-1].copy()
    return {k: np.concatenate([kept[k], others[k]]) for k in kept}, np.where(big, np.cumsum(big) - 1, -1)


def _nodes(parent, name, site, sums: np.ndarray, merged) -> dict[str, np.ndarray]:
    n = len(parent)
    return {
        "name": np.asarray(name, np.int64),
        "parent": np.asarray(parent, np.int64),
        "depth": np.zeros(n, np.int64),
        "site": np.asarray(site, np.int64),
        "merged": np.broadcast_to(np.asarray(merged, np.int64), n),
        "sums": sums,
        "own": np.zeros((n, sums.shape[1] - 1)),
    }


def _starts(columns: dict[str, np.ndarray], width: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Left edges: children one after the other from their parent's, wide ones first, OTHERS last."""
    start, place = np.zeros(len(width)), np.zeros(len(width), np.int64)
    by_name = np.empty(len(names), np.int64)
    by_name[np.argsort(names.astype(str), kind="stable")] = np.arange(len(names))
    parent, merged, name = columns["parent"], columns["merged"] > 0, by_name[columns["name"]]
    bounds = offsets(np.bincount(columns["depth"]))
    for begin, end in pairwise(bounds[1:]):
        rows = np.arange(begin, end)
        above = parent[rows]
        order = rows[np.lexsort((name[rows], -width[rows], merged[rows], place[above]))]
        before = np.concatenate([[0.0], np.cumsum(width[order])])[:-1]
        above = parent[order]
        fresh = np.concatenate([[True], above[1:] != above[:-1]])
        base = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
        start[order] = start[above] + before - before[base]
        place[order] = np.arange(len(order))
    return start
