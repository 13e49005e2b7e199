"""Two arms compared, function by function, with the noise of the comparison beside every difference.

Shares alone turn unchanged functions red when something else shrinks, so where the load generator's count of
requests is known the cost per request stands beside them. Functions that are near-copies of each other (a
chain of calls whose samples are the same but for one in twenty) are one hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from schedlab.errors import TooFewValues
from schedlab.model.profile import Profile
from schedlab.profiles import noise
from schedlab.profiles.algebra import side_by_side
from schedlab.profiles.classes import attribute, function_codes
from schedlab.profiles.entries import Entries, entries, totals
from schedlab.profiles.graph import edges

#: pooled samples below which a function is not tested
FEWEST = 10
#: share of both functions' samples that must be common for them to be one hypothesis
NEAR_COPY = 0.95
#: the total of a run without a single sample: its shares are 0
NEXT_TO_NOTHING = 1e-9
#: what 100 % of false discoveries may be
DISCOVERY = 0.05


@dataclass(frozen=True)
class Arm:
    """The profiles of one arm, one a run, with the requests served while each was taken, if known."""

    name: str
    profiles: tuple[Profile, ...]
    requests: tuple[float, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One row per function in `table`, largest |difference| first; `method` and `warnings` say its worth.

    Columns: name, mechanism, baseline and treated (shares), difference, lo, hi, p, q (false discovery rate
    over tested functions), dispersion, samples (pooled), chain (the function that stands for its
    near-copies), beyond_noise (never true where only sampling noise could be seen); and where requests are
    known per_request_ratio with its lo and hi.
    """

    table: pd.DataFrame
    baseline: str
    treated: str
    kind: str
    method: str
    runs: tuple[int, int]
    warnings: tuple[str, ...] = ()
    samples: tuple[float, float] = (0.0, 0.0)

    def detectable(self, share: float, power: float = 0.8) -> float:
        """The difference of a share of that size that these samples and runs would show with that power.

        One test at 0.05, with the median dispersion of the tested functions; NaN without counted samples.
        """
        return float((stats.norm.ppf(0.975) + stats.norm.ppf(power)) * self._spread(share))

    def power(self, share: float, changes: Sequence[float] = (0.02, 0.05, 0.10)) -> pd.DataFrame:
        """The chance that a change of a share of that size would have been seen, one row per change."""
        z = np.array(changes) / self._spread(share)
        seen = stats.norm.sf(stats.norm.ppf(0.975) - z) + stats.norm.cdf(-stats.norm.ppf(0.975) - z)
        return pd.DataFrame({"change_share": changes, "power_share": seen})

    def _spread(self, share: float) -> float:
        """The standard error of a difference of shares; NaN without counted samples."""
        if not all(self.samples):
            return float("nan")
        phi = float(self.table.loc[self.table["q"].notna(), "dispersion"].median())
        return float(np.sqrt(phi * share * (1 - share) * sum(1 / n for n in self.samples)))


def diff(baseline: Arm, treated: Arm, kind: str | None = None, by: str = "function") -> Difference:
    """The difference of cumulative shares of every function, treated - baseline."""
    joined, run = joint(baseline, treated)
    kind, counted = comparable(joined, kind)
    ids = entries(joined, by)
    cut, runs = len(baseline.profiles), len(baseline.profiles) + len(treated.profiles)
    values, total = per_run(joined, run, runs, ids, kind)
    if counted == "heap":
        values, total = _effective(values, total, [*baseline.profiles, *treated.profiles], kind)
    found = noise.compare(values[:, :cut], total[:cut], values[:, cut:], total[cut:], bool(counted))
    pooled = values.sum(axis=1)
    chain = chains(joined, ids, kind)
    table = pd.DataFrame(
        {"name": pd.Series(ids.names, dtype="str"), "mechanism": _mechanisms(joined, ids, by)}
    )
    table["baseline"] = values[:, :cut].sum(1) / total[:cut].sum()
    table["treated"] = values[:, cut:].sum(1) / total[cut:].sum()
    table = table.assign(difference=found.difference, lo=found.lo, hi=found.hi, p=found.p)
    table["q"] = _discoveries(found.p, pooled, chain, counted)
    table = table.assign(dispersion=found.dispersion, samples=pooled, chain=ids.names[chain])
    seen = noise.SAMPLING_ONLY not in found.warnings
    table["beyond_noise"] = seen & (table["q"] <= DISCOVERY) & ((table["lo"] > 0) | (table["hi"] < 0))
    if baseline.requests and treated.requests:
        table = table.assign(**_per_request(values, cut, baseline, treated, bool(counted)))
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    said = tuple(dict.fromkeys((*found.warnings, *joined.warnings)))
    n = (float(total[:cut].sum()), float(total[cut:].sum())) if counted == "samples" else (0.0, 0.0)
    return Difference(
        table.loc[order].reset_index(drop=True), baseline.name, treated.name, kind, found.method,
        (cut, len(treated.profiles)), said, n,
    )  # fmt: skip


