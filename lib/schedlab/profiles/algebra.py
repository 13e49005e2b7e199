"""Adding and subtracting profiles, with pprof's meaning: `merge` is several inputs, `subtract` is -base.

Sites are equal when function, line, binary and address within it are; two builds therefore meet only at the
granularity of functions. Stacks that are equal, labels included, are added; stacks that come to zero vanish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from schedlab.errors import SchedlabError
from schedlab.model.profile import Profile, offsets


def merge(profiles: Sequence[Profile]) -> Profile:
    """One profile with the values of all: durations are added, the earliest time and longest period kept."""
    if not profiles:
        raise SchedlabError("nothing to merge: give at least one profile")
    return _combined(side_by_side(profiles))


def subtract(profile: Profile, base: Profile) -> Profile:
    """`profile - base`, as pprof's -base: for snapshots of cumulative profiles (block, mutex, allocs).

    100 % is the sum of the absolute differences.
    """
    return merge([profile, scaled(base, -np.ones(len(base.types)))])


def against(profile: Profile, base: Profile) -> Profile:
    """`profile - base` as pprof's -diff_base: shares are of the base's total, old and new stay apart."""
    totals = tuple(int(t) for t in np.abs(base.values).sum(axis=0))
    joined = side_by_side([profile, scaled(base, -np.ones(len(base.types)))])
    return replace(joined, facts={**joined.facts, "totals": totals})


def normalized(profile: Profile, base: Profile) -> Profile:
    """The profile scaled so that each total equals the base's; each stack is rounded, as pprof does."""
    mine, other = profile.values.sum(axis=0), base.values.sum(axis=0)
    return scaled(profile, np.where(mine != 0, other / np.where(mine != 0, mine, 1), 0.0))


def scaled(profile: Profile, factors: np.ndarray) -> Profile:
    """Every value times its type's factor, rounded half away from zero."""
    product = profile.values * factors
    rounded = np.copysign(np.floor(np.abs(product) + 0.5), product).astype(np.int64)
    return replace(profile, values=rounded)


def side_by_side(profiles: Sequence[Profile]) -> Profile:
    """All stacks of all profiles over common sites and functions, nothing added up yet."""
    types = common_types(profiles)
    tables, sites, functions, binaries = _common(profiles)
    shift = offsets(np.array([p.n for p in profiles]))
    labels = [p.labels.assign(sample=p.labels["sample"] + at) for p, at in zip(profiles, shift, strict=False)]
    return Profile(
        types=types,
        values=np.concatenate([p.values[:, [p.index(name) for name, _ in types]] for p in profiles]),
        starts=offsets(np.concatenate([p.depths for p in profiles])),
        frames=np.concatenate([t[p.frames] for t, p in zip(tables, profiles, strict=True)]),
        sites=sites,
        functions=functions,
        labels=pd.concat(labels, ignore_index=True),
        facts=_facts(profiles, binaries),
        warnings=tuple(dict.fromkeys(w for p in profiles for w in p.warnings)),
    )


def common_types(profiles: Sequence[Profile]) -> tuple[tuple[str, str], ...]:
    """The sample types that all profiles have; SchedlabError where there is none (say, CPU and heap)."""
    shared = tuple(t for t in profiles[0].types if all(t in p.types for p in profiles))
    if not shared:
        kinds = " / ".join(", ".join(name for name, _ in p.types) for p in profiles)
        raise SchedlabError(f"these profiles have no sample type in common: {kinds}")
    return shared


def _common(profiles: Sequence[Profile]):
    """For each profile the new row of each site, with the common sites, functions and binaries."""
    binaries = tuple(dict.fromkeys(b for p in profiles for b in p.facts.get("binaries", ())))
    number = {b: i for i, b in enumerate(binaries)}
    functions = pd.concat([p.functions for p in profiles], ignore_index=True)
    functions, of_function = _unique(functions)
    shift, sites = offsets(np.array([len(p.functions) for p in profiles])), []
    for p, at in zip(profiles, shift, strict=False):
        binary = np.array([*(number[b] for b in p.facts.get("binaries", ())), -1], np.int32)
        function = of_function[p.sites["function"].to_numpy() + at].astype(np.int32)
        sites.append(p.sites.assign(function=function, binary=binary[p.sites["binary"].to_numpy()]))
    ends = np.cumsum([len(s) for s in sites])[:-1]
    table, of_site = _unique(pd.concat(sites, ignore_index=True))
    return np.split(of_site.astype(np.int32), ends), table, functions, binaries


def _unique(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Distinct rows in order of first occurrence, and the row of each."""
    number = table.groupby(list(table.columns), sort=False, dropna=False).ngroup().to_numpy()
    return table[~table.duplicated()].reset_index(drop=True), number


def _combined(profile: Profile) -> Profile:
    """Equal stacks (frames and labels) added up, in order of first occurrence."""
    number = stack_numbers(profile)
    size = int(number.max(initial=-1)) + 1
    values = np.zeros((size, len(profile.types)), np.int64)
    np.add.at(values, number, profile.values)
    first = np.zeros(profile.n, bool)
    first[np.unique(number, return_index=True)[1]] = True
    kept = replace(profile, values=profile.values * 0).keep(first)
    kept = replace(kept, values=values)
    return kept.keep((values != 0).any(axis=1))


def stack_numbers(profile: Profile) -> np.ndarray:
    """Equal stacks (frames and labels) get one number, in order of first occurrence; int64 (samples,)."""
    raw, starts = profile.frames.tobytes(), (profile.starts * profile.frames.itemsize).tolist()
    labels: dict[int, tuple] = {}
    for sample, *rest in profile.labels.itertuples(index=False):
        labels[sample] = (*labels.get(sample, ()), *rest)
    known: dict[tuple, int] = {}
    keys = ((raw[starts[i] : starts[i + 1]], labels.get(i)) for i in range(profile.n))
    return np.fromiter((known.setdefault(key, len(known)) for key in keys), np.int64, profile.n)


def _facts(profiles: Sequence[Profile], binaries: tuple[str, ...]) -> dict:
    times = [p.facts.get("time_ns", 0) for p in profiles]
    return {
        **profiles[0].facts,
        "time_ns": min((t for t in times if t), default=0),
        "duration_s": sum(p.facts.get("duration_s", 0.0) for p in profiles),
        "period": max(p.facts.get("period", 0) for p in profiles),
        "binaries": binaries,
    }
