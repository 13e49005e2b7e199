"""Is a run steady? Flat, warm-up, slowdown or no steady state, as Barrett et al. (OOPSLA 2017) tell apart.

Change points cut the block values into segments; a segment is like the last one where their levels differ by
less than the tolerance or the last one's own noise. What precedes the part like the end is left out of
nothing: the caller decides, with `steady_from` in hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.stats import changes as change_points

KINDS = ("flat", "warm-up", "slowdown", "no steady state")


@dataclass(frozen=True)
class Steadiness:
    """What a run did: `steady_from` is the first block from which it is like its end.

    `changes` are blocks where the level changes, `shape_changes` where the distribution does, `spikes` blocks
    far from their segment. `levels` are the segments' medians, in the unit of the values.
    """

    kind: str
    steady_from: int
    changes: tuple[int, ...]
    shape_changes: tuple[int, ...]
    spikes: tuple[int, ...]
    levels: tuple[float, ...]
    warnings: tuple[str, ...] = ()


def steadiness(
    values, better: str = "lower", tolerance: float = 0.02, least_steady: float = 0.25
) -> Steadiness:
    """How the block values of one run developed; `tolerance`: the relative change that does not matter.

    No steady state: the part like the end is shorter than `least_steady` of the run.
    """
    x = np.asarray(values, float)
    cuts = change_points.levels(x)
    parts = np.split(x, cuts)
    middles = [float(np.median(part)) for part in parts]
    first = _first_like_last(parts, middles, tolerance)
    start = int([0, *cuts][first])
    spiky = change_points.spikes(x, cuts)
    kind = _kind(middles, first, start, len(x), better, least_steady)
    return Steadiness(
        kind=kind,
        steady_from=start,
        changes=tuple(map(int, cuts)),
        shape_changes=tuple(map(int, change_points.distributions(x))),
        spikes=tuple(map(int, spiky)),
        levels=tuple(middles),
        warnings=_doubts(kind, start, len(x), spiky),
    )


def _first_like_last(parts: list[np.ndarray], middles: list[float], tolerance: float) -> int:
    """The first segment from which every segment is like the last one."""
    last = parts[-1]
    noise = 1.4826 * float(np.median(np.abs(last - middles[-1])))
    bound = max(tolerance * abs(middles[-1]), noise)
    unlike = [i for i, middle in enumerate(middles) if abs(middle - middles[-1]) > bound]
    return unlike[-1] + 1 if unlike else 0


def _kind(middles: list[float], first: int, start: int, n: int, better: str, least_steady: float) -> str:
    if first == 0:
        return "flat"
    if n - start < least_steady * n:
        return "no steady state"
    rose = middles[-1] > middles[first - 1]
    return "slowdown" if rose == (better == "lower") else "warm-up"


def _doubts(kind: str, start: int, n: int, spiky: np.ndarray) -> tuple[str, ...]:
    doubts = []
    if kind == "no steady state":
        doubts.append(f"no steady state: the level still changes {n - start} blocks before the end")
    elif kind != "flat":
        doubts.append(f"{kind}: the first {start} of {n} blocks differ from the rest")
    if len(spiky):
        doubts.append(f"{len(spiky)} of {n} blocks are spikes, and are kept")
    return tuple(doubts)


def by_arm(found):
    """How many runs of `of_runs` (with a column arm) are of each kind, and how many blocks are spikes."""
    import pandas as pd

    kinds = pd.crosstab(found["arm"], found["kind"]).reindex(columns=[*KINDS, "cannot tell"], fill_value=0)
    return kinds.join(found.groupby("arm")["spikes"].sum()).reset_index().rename_axis(columns=None)


def sentence(found) -> str:
    """How many runs are flat, and the first few that are not."""
    other = found[found["kind"] != "flat"]
    named = ", ".join(f"{row.run} ({row.kind})" for row in other.head(4).itertuples())
    named += ", ..." if len(other) > 4 else ""
    return f"{len(found) - len(other)} of {len(found)} runs are flat" + (f"; not so {named}" if named else "")


def of_runs(blocks, better: str = "lower", tolerance: float = 0.02):
    """One row per run of a frame with columns arm, run and value (blocks in order): kind, steady_from, ..."""
    import pandas as pd

    rows = []
    for (arm, run), part in blocks.groupby(["arm", "run"], sort=False):
        try:
            found = steadiness(part["value"].to_numpy(), better, tolerance)
        except TooFewValues as reason:
            rows.append((arm, run, "cannot tell", 0, 0, 0, 0, str(reason)))
            continue
        counts = len(found.changes), len(found.shape_changes), len(found.spikes)
        rows.append((arm, run, found.kind, found.steady_from, *counts, "; ".join(found.warnings)))
    names = ["arm", "run", "kind", "steady_from", "changes", "shape_changes", "spikes", "doubts"]
    return pd.DataFrame(rows, columns=names)