def class_differences(baseline: Arm, treated: Arm, kind: str | None = None) -> pd.DataFrame:
    """The same for mechanisms, which do not overlap: shares sum to one in each arm."""
    joined, run = joint(baseline, treated)
    kind, counted = comparable(joined, kind)
    found, cut = attribute(joined), len(baseline.profiles)
    size, runs = len(found.mechanisms), cut + len(treated.profiles)
    cells = np.bincount(found.mechanism * runs + run, joined.value(kind), minlength=size * runs)
    values = cells.reshape(size, runs)
    total = np.maximum(values.sum(axis=0), NEXT_TO_NOTHING)
    about = noise.compare(values[:, :cut], total[:cut], values[:, cut:], total[cut:], counted == "samples")
    table = pd.DataFrame({"mechanism": pd.Series(found.mechanisms, dtype="str")})
    table["baseline"] = values[:, :cut].sum(1) / total[:cut].sum()
    table["treated"] = values[:, cut:].sum(1) / total[cut:].sum()
    table = table.assign(difference=about.difference, lo=about.lo, hi=about.hi, method=about.method)
    table["q"] = noise.false_discovery(np.where(values.sum(1) > 0, about.p, np.nan))
    return table[values.sum(1) > 0].reset_index(drop=True)


def joint(baseline: Arm, treated: Arm) -> tuple[Profile, np.ndarray]:
    """All stacks of both arms over common functions, and which run (baseline's first) each is of."""
    profiles = [*baseline.profiles, *treated.profiles]
    if not baseline.profiles or not treated.profiles:
        raise TooFewValues("a difference needs at least one profile in each arm")
    return side_by_side(profiles), np.repeat(np.arange(len(profiles)), [p.n for p in profiles])


def comparable(profile: Profile, kind: str | None) -> tuple[str, str]:
    """The type to compare by, and how it counts: samples, heap, or "" (no independent events)."""
    names = [name for name, _ in profile.types]
    kind = names[profile.index(kind)]
    if kind in ("samples", "cpu") and "samples" in names:
        return "samples", "samples"
    return kind, "heap" if kind in ("alloc_space", "alloc_objects", "inuse_space", "inuse_objects") else ""


def per_run(joined: Profile, run: np.ndarray, runs: int, ids: Entries, kind: str):
    """Cumulative value of each entry in each run, float64 (entries, runs), and each run's total."""
    columns, total = [], []
    for i in range(runs):
        one = joined.keep(run == i)
        columns.append(totals(one, ids, kind)[1])
        total.append(float(one.value(kind).sum()))
    return np.column_stack(columns).astype(float), np.maximum(np.array(total), NEXT_TO_NOTHING)


