"""Interactive flame graphs: one self-contained HTML page, no network, works from file://.

`explore` shows one profile, `explore_diff` two arms with what is known of their noise. Both return a Flame:
in JupyterLab and in the report it shows itself, the page inside an iframe with the still vector figure beside
it for paper. Names of functions are untrusted: they travel as JSON and are only ever drawn as text.
"""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from schedlab.figures import flame_colours
from schedlab.figures.flame import flame, node_mechanisms, title
from schedlab.model.profile import Profile
from schedlab.profiles import noise
from schedlab.profiles.classes import mechanisms
from schedlab.profiles.diff import Arm, comparable, effective_n, joint
from schedlab.profiles.top import sampled
from schedlab.profiles.tree import Tree, tree, trees

_GAP = -99999


@dataclass(frozen=True)
class Flame:
    """An interactive flame graph: `page` is the whole HTML, `still` gives its vector twin as SVG."""

    page: str
    still: Profile
    kind: str | None
    arm: str
    height_px: int = 560

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.frame(), "image/svg+xml": self.svg()}

    def frame(self) -> str:
        """The page inside an iframe, to stand in another page."""
        style = f"width:100%;height:{self.height_px}px;border:0"
        sandbox = "allow-scripts allow-downloads"
        inside = html.escape(self.page, quote=True)
        return f'<iframe title="flame graph" sandbox="{sandbox}" style="{style}" srcdoc="{inside}"></iframe>'

    def svg(self) -> str:
        """The still figure as SVG text, the same bytes each time."""
        out = io.StringIO()
        flame(self.still, self.kind, arm=self.arm).savefig(
            out, format="svg", bbox_inches="tight", facecolor="white", metadata={"Date": None}
        )
        return out.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the page as a file that opens by itself."""
        path = Path(path)
        partial = path.with_name(path.name + ".partial")
        partial.write_text(self.page, encoding="utf-8", newline="\n")
        partial.replace(path)


def explore(
    profile: Profile, kind: str | None = None, arm: str = "", host: str = "", threshold: float = 0.0002
) -> Flame:
    """One profile of any kind (CPU, heap, block, mutex, goroutine), interactive."""
    nodes = tree(profile, kind, threshold=threshold)
    note = "" if sampled(profile, kind) else "Values are not counts of independent samples: no intervals."
    payload = _payload(nodes, profile, [arm], [sampled(profile, kind)]) | {
        "title": title(profile, kind, arm, host),
        "unit": profile.unit(kind),
        "note": note,
    }
    return Flame(page(payload), profile, kind, arm)


def explore_diff(
    baseline: Arm, treated: Arm, kind: str | None = None, host: str = "", threshold: float = 0.0005
) -> Flame:
    """Two arms in one tree: coloured by effect, grey where it could be noise, side by side on request."""
    joined, run = joint(baseline, treated)
    kind, counted = comparable(joined, kind)
    cut, runs = len(baseline.profiles), int(run.max()) + 1
    values = joined.value(kind).astype(float)
    both = np.column_stack([np.where(run < cut, values, 0), np.where(run >= cut, values, 0)])
    nodes = trees(joined, both, threshold=threshold)
    one_per_run = values[:, None] * (run[:, None] == np.arange(runs))
    cells = node_values(nodes, joined, one_per_run)
    total = np.maximum(one_per_run.sum(axis=0), 1e-300)
    if counted == "heap":
        n = np.array([effective_n(p, kind) for p in (*baseline.profiles, *treated.profiles)])
        cells, total = cells / total * n, n
    found = noise.compare(cells[:, :cut], total[:cut], cells[:, cut:], total[cut:], bool(counted))
    tested = (cells.sum(axis=1) >= 10) & (nodes.site >= 0)
    q = noise.false_discovery(np.where(tested, found.p, np.nan))
    counts = [float(v) for v in (total[:cut].sum(), total[cut:].sum())] if counted == "samples" else [0, 0]
    payload = _payload(nodes, joined, [baseline.name, treated.name], counts) | {
        "title": title(joined, kind, f"{baseline.name} against {treated.name}", host),
        "unit": joined.unit(kind),
        "note": "; ".join((found.method, *found.warnings)),
        "lo": _ints(_rounded(found.lo)), "hi": _ints(_rounded(found.hi)), "q": _ints(_rounded(q)),
        "reach": float(np.nanmax(np.abs(found.difference), initial=0.01)),
    }  # fmt: skip
    if baseline.requests and treated.requests:
        payload["requests"] = [float(sum(baseline.requests)), float(sum(treated.requests))]
    return Flame(page(payload), joined, kind, f"{baseline.name} and {treated.name} together")


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


def page(payload: dict) -> str:
    """The self-contained page; `<` never appears in the data, so no name can end the script."""
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"css": _asset("flame.css"), "js": _asset("flame.js"), "data": text.replace(">", "\\u003e")}
    whole = _asset("flame_page.html")
    for name, content in parts.items():
        head, _, tail = whole.partition(f"/*{name}*/")
        whole = head + content + tail
    return whole


def _payload(nodes: Tree, profile: Profile, arms: Sequence[str], samples: Sequence[float]) -> dict:
    """Nodes by level and left edge, as the script expects them."""
    order = np.lexsort((nodes.start, _place_of_parent(nodes), nodes.depth))
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


def _place_of_parent(nodes: Tree) -> np.ndarray:
    return np.where(nodes.parent >= 0, nodes.start[nodes.parent], 0.0)


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


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
