"""How deep stacks are, in logical frames: whole, or from the leaf to the outermost frame of a function.

Below `runtime.mcall` it is the depth of the scheduler's own path, because Go unwinds no further. Stacks are
cut at the profiler's cap (64 physical frames for CPU; 32, from Go 1.23 on 128, for the others), so the share
at the cap belongs to every depth: those depths are lower bounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.profile import Profile
from schedlab.profiles.entries import LARGE

CAPS = (32, 64, 128)
#: where servers hand a request over to the application: net/http (Gin and Go-Kit too), gRPC, TARS
HANDLERS = "|".join(
    (
        r"net/http\.serverHandler\.ServeHTTP",
        r"google\.golang\.org/grpc\.\(\*Server\)\.processUnaryRPC",
        r"github\.com/TarsCloud/TarsGo/tars/transport\.\(\*tcpHandler\)\.Handle\.func1",
    )
)


@dataclass(frozen=True)
class Depths:
    """Depths of stacks, `weights` samples (or whatever the profile counts) each.

    `share` is the part of the whole profile these stacks are; `at_cap` maps each cap to the share of these
    samples whose stacks have exactly that many physical frames.
    """

    below: str
    depth: np.ndarray
    weights: np.ndarray
    share: float
    at_cap: dict[int, float]

    @property
    def n(self) -> int:
        """How many samples."""
        return int(self.weights.sum())

    @property
    def mean(self) -> float:
        """The mean depth of a sample."""
        return float(self.depth @ self.weights / self.weights.sum())

    def quantile(self, q: float) -> float:
        """The depth below which the share `q` of the samples lies (inverse of the distribution function)."""
        order = np.argsort(self.depth, kind="stable")
        reached = np.cumsum(self.weights[order])
        return float(self.depth[order][np.searchsorted(reached, q * reached[-1] * (1 - 1e-12))])

    def distribution(self) -> tuple[np.ndarray, np.ndarray]:
        """Each depth that occurs, and the share of samples that have it."""
        counts = np.bincount(self.depth, self.weights)
        occurs = np.flatnonzero(counts)
        return occurs, counts[occurs] / self.weights.sum()


def depths(profile: Profile, below: str | None = "runtime.mcall", kind: str | None = None) -> Depths:
    """Depths from the leaf to the outermost frame whose whole name matches the regex `below`, inclusive.

    `below=None` takes whole stacks. TooFewValues where no stack has the function.
    """
    kind = kind or _counted(profile)
    value = profile.value(kind)
    depth = profile.depths if below is None else _below(profile, re.compile(below))
    chosen = (depth > 0) & (value > 0)
    if not chosen.any():
        raise TooFewValues(f"no sample has a frame {below!r}" if below else "the profile has no stacks")
    weights = value[chosen]
    physical = _physical(profile)[chosen]
    at_cap = {cap: float(weights[physical == cap].sum() / weights.sum()) for cap in CAPS}
    share = float(weights.sum() / max(profile.total(kind), 1))
    return Depths(below or "", depth[chosen], weights, share, at_cap)


def _counted(profile: Profile) -> str:
    """The type that counts stacks, not what they cost: samples, contentions, goroutine, or the first."""
    names = [name for name, _ in profile.types]
    return next((n for n in ("samples", "contentions", "goroutine") if n in names), names[0])


def _below(profile: Profile, pattern: re.Pattern) -> np.ndarray:
    hit = np.array([bool(pattern.fullmatch(name)) for name in profile.functions["name"]], np.int64)
    hit = hit[profile.sites["function"].to_numpy()]
    if len(profile.frames) >= LARGE:
        from schedlab.kernels.stacks import outermost

        out = np.empty(profile.n, np.int64)
        outermost(profile.starts, profile.frames, hit, out)
        return out
    at = np.flatnonzero(hit[profile.frames])
    sample = np.searchsorted(profile.starts, at, side="right") - 1
    out = np.zeros(profile.n, np.int64)
    out[sample] = at - profile.starts[sample] + 1  # the last hit of a sample is the outermost
    return out


def _physical(profile: Profile) -> np.ndarray:
    """Physical locations per stack: frames that are not inlined into the next one."""
    whole = ~profile.sites["inlined"].to_numpy()
    if len(profile.frames) >= LARGE:
        from schedlab.kernels.stacks import count_hits

        out = np.empty(profile.n, np.int64)
        count_hits(profile.starts, profile.frames, whole.astype(np.int64), out)
        return out
    upto = np.concatenate([[0], np.cumsum(whole[profile.frames])])
    return upto[profile.starts[1:]] - upto[profile.starts[:-1]]