def chains(joined: Profile, ids: Entries, kind: str) -> np.ndarray:
    """For each entry the entry that stands for its near-copies (the one with the largest value)."""
    cum = totals(joined, ids, kind)[1].astype(float)
    links = edges(joined, kind)
    if len(links) == 0 or set(links["caller"]) - set(ids.names):
        return np.arange(ids.n)
    number = pd.Series(np.arange(ids.n), index=ids.names)
    caller, callee = links["caller"].map(number).to_numpy(), links["callee"].map(number).to_numpy()
    close = links["value"].to_numpy() >= NEAR_COPY * np.maximum(np.maximum(cum[caller], cum[callee]), 1)
    stand = np.arange(ids.n)
    for a, b in zip(caller[close], callee[close], strict=True):
        a, b = _root(stand, a), _root(stand, b)
        stand[min(a, b, key=lambda i: (cum[i], -i))] = max(a, b, key=lambda i: (cum[i], -i))
    return np.array([_root(stand, i) for i in range(ids.n)])


def effective_n(profile: Profile, kind: str) -> float:
    """How many equal independent samples a heap profile is worth: (sum w)^2 / sum w^2 over sampled objects.

    Each object of size s was sampled with probability 1 - exp(-s / rate); its weight is the inverse, times
    its size where bytes are counted. Without the size label the count of stacks stands in.
    """
    sizes = profile.labels[profile.labels["key"] == "bytes"].set_index("sample")["number"]
    size = sizes.reindex(range(profile.n)).fillna(0).to_numpy(float)
    objects = profile.value(kind.split("_")[0] + "_objects").astype(float)
    known = (size > 0) & (objects > 0)
    if not known.any():
        return float(np.count_nonzero(profile.value(kind)))
    chance = -np.expm1(-size[known] / max(profile.facts.get("period", 0), 1))
    weight = (size[known] if kind.endswith("space") else 1.0) / chance
    sampled = np.maximum(objects[known] * chance, 1)
    return float((sampled * weight).sum() ** 2 / (sampled * weight**2).sum())


def _root(stand: np.ndarray, i: int) -> int:
    while stand[i] != i:
        stand[i] = stand[stand[i]]
        i = stand[i]
    return int(i)


def _effective(values, total, profiles: Sequence[Profile], kind: str):
    """Heap values as if each run had its effective number of samples."""
    n = np.array([effective_n(p, kind) for p in profiles])
    return values / total * n, n


def _discoveries(p: np.ndarray, pooled: np.ndarray, chain: np.ndarray, counted: str) -> np.ndarray:
    """q of each entry: of its chain's representative, corrected over chains with enough samples."""
    tested = (chain == np.arange(len(chain))) & ((pooled >= FEWEST) | (not counted))
    q = noise.false_discovery(np.where(tested, p, np.nan))
    return q[chain]


def _mechanisms(joined: Profile, ids: Entries, by: str) -> pd.Series:
    if by != "function":
        return pd.Series([""] * ids.n, dtype="str")
    paths = dict(zip(joined.functions["name"], joined.functions["file"], strict=True))
    known, codes = function_codes(ids.names, [paths.get(n, "") for n in ids.names])
    return pd.Series([known[c & 63] for c in codes[0]], dtype="str")


def _per_request(values: np.ndarray, cut: int, baseline: Arm, treated: Arm, counted: bool) -> dict:
    """Ratio of cost per request, treated / baseline, with a 95 % interval."""
    requests = np.array([*baseline.requests, *treated.requests], float)
    x, y = values[:, :cut].sum(1), values[:, cut:].sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (y / requests[cut:].sum()) / (x / requests[:cut].sum())
        logs = np.log(values / requests)
        enough = min(cut, values.shape[1] - cut) >= noise.ENOUGH_RUNS
        if enough:
            found = noise.between_runs(logs[:, :cut], logs[:, cut:])
            middle, half = found.difference, found.hi - found.difference
        else:
            middle = np.log(ratio)
            half = stats.norm.ppf(0.975) * np.sqrt(1 / x + 1 / y) if counted else np.full(len(x), np.nan)
        return {
            "per_request_ratio": ratio,
            "per_request_lo": np.exp(middle - half),
            "per_request_hi": np.exp(middle + half),
        }
