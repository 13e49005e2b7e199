"""From the messages of profile.proto to a Profile: ids become rows, locations become logical frames."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from schedlab.errors import FormatError
from schedlab.ingest.pprof_messages import Messages
from schedlab.model.profile import Profile, offsets

#: what a frame is called that has neither a function nor a mapped file
UNKNOWN = "<unknown>"


def profile(path: str, raw: Messages, compiled: bool) -> tuple[Profile, Counter]:
    """The profile and a count of each kind of damage survived; FormatError where it makes no sense."""
    damage: Counter = Counter()
    strings = _Strings(raw.strings, damage)
    _check(path, raw)
    types = tuple((strings[k], strings[u]) for k, u in raw.types)
    sites, functions, first, count = _sites(raw, strings, damage)
    starts, frames = _stacks(raw, first, count, damage, compiled)
    n = len(starts) - 1
    made = Profile(
        types=types,
        values=raw.values_of.values.reshape(n, len(types)),
        starts=starts,
        frames=frames,
        sites=sites,
        functions=functions,
        labels=_labels(raw.labels, strings),
        facts=_facts(raw, strings),
    )
    return made, damage


class _Strings:
    """The string table; an index outside it reads as the empty string and is counted as damage."""

    def __init__(self, strings: list[str], damage: Counter):
        self.strings, self.damage = strings, damage
        if not strings or strings[0] != "":
            damage["string_table[0] is not the empty string"] += 1

    def __getitem__(self, index) -> str:
        if index == 0:
            return ""
        if 0 < index < len(self.strings):
            return self.strings[index]
        self.damage["index outside the string table"] += 1
        return ""


def _check(path: str, raw: Messages) -> None:
    if raw.repeated_header:
        raise FormatError(path, "several profiles were concatenated; split them or merge with `pprof -proto`")
    if not len(raw.types):
        raise FormatError(path, "not a profile: it declares no sample type")
    wrong = np.flatnonzero(np.diff(raw.values_of.starts) != len(raw.types))
    if len(wrong):
        got = int(np.diff(raw.values_of.starts)[wrong[0]])
        raise FormatError(path, f"sample {wrong[0]} has {got} values, the profile declares {len(raw.types)}")


def _sites(raw: Messages, strings: _Strings, damage: Counter):
    """Sites (one per line of each location, innermost first), functions, and each location's run of sites."""
    n, lines = len(raw.locations), np.bincount(raw.lines_of, minlength=len(raw.locations))
    function = _lookup(raw.functions[:, 0], raw.lines[:, 0], damage, "function")
    names, stand_in = _functions(raw, strings, damage)
    bare = np.flatnonzero(lines == 0)
    owner = np.concatenate([raw.lines_of, bare])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    rows = np.concatenate([function, np.full(len(bare), -1)])[order]
    rows = np.where(rows >= 0, rows, stand_in[owner] if n else rows)
    count = np.maximum(lines, 1) if n else lines
    first = offsets(count)[:-1]
    last = np.zeros(len(owner), bool)
    last[first + count - 1] = True
    line = np.concatenate([raw.lines[:, 1], np.zeros(len(bare), np.int64)])[order]
    sites = {"function": rows.astype(np.int32), "line": line.clip(-1, 2**31 - 1).astype(np.int32)}
    sites |= {"inlined": ~last, **_place(raw, owner)}
    return pd.DataFrame(sites), names, first, count


def _place(raw: Messages, owner: np.ndarray) -> dict[str, np.ndarray]:
    """The binary each site's location is in (-1 where unknown) and its address from the mapping's start."""
    mapping = _lookup(raw.mappings[:, 0], raw.locations[:, 1], Counter(), "mapping")
    start = np.append(raw.mappings[:, 3], 0)[mapping]
    address = raw.locations[:, 2] - start
    return {"binary": mapping.astype(np.int32)[owner], "address": address[owner]}


def _functions(raw: Messages, strings: _Strings, damage: Counter) -> tuple[pd.DataFrame, np.ndarray]:
    """One row per function, then one per stand-in for nameless locations, and each location's stand-in."""
    table = [(strings[n], strings[f], int(s)) for _, n, f, s in raw.functions.tolist()]
    files = [strings[m[1]] for m in raw.mappings.tolist()]
    mapping = _lookup(raw.mappings[:, 0], raw.locations[:, 1], Counter(), "mapping")
    nameless = [f"[{posixpath.basename(file)}]" if file else UNKNOWN for file in (*files, "")]
    extra: dict[str, int] = {}
    rows = [extra.setdefault(name, len(table) + len(extra)) for name in nameless]
    stand_in = np.array(rows, np.int64)[mapping]
    table = [(name or UNKNOWN, file, start) for name, file, start in table]
    table += [(name, "", 0) for name in extra]
    names, file, start = zip(*table, strict=True) if table else ((), (), ())
    frame = {"name": pd.Series(names, dtype="str"), "file": pd.Series(file, dtype="str")}
    return pd.DataFrame({**frame, "start_line": np.array(start, np.int64)}), stand_in


