"""What a fit says: the parameters of a family, how sure they are, and what is doubtful about them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from schedlab.model.extend import Family

#: two-sided normal quantiles of the usual confidences
_Z = {0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004}


class Void(str):
    """A doubt so deep that the parameters mean nothing: no maximum, an edge, a ridge, two peaks."""


@dataclass(frozen=True)
class Fit:
    """The parameters that make a sample most likely under a family.

    `theta` and `cov` are in the family's free coordinates; `nll` is the negative log-likelihood in the
    sample's unit; `gradient` is its largest slope per observation at the solution, `condition` the condition
    number of the information there. `n` counts observations; `n_eff` how many independent ones they equal.
    `runs` says over how many runs the standard errors were taken, 0 where they count observations.
    """

    family: Family
    theta: np.ndarray
    cov: np.ndarray
    nll: float
    n: float
    unit: str
    gradient: float = 0.0
    condition: float = 1.0
    iterations: int = 0
    converged: bool = True
    n_eff: float = math.nan
    se_by: str = "observed information"
    runs: int = 0
    warnings: tuple[str, ...] = ()
    notes: dict = field(default_factory=dict)

    @cached_property
    def params(self) -> tuple[float, ...]:
        """The parameters, in the order of `family.params`; NaN where they mean nothing (see `warnings`)."""
        return self.law if self.readable else (math.nan,) * len(self.theta)

    @property
    def readable(self) -> bool:
        """Whether the parameters mean something. Where not, cdf and quantiles are still the nearest law's."""
        return not any(isinstance(w, Void) for w in self.warnings)

    @cached_property
    def law(self) -> tuple[float, ...]:
        """The numbers that cdf and quantiles are computed from: `params`, also where those mean nothing."""
        return self.family.natural(self.theta)

    @cached_property
    def se(self) -> tuple[float, ...]:
        """The standard error of each parameter (delta method); NaN where the information gives none."""
        sd = np.sqrt(np.where(np.diag(self.cov) >= 0, np.diag(self.cov), math.nan))
        slopes = (_SLOPE[link](p) for link, p in zip(self.family.links, self.params, strict=True))
        return tuple(float(s * d) for s, d in zip(slopes, sd, strict=True))

    @property
    def k(self) -> int:
        """How many parameters were fitted."""
        return sum(link != "fixed" for link in self.family.links)

    @property
    def loglik(self) -> float:
        return -self.nll

    @property
    def aic(self) -> float:
        """Akaike's criterion, as if the observations were independent."""
        return 2.0 * (self.nll + self.k)

    @property
    def bic(self) -> float:
        """Schwarz's criterion, as if the observations were independent."""
        return 2.0 * self.nll + self.k * math.log(self.n)

    def interval(self, confidence: float = 0.95) -> tuple[tuple[float, float], ...]:
        """Each parameter's interval, symmetric in its free coordinate, so that it stays in its range; with
        standard errors from R runs by Student's t with R - 1 degrees of freedom."""
        z = _Z[confidence] if self.runs == 0 else _student(self.runs - 1, confidence)
        sd = np.sqrt(np.where(np.diag(self.cov) >= 0, np.diag(self.cov), math.nan))
        sd = sd if self.readable else sd * math.nan
        lo, hi = self.family.natural(self.theta - z * sd), self.family.natural(self.theta + z * sd)
        return tuple(zip(lo, hi, strict=True))

    def cdf(self, x) -> np.ndarray:
        """The fitted share of values up to x."""
        return self.family.cdf(x, *self.law)

    def sf(self, x) -> np.ndarray:
        """The fitted share of values above x."""
        return self.family.sf(x, *self.law)

    def ppf(self, q) -> np.ndarray:
        """The fitted quantile at q in [0, 1]."""
        return self.family.ppf(np.asarray(q, dtype=np.float64), *self.law)

    def __str__(self) -> str:
        pairs = zip(self.family.params, self.params, self.se, strict=True)
        inside = ", ".join(f"{name} {value:.4g} ± {se:.1g}" for name, value, se in pairs)
        return f"{self.family.name}({inside}), n {self.n:,.0f}, log-likelihood {self.loglik:,.1f}"


def _student(degrees: int, confidence: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + 0.5 * confidence))


#: derivative of a parameter in its free coordinate, as a function of the parameter
_SLOPE = {
    "log": lambda p: p,
    "identity": lambda p: 1.0,
    "chosen": lambda p: 0.0,
    "fixed": lambda p: 0.0,
    "logit": lambda p: p * (1.0 - p),
}
