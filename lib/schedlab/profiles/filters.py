"""Which samples and frames to look at, with pprof's meaning of each word.

A regex matches a frame by its function, its file or its binary, anywhere in the name. Filters keep what
100 % is: shares stay shares of the whole profile. `focus` and `ignore` choose samples, `hide`, `show` and
`show_from` cut frames out of stacks, `tagfocus` and `tagignore` choose by label.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from schedlab.model.profile import Profile, offsets

_BYTES = {"b": 1, "byte": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "bytes": 1, "": 1}
_RANGE = re.compile(r"([+-]?\d+)([A-Za-z]*)")


def focus(profile: Profile, pattern: str) -> Profile:
    """Only samples with a matching frame."""
    return remember(profile).keep(_any(profile, matching(profile, pattern)))


def ignore(profile: Profile, pattern: str) -> Profile:
    """Only samples without a matching frame (and with any frame at all)."""
    return remember(profile).keep(~_any(profile, matching(profile, pattern)) & (profile.depths > 0))


def hide(profile: Profile, pattern: str) -> Profile:
    """Without matching frames; their value moves to the caller."""
    return keep_frames(profile, ~matching(profile, pattern)[profile.frames])


def show(profile: Profile, pattern: str) -> Profile:
    """Only matching frames."""
    return keep_frames(profile, matching(profile, pattern)[profile.frames])


def show_from(profile: Profile, pattern: str) -> Profile:
    """Stacks from their outermost matching frame down to the leaf; samples without one are left out."""
    at = np.flatnonzero(matching(profile, pattern)[profile.frames])
    last = np.full(profile.n, -1)
    last[np.searchsorted(profile.starts, at, side="right") - 1] = at
    sample = np.repeat(np.arange(profile.n), profile.depths)
    return keep_frames(profile, np.arange(len(profile.frames)) <= last[sample])


def noinlines(profile: Profile) -> Profile:
    """Only physical functions: inlined frames are charged to the function they were inlined into."""
    return keep_frames(profile, ~profile.sites["inlined"].to_numpy()[profile.frames])


def tagfocus(profile: Profile, text: str) -> Profile:
    """Only samples whose labels match `regex`, `key=regex` or a range such as `bytes=1kb:64kb`."""
    return remember(profile).keep(_tagged(profile, text))


def tagignore(profile: Profile, text: str) -> Profile:
    """Only samples whose labels do not match; see `tagfocus`."""
    return remember(profile).keep(~_tagged(profile, text))


#: the filters by the names that the command line and pprof give them, in the order in which they apply
FILTERS = {
    "focus": focus,
    "ignore": ignore,
    "hide": hide,
    "show": show,
    "show_from": show_from,
    "tagfocus": tagfocus,
    "tagignore": tagignore,
}


def apply(profile: Profile, inlines: bool = True, **patterns: str | None) -> Profile:
    """All given filters in pprof's order."""
    for name, each in FILTERS.items():
        if patterns.get(name):
            profile = each(profile, patterns[name])
    return profile if inlines else noinlines(profile)


def matching(profile: Profile, pattern: str) -> np.ndarray:
    """Which sites match by function, file or binary, bool, shape (sites,)."""
    search = re.compile(pattern).search
    functions = zip(profile.functions["name"], profile.functions["file"], strict=True)
    function = np.array([bool(search(name) or search(file)) for name, file in functions], bool)
    binary = np.array([bool(search(b)) for b in (*profile.facts.get("binaries", ()), "")], bool)
    binary[-1] = False
    return function[profile.sites["function"].to_numpy()] | binary[profile.sites["binary"].to_numpy()]


def keep_frames(profile: Profile, kept: np.ndarray) -> Profile:
    """Stacks with only those frames (bool, shape (frames,)); stacks left without any vanish."""
    profile = remember(profile)
    upto = np.concatenate([[0], np.cumsum(kept)])
    depths = upto[profile.starts[1:]] - upto[profile.starts[:-1]]
    cut = replace(profile, frames=profile.frames[kept], starts=offsets(depths))
    return cut.keep(depths > 0)


def remember(profile: Profile) -> Profile:
    """The profile with its totals written down, so that 100 % stays what it was before filtering."""
    if "totals" in profile.facts:
        return profile
    totals = tuple(int(t) for t in np.abs(profile.values).sum(axis=0))
    return replace(profile, facts={**profile.facts, "totals": totals})


def label_texts(profile: Profile, key: str) -> np.ndarray:
    """The text of each sample's label of that key, object; empty where it has none."""
    labels = profile.labels[profile.labels["key"] == key]
    out = np.full(profile.n, "", object)
    out[labels["sample"].to_numpy(np.int64)] = labels["text"].to_numpy(object)
    return out


def _any(profile: Profile, sites: np.ndarray) -> np.ndarray:
    upto = np.concatenate([[0], np.cumsum(sites[profile.frames])])
    return upto[profile.starts[1:]] > upto[profile.starts[:-1]]


def _tagged(profile: Profile, text: str) -> np.ndarray:
    """Which samples have matching labels; several regexes without a key must all match."""
    key, _, value = text.rpartition("=")
    labels = profile.labels if not key else profile.labels[profile.labels["key"] == key]
    bounds = _bounds(value)
    hit = np.zeros(profile.n, bool)
    if bounds:
        inside = labels["number"].between(*bounds) & (labels["text"] == "")
        hit[labels.loc[inside, "sample"].to_numpy()] = True
        return hit
    texts = labels[labels["text"] != ""]
    shown = texts["text"] if key else texts["key"] + ":" + texts["text"]
    found = []
    for pattern in value.split(","):
        one = np.zeros(profile.n, bool)
        one[texts.loc[shown.str.contains(pattern, regex=True), "sample"].to_numpy()] = True
        found.append(one)
    return np.any(found, axis=0) if key else np.all(found, axis=0)


def _bounds(text: str) -> tuple[float, float] | None:
    """`32kb`, `:64kb`, `4mb:` or `12kb:64mb` as (lo, hi) in bytes or plain numbers."""
    parts = [(_RANGE.fullmatch(p), p) for p in text.split(":")]
    if len(parts) > 2 or not any(p for _, p in parts) or any(p and not m for m, p in parts):
        return None
    sizes = [float(m[1]) * _BYTES.get(m[2].lower(), 1) if m else None for m, _ in parts]
    lo, hi = (sizes[0], sizes[0]) if len(sizes) == 1 else sizes
    return (-np.inf if lo is None else lo, np.inf if hi is None else hi)