def _lookup(ids: np.ndarray, wanted: np.ndarray, damage: Counter, what: str) -> np.ndarray:
    """The row of each wanted id, -1 where there is none; the first of equal ids wins."""
    if _dense(ids):
        rows_of = _rows_of(ids, damage, what)
        rows = rows_of[np.where((wanted >= 0) & (wanted < len(rows_of)), wanted, -1)]
    else:
        known, first = np.unique(ids, return_index=True)
        at = np.searchsorted(known, wanted).clip(max=max(len(known) - 1, 0))
        rows = np.where(known[at] == wanted, first[at], -1) if len(known) else np.full(len(wanted), -1)
        _count(damage, f"{what} id used twice", len(ids) - len(known))
    _count(damage, f"unknown {what} id", int((rows < 0).sum()))
    return rows


def _dense(ids: np.ndarray) -> bool:
    """Whether a table by id is worth its memory; ids may be arbitrary."""
    return bool(len(ids) and ids.min() >= 0 and ids.max() <= 4 * len(ids) + 64)


def _rows_of(ids: np.ndarray, damage: Counter, what: str) -> np.ndarray:
    """The row of each id up to the largest, -1 where there is none, and one -1 more."""
    table = np.full(int(ids.max()) + 2, -1, np.int64)
    table[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    _count(damage, f"{what} id used twice", len(ids) - int((table >= 0).sum()))
    return table


def _count(damage: Counter, kind: str, count: int) -> None:
    if count:
        damage[kind] += count


def _stacks(raw: Messages, first: np.ndarray, count: np.ndarray, damage: Counter, compiled: bool):
    """Stacks of locations into stacks of sites; a location that does not exist gives no frame."""
    of, ids = raw.locations_of, raw.locations[:, 0]
    if compiled and _dense(ids):
        from schedlab.kernels.stacks import count_frames, expand

        rows_of = _rows_of(ids, damage, "location")
        first, count = np.append(first, 0), np.append(count, 0).astype(np.int64)
        starts = np.empty(len(of.starts), np.int64)
        _count(damage, "unknown location id", count_frames(of.starts, of.values, rows_of, count, starts))
        frames = np.empty(starts[-1], np.int32)
        expand(of.values, rows_of, first, count, frames)
        return starts, frames
    location = _lookup(ids, of.values, damage, "location")
    per_frame = np.append(count, 0)[location]
    flat = offsets(per_frame)
    within = np.arange(flat[-1]) - np.repeat(flat[:-1], per_frame)
    frames = np.repeat(np.append(first, 0)[location], per_frame) + within
    return flat[of.starts], frames.astype(np.int32)


def _labels(raw: np.ndarray, strings: _Strings) -> pd.DataFrame:
    rows = [(s, strings[k], strings[t], n, strings[u]) for s, k, t, n, u in raw.tolist()]
    sample, key, text, number, unit = zip(*rows, strict=True) if rows else ((),) * 5
    return pd.DataFrame(
        {
            "sample": np.array(sample, np.int64),
            "key": pd.Series(key, dtype="str"),
            "text": pd.Series(text, dtype="str"),
            "number": np.array(number, np.int64),
            "unit": pd.Series(unit, dtype="str"),
        }
    )


def _facts(raw: Messages, strings: _Strings) -> dict[str, Any]:
    head = raw.header
    kind = [strings[i] for i in raw.period_type[0]] if len(raw.period_type) else ["", ""]
    return {
        "time_ns": head["time_ns"],
        "duration_s": head["duration_ns"] / 1e9,
        "period": head["period"],
        "period_type": kind[0],
        "period_unit": kind[1],
        "default_type": strings[head["default_type"]],
        "comments": tuple(strings[i] for i in raw.comments),
        "drop_frames": strings[head["drop_frames"]],
        "keep_frames": strings[head["keep_frames"]],
        "binaries": tuple(strings[m[1]] for m in raw.mappings.tolist()),
    }
