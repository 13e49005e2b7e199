"""Every sample gets two answers: by which mechanism it burned (or waited), and who owns it.

The mechanism comes from `classes.toml`; the owner is the first frame, from the leaf, outside the runtime and
its machinery, or else the root of the stack (mcall, gcBgMarkWorker, sysmon, ...). What a CPU profile shows is
CPU spent IN a mechanism; what a block or mutex profile shows is time waited: the two are never added.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.model.shares import wilson
from schedlab.profiles.entries import LARGE, package
from schedlab.profiles.filters import label_texts
from schedlab.profiles.top import sampled

#: codes beside the number of a mechanism: what a frame may be in the search from the leaf
APPLICATION, UNKNOWN = "application", "unclassified runtime"
_PASS, _WINS = 64, 128
#: every goroutine that waits stands in these: in a snapshot of goroutines they say nothing
_PARKED, _SNAPSHOTS = ("runtime.gopark", "runtime.goparkunlock"), ("goroutine", "goroutineleak")


@dataclass(frozen=True)
class Attribution:
    """Per stack: `mechanism` int64, an index into `mechanisms`; `owner` int64, a row of functions, -1 none.

    `unclassified` says per stack that its leaf is a runtime function no rule knows (its mechanism then comes
    from the frames above).
    """

    mechanisms: tuple[str, ...]
    mechanism: np.ndarray
    owner: np.ndarray
    unclassified: np.ndarray


def classes(profile: Profile, kind: str | None = None, owners: bool = False) -> pd.DataFrame:
    """Value, share and interval per mechanism (and per owner's package, if asked), largest first.

    Shares are of the profile's total; intervals are Wilson's where samples were counted.
    """
    found = attribute(profile)
    value, total = profile.value(kind), max(profile.total(kind), 1)
    packages, home = pd.factorize(
        np.array([*(package(n) for n in profile.functions["name"]), "(none)"], object)
    )
    row = found.mechanism * len(home) + owners * packages[found.owner]
    sums = np.zeros(len(found.mechanisms) * len(home), np.int64)
    np.add.at(sums, row, value)
    rows = np.flatnonzero(np.bincount(row, minlength=len(sums)))
    mechanism = np.array(found.mechanisms, object)[rows // len(home)]
    table = pd.DataFrame({"mechanism": mechanism, "value": sums[rows]})
    keys = ["mechanism"]
    if owners:
        keys = ["mechanism", "owner"]
        table.insert(1, "owner", home[rows % len(home)])
    n = sampled(profile, kind)
    lo, hi = wilson(table["value"] * (n / total), n) if n else (np.nan, np.nan)
    table = table.assign(share=table["value"] / total, lo=lo, hi=hi)
    return table.sort_values(["value", *keys], ascending=[False, *[True] * len(keys)]).reset_index(drop=True)


def without_observer(profile: Profile) -> Profile:
    """Without what the profiler itself did or waited for, such as the sleep of its own handler."""
    about = attribute(profile)
    own = about.mechanism == about.mechanisms.index("observer")
    if not own.any():
        return profile
    said = "what the profiler itself waited for (class observer) is left out"
    return replace(profile.keep(~own), warnings=(*profile.warnings, said))


def unclassified(profile: Profile, kind: str | None = None) -> pd.DataFrame:
    """Runtime leaves that no rule knows, with their share: what the table of classes ought to learn."""
    chosen = attribute(profile).unclassified
    leaf = profile.frames[profile.starts[:-1][chosen]]
    frame = pd.DataFrame({"function": profile.names()[leaf], "value": profile.value(kind)[chosen]})
    table = frame.groupby("function")["value"].sum().sort_values(ascending=False).reset_index()
    return table.assign(share=table["value"] / max(profile.total(kind), 1))


def waiting_mechanism(reason: str) -> str:
    """The mechanism a goroutine waits in, from Go's wait reason; empty where the reason tells none."""
    return next((m for m, pattern in _reasons() if pattern.fullmatch(reason)), "")


def sites(profile: Profile) -> list[str]:
    """Where the owner of each stack stands, `function (file.go:line)`; `(none)` for empty stacks."""
    owner = _searched(profile)[1][:, 1]
    names, lines = profile.names(), profile.sites["line"].to_numpy()
    paths = profile.functions["file"].to_numpy(object)[profile.sites["function"]]
    texts = {s: f"{names[s]} ({paths[s].rsplit('/', 1)[-1]}:{lines[s]})" for s in set(owner.tolist()) - {-1}}
    return [texts.get(s, "(none)") for s in owner.tolist()]


def attribute(profile: Profile) -> Attribution:
    """Mechanism and owner of every stack; of goroutines in a dump, what Go says they wait for."""
    names, out = _searched(profile)
    row, mechanism = np.append(profile.sites["function"].to_numpy(), -1), out[:, 0]
    if profile.types[0][0] in _SNAPSHOTS:
        said = [waiting_mechanism(reason) for reason in label_texts(profile, "reason")]
        mechanism = np.array(
            [names.index(s) if s else m for s, m in zip(said, mechanism, strict=True)], np.int64
        )
    return Attribution(names, mechanism, row[out[:, 1]], out[:, 2] == 1)


def _searched(profile: Profile) -> tuple[tuple[str, ...], np.ndarray]:
    """The mechanisms; and per stack its mechanism, its owning site, whether its leaf is unclassified."""
    names, of_function = function_codes(profile.functions["name"], profile.functions["file"])
    function = profile.sites["function"].to_numpy()
    parked = profile.functions["name"].isin(_PARKED if profile.types[0][0] in _SNAPSHOTS else ())
    of_function[0][parked.to_numpy()] |= _PASS
    code, owns = of_function[0][function], of_function[1][function]
    application, unknown = names.index(APPLICATION), names.index(UNKNOWN)
    if len(profile.frames) >= LARGE:
        from schedlab.kernels.stacks import attribute as compiled

        out = np.empty((profile.n, 3), np.int64)
        compiled(
            profile.starts, profile.frames, np.stack([code, owns]), np.array([application, unknown]), out
        )
    else:
        out = _attribute(profile, code, owns, application, unknown)
    return names, out


def function_codes(names, paths) -> tuple[tuple[str, ...], np.ndarray]:
    """The mechanisms, and per function (its code, whether it can own a sample): int64, shape (2, functions).

    A code is the mechanism's index, plus 64 where the search passes on, plus 128 where the class wins.
    """
    known = mechanisms()
    pairs = [_code(name, path) for name, path in zip(names, paths, strict=True)]
    return known, np.array(pairs, np.int64).reshape(-1, 2).T.copy()


def mechanisms() -> tuple[str, ...]:
    """Every mechanism, in the order of the table, the application first."""
    named = [rule.mechanism for rule in _rules()[0]]
    return tuple(dict.fromkeys([APPLICATION, *named, UNKNOWN]))


def _attribute(profile: Profile, code, owns, application: int, unknown: int) -> np.ndarray:
    """The search of `kernels.stacks.attribute`, stack by stack in plain Python, on lists."""
    code, owns = code.tolist(), owns.tolist()
    frames, starts = profile.frames.tolist(), profile.starts.tolist()
    out = []
    for begin, end in pairwise(starts):
        stack = frames[begin:end]
        codes = [code[f] for f in stack]
        first = next((c for c in codes if c < _PASS), None)
        alone = next((c & 63 for c in codes if c & 63 != unknown), unknown if codes else application)
        winner = next((c for c in codes if c >= _WINS), None)
        mechanism = winner & 63 if winner is not None else alone if first is None else first
        owner = next((f for f in stack if owns[f]), stack[-1] if stack else -1)
        out.append((mechanism, owner, bool(codes) and codes[0] & 63 == unknown))
    return np.array(out, np.int64).reshape(-1, 3)


@dataclass(frozen=True)
class _Rule:
    mechanism: str
    passes: bool
    wins: bool
    names: re.Pattern
    but: re.Pattern
    files: re.Pattern


@cache
def _rules() -> tuple[tuple[_Rule, ...], re.Pattern]:
    table = _table()
    return tuple(_rule(row) for row in table["class"]), _pattern(table["machinery"])


@cache
def _reasons() -> tuple[tuple[str, re.Pattern], ...]:
    return tuple((mechanism, _pattern(globs)) for mechanism, globs in _table()["reasons"].items())


def _table() -> dict:
    return tomllib.loads(files(__package__).joinpath("classes.toml").read_text("utf-8"))


def _rule(row: dict) -> _Rule:
    names = [f"runtime.{n}" for n in row.get("runtime", ())] + row.get("names", [])
    inside = [f"*{f}" for f in row.get("files", ())]
    return _Rule(
        row["mechanism"],
        row.get("pass", False),
        row.get("wins", False),
        _pattern(names),
        _pattern(row.get("except", [])),
        _pattern(inside),
    )


def _pattern(globs: list[str]) -> re.Pattern:
    parts = [".*".join(re.escape(part) for part in glob.split("*")) for glob in globs]
    return re.compile("|".join(parts) if parts else r"(?!)")


@cache
def _code(name: str, path: str) -> tuple[int, int]:
    """The code of one function and whether it can own a sample."""
    rules, machinery = _rules()
    known, home = mechanisms(), package(name)
    owns = int(not machinery.fullmatch(home) and not name.startswith("["))
    rule = next((r for r in rules if r.names.fullmatch(name) and not r.but.fullmatch(name)), None)
    if rule is None and (home == "runtime" or home.startswith(("runtime/", "internal/runtime/"))):
        rule = next((r for r in rules if r.files.fullmatch(path)), None)
        if rule is None and not any(r.but.fullmatch(name) for r in rules):
            return known.index(UNKNOWN) + _PASS, 0
    if rule is None:
        return known.index(APPLICATION), owns
    return known.index(rule.mechanism) + _PASS * rule.passes + _WINS * rule.wins, owns
