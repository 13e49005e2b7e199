"""One level down a tree of stacks: what ends at its nodes, and what goes on to which child."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.model.profile import Profile

#: stacks from which compiling pays for its import
LARGE = 200_000


@dataclass(frozen=True)
class Step:
    """`own` is what ends at each node, float64 (nodes, columns of values).

    `at` has row and child of each stack that goes on, int64 (2, stacks). Of each child, numbered in order of
    first occurrence: the `node` above it, the `site` of its first stack and its `sums` (children, columns).
    """

    own: np.ndarray
    at: np.ndarray
    node: np.ndarray
    site: np.ndarray
    sums: np.ndarray


def descend(profile: Profile, entry: np.ndarray, values: np.ndarray, at: np.ndarray, nodes: int, depth: int):
    """The Step from one level's nodes, where `at` has row and node of each stack, to the given depth.

    `entry` is the entry of each site; `values` are float64 (samples, columns). `at` may be overwritten.
    """
    verb = _compiled if profile.n >= LARGE else _plain
    return verb(profile, entry, values, at, nodes, depth)


def _plain(profile: Profile, entry, values, at, nodes: int, depth: int) -> Step:
    end = profile.starts[at[0] + 1]
    going = end - profile.starts[at[0]] >= depth
    own = total(at[1, ~going], values[at[0, ~going]], nodes)
    rows, node = at[:, going]
    site = profile.frames[end[going] - depth]
    first, child = _group(node * len(entry) + entry[site])
    return Step(
        own, np.stack([rows, child]), node[first], site[first], total(child, values[rows], len(first))
    )


def _compiled(profile: Profile, entry, values, at, nodes: int, depth: int) -> Step:
    from schedlab.kernels.flame import descend as compiled

    n, columns = at.shape[1], values.shape[1]
    children = np.empty((2, n), np.int64)
    slots = np.full(1 << (2 * n - 1).bit_length(), -1)
    own, sums = np.zeros((nodes, columns)), np.zeros((n, columns))
    stacks = profile.starts, profile.frames, entry
    going, known = compiled(stacks, values, depth, at, (slots, children), (own, sums))
    return Step(own, at[:, :going], *children[:, :known], sums[:known])


def total(group: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """The sums of each of `n` groups, float64 (n, columns)."""
    return np.column_stack([np.bincount(group, values[:, k], minlength=n) for k in range(values.shape[1])])


def _group(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Equal keys get one number, in order of first occurrence: (first row of each, number of each row)."""
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(first), np.int64)
    rank[order] = np.arange(len(first))
    return first[order], rank[number]
