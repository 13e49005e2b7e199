"""The shapes that extensions fill in: a reader, a metric, a family. One file each, listed in one tuple."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from schedlab.model.carries import Carries
from schedlab.model.sample import Sample

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reading:
    """What a reader made of one file.

    `tables` maps table names to tidy frames; `facts` are single values of the file (tool version, duration
    in seconds, ...); `damage` has one row per kind of trouble that reading survived: kind, count,
    first_line, first_text; `warnings` are sentences for people.
    """

    format: str
    tables: Mapping[str, pd.DataFrame]
    facts: Mapping[str, Any] = field(default_factory=dict)
    damage: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One file format. `sniff(head, name)` sees the first decompressed 64 KiB and the file's name without
    a compression suffix; `read(path, data)` gets the whole decompressed content. `carries` says what a load
    test's file of this format can support, None for other formats; `versions` those read from real files.
    `stream(path, pieces)`, where a format has it, takes the content piece by piece and never holds it whole.
    `text` says that the content has lines; binary content has none. `shown_by` says whose files tests read.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[str, bytes], Reading]
    yields: tuple[str, ...]
    about: str = ""
    carries: Carries | None = None
    versions: str = ""
    stream: Callable[[str, Iterable[bytes]], Reading] | None = None
    text: bool = True
    shown_by: str = "the tool, run here"


@dataclass(frozen=True)
class Metric:
    """One number (or sample) per run. `compute(tables, run)` gets the tables named in `needs`.

    `artifact` names the kind of artifact they come from where several kinds yield the same table;
    `otherwise` measures the same from other tables in runs that lack these.
    """

    name: str
    unit: str
    better: str
    needs: tuple[str, ...]
    compute: Callable[..., float | Sample]
    about: str = ""
    artifact: str | None = None
    otherwise: Metric | None = None


@dataclass(frozen=True)
class Edge:
    """How far a free coordinate may go before its estimate is taken to run off, and what the limit is.

    `spread` 1 or -1 adds or subtracts log sd of log x first, for coordinates that only mean something
    relative to it.
    """

    lo: float = -8.0
    hi: float = 8.0
    below: str = ""
    above: str = ""
    spread: int = 0


@dataclass(frozen=True)
class Family:
    """A family of distributions of positive values x.

    Parameters are positional, in the order of `params`; `links` says which free coordinate of the fit each
    has: log (positive), identity, logit (a share), chosen (set by `start`, without a slope) or fixed (given,
    not fitted). `terms(z, theta, out)` is a kernel: for each z = log x it writes the log-density of z, its
    gradient and the upper triangle of its Hessian in the free coordinates `theta`, one row each. `log_cdf`,
    `log_sf` (x, *params) and `ppf` (q, *params) take and return arrays. `start(z, weights)` gives coordinates
    to begin at. `closed` has two kernels, `sums` and `top` (see `kernels.closed`), where the maximum of exact
    values has a closed form.
    A `grouped` family is fitted to values grouped by the clock's tick only: its likelihood has no bound else.
    `edges` says of parameters how far they may go: beyond, the maximum does not exist or lies on the edge.
    `sized` names, for a coordinate in the sample's unit, the one that is the logarithm of its size.
    `sums` is a kernel that does what `terms` and `kernels.likelihood.interval_sums` do together, where a
    family can do it quicker at once: (z, log_weights, shapes, counts, theta).
    `beside(theta)` gives other values of chosen coordinates to try, until none is likelier;
    `tidy(theta)` is the same law with its parts in order.
    `starts(z, weights)`, where the likelihood may have several peaks, are rows: `start` and its rivals.
    `support(theta)` is where the law can be, lowest and highest x, where that depends on its parameters.
    `doubts(fit, likelihood)` returns further warnings (`Void` where parameters mean nothing).
    """

    name: str
    params: tuple[str, ...]
    links: tuple[str, ...]
    terms: Callable[..., None]
    log_cdf: Callable[..., np.ndarray]
    log_sf: Callable[..., np.ndarray]
    ppf: Callable[..., np.ndarray]
    start: Callable[..., np.ndarray]
    story: str = ""
    closed: Any = None
    doubts: Callable[..., tuple[str, ...]] | None = None
    grouped: bool = False
    edges: Mapping[str, Edge] = field(default_factory=dict)
    sized: Mapping[str, str] = field(default_factory=dict)
    sums: Callable[..., np.ndarray] | None = None
    beside: Callable[[np.ndarray], list[np.ndarray]] | None = None
    tidy: Callable[[np.ndarray], np.ndarray] | None = None
    starts: Callable[..., np.ndarray] | None = None
    support: Callable[[np.ndarray], tuple[float, float]] | None = None

    def cdf(self, x, *params) -> np.ndarray:
        """The share of values up to x."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.exp(self.log_cdf(np.asarray(x, dtype=np.float64), *params))

    def sf(self, x, *params) -> np.ndarray:
        """The share of values above x; exact where it is tiny."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.exp(self.log_sf(np.asarray(x, dtype=np.float64), *params))

    def log_pdf(self, x, *params) -> np.ndarray:
        """The logarithm of the density at x > 0."""
        z = np.log(np.ascontiguousarray(np.atleast_1d(x), dtype=np.float64))
        return self.rows(z, self.theta(params))[0] - z

    def rows(self, z: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """The log-density of z, its gradient and Hessian, one row each."""
        p = len(self.params)
        out = np.empty((1 + p + p * (p + 1) // 2, len(z)))
        self.terms(z, theta, out)
        return out

    def steps(self, theta: np.ndarray) -> np.ndarray:
        """The scale of each free coordinate: 1, or its size where it has one; 0 where it is not free."""
        steps = np.array([float(link not in ("fixed", "chosen")) for link in self.links])
        for name, size in self.sized.items():
            steps[self.params.index(name)] = math.exp(theta[self.params.index(size)])
        return steps

    def theta(self, params) -> np.ndarray:
        """Free coordinates of the parameters."""
        return np.array([INTO[link](v) for link, v in zip(self.links, params, strict=True)])

    def natural(self, theta) -> tuple[float, ...]:
        """Parameters at the free coordinates."""
        return tuple(OUT_OF[link](v) for link, v in zip(self.links, theta, strict=True))


def _expit(x: float) -> float:
    return 0.0 if x <= -700.0 else 1.0 / (1.0 + math.exp(-x))


def _exp(x: float) -> float:
    return math.exp(min(x, 709.0))


#: from a parameter to its free coordinate, and back
INTO = {
    "log": math.log,
    "identity": float,
    "chosen": float,
    "fixed": float,
    "logit": lambda p: math.log(p) - math.log1p(-p),
}
OUT_OF = {"log": _exp, "identity": float, "chosen": float, "fixed": float, "logit": _expit}
