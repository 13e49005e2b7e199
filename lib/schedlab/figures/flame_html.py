"""Interactive flame graphs: one self-contained HTML page, no network, works from file://.

`explore` shows one profile, `explore_diff` two arms with what is known of their noise. In JupyterLab and in
the report they show themselves, the still vector figure beside them for paper.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from schedlab.figures import flame_colours
from schedlab.figures.flame import flame, node_mechanisms, title
from schedlab.figures.flame_difference import flame_difference, reach
from schedlab.figures.interactive import Interactive, page
from schedlab.figures.nothing import nothing
from schedlab.model.profile import Profile
from schedlab.profiles.classes import mechanisms
from schedlab.profiles.compared import compared
from schedlab.profiles.diff import Arm
from schedlab.profiles.top import sampled
from schedlab.profiles.tree import Tree, tree

#: what is said of profiles without a single stack
EMPTY = "Nothing of this kind happened in any run while it was profiled."
_GAP = -99999


def explore(
    profile: Profile, kind: str | None = None, arm: str = "", host: str = "", threshold: float = 0.0002
) -> Interactive:
    """One profile of any kind (CPU, heap, block, mutex, goroutine), interactive."""
    nodes = tree(profile, kind, threshold=threshold)
    note = "" if sampled(profile, kind) else "Values are not counts of independent samples: no intervals."
    payload = _payload(nodes, profile, [arm], [sampled(profile, kind)]) | {
        "title": title(profile, kind, arm, host),
        "unit": profile.unit(kind),
        "note": note,
    }
    return _shown(payload, partial(flame, profile, kind, arm=arm, host=host))


def explore_diff(
    baseline: Arm, treated: Arm, kind: str | None = None, host: str = "", threshold: float = 0.0005
) -> Interactive:
    """Two arms in one tree: coloured by effect, grey where it could be noise, side by side on request."""
    both = compared(baseline, treated, kind, threshold)
    found, order = both.noise, _order(both.nodes)
    above = title(both.profile, both.kind, " against ".join(both.arms), host)
    payload = _payload(both.nodes, both.profile, both.arms, both.counted) | {
        "title": above,
        "unit": both.profile.unit(both.kind),
        "note": "; ".join((found.method, *found.warnings)) if both.profile.n else EMPTY,
        **{name: _ints(_rounded(column[order])) for name, column in (("lo", found.lo), ("hi", found.hi))},
        "q": _ints(_rounded(both.q[order])),
        "reach": reach(both), "seen": both.seen,
    }  # fmt: skip
    if all(both.requests):
        payload["requests"] = list(both.requests)
    still = partial(flame_difference, both, host=host) if both.profile.n else partial(nothing, above, EMPTY)
    return _shown(payload, still)


def _shown(payload: dict, still: Callable[[], Figure]) -> Interactive:
    """The page offers its picture and its data as files."""
    return Interactive("flame graph", page("flame", payload), still, downloads=True)


def _payload(nodes: Tree, profile: Profile, arms: Sequence[str], samples: Sequence[float]) -> dict:
    """Nodes by level and left edge, as the script expects them."""
    order = _order(nodes)
    row = np.empty(nodes.n, np.int64)
    row[order] = np.arange(nodes.n)
    parent = np.where(nodes.parent >= 0, row[nodes.parent], -1)[order]
    known, names = list(mechanisms()), [str(n) for n in nodes.names]
    of_name = [known.index(m) for m in node_mechanisms(nodes, profile)]
    paths = dict(zip(profile.functions["name"], profile.functions["file"], strict=True))
    distinct = list(dict.fromkeys(paths.get(n, "") for n in names[:-2]))
    number = {f: i for i, f in enumerate(distinct)}
    site, merged = nodes.site[order], nodes.merged[order]
    lines = np.append(profile.sites["line"].to_numpy(), 0)
    values = nodes.value[order]
    scale = _common_step(values)
    return {
        "arms": list(arms), "n": nodes.n, "samples": [float(s) for s in samples], "names": names,
        "mechanism": of_name, "mechanisms": known,
        "colours": [flame_colours.MECHANISMS[m] for m in known], "present": sorted(set(of_name)),
        "files": distinct, "file": [number[paths.get(n, "")] for n in names[:-2]],
        "parent": _ints(np.diff(parent, prepend=0)), "name": _ints(nodes.name[order]),
        "line": _ints(lines[site]), "merged": [[int(i), int(merged[i])] for i in np.flatnonzero(merged)],
        "values": [_ints(np.rint(values[:, k] / scale)) for k in range(values.shape[1])],
        "scale": scale, "totals": [float(t) for t in nodes.totals], "icicle": False,
    }  # fmt: skip


def _order(nodes: Tree) -> np.ndarray:
    """The rows of the nodes by level, within it by their parent's left edge and their own."""
    above = np.where(nodes.parent >= 0, nodes.start[nodes.parent], 0.0)
    return np.lexsort((nodes.start, above, nodes.depth))


def _common_step(values: np.ndarray) -> float:
    """The largest number that divides all values, so that 10 ms samples travel as small integers."""
    whole = np.abs(np.rint(values)).astype(np.int64)
    return float(max(np.gcd.reduce(whole, axis=None), 1))


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), _GAP, np.rint(values * 1e4))


def _ints(values: np.ndarray) -> str:
    """Integers as zigzag varints in base64."""
    left = np.asarray(values).astype(np.int64)
    left = np.where(left < 0, -2 * left - 1, 2 * left).astype(np.uint64)
    size = np.maximum((np.frexp(left.astype(float))[1] + 6) // 7, 1)
    ends = np.cumsum(size)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for k in range(int(size.max(initial=0))):
        has = size > k
        more = np.where(size[has] > k + 1, 128, 0)
        out[(ends - size)[has] + k] = ((left[has] >> np.uint64(7 * k)) & np.uint64(127)).astype(
            np.uint8
        ) | more
    return base64.b64encode(out.tobytes()).decode("ascii")
