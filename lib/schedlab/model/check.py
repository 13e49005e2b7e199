"""Is an experiment complete and consistent? Findings as a table, worst first.

Levels: `error` (an answer from these runs would be wrong or impossible), `warning` (it would need a
caveat), `note` (worth knowing: what is absent and why).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from schedlab.model.run import Run

LEVELS = ("error", "warning", "note")
Finding = tuple[str, str, str, str]

#: shares above which a run needs a caveat: CPU used by others, requests sent late, CPU of the load client
FOREIGN_CPU, LATE_SENDS, CLIENT_CPU = 0.10, 0.01, 0.90


def check(runs: Iterable[Run]) -> pd.DataFrame:
    """Columns level, place, what, cure; no rows where all is well."""
    runs = tuple(runs)
    found = [finding for rule in RULES for finding in rule(runs)]
    table = pd.DataFrame(found, columns=["level", "place", "what", "cure"])
    order = table["level"].map(LEVELS.index)
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def grouped(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings that say the same of several places, once: columns level, what, places, where, cure."""
    groups = findings.groupby(["level", "what", "cure"], sort=False)["place"]
    table = groups.agg(places="size", where=lambda places: _few(list(places))).reset_index()
    return table[["level", "what", "places", "where", "cure"]]


def _few(places: list[str]) -> str:
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


def _files(runs: tuple[Run, ...]) -> Iterator[Finding]:
    for run in runs:
        for artifact in run.artifacts:
            if artifact.path is None:
                yield "note", run.id, f"no {artifact.kind}: {artifact.absent_because}", ""
            elif not artifact.path.is_file():
                yield "error", run.id, f"{artifact.path.name} is listed but not there", "restore the file"
            elif artifact.sha256 and _sha256(artifact.path) != artifact.sha256:
                yield "error", run.id, f"{artifact.path.name} was changed after capture", "restore the file"


def _arms(runs: tuple[Run, ...]) -> Iterator[Finding]:
    for experiment, members in _by(runs, lambda run: run.experiment):
        arms = sorted({run.arm for run in members})
        if len(arms) < 2:
            what = f"only one arm ({arms[0]}): nothing can be compared"
            yield "error", experiment, what, "capture a second arm into the same experiment"


def _equal(field: str, cure: str) -> Callable[[tuple[Run, ...]], Iterator[Finding]]:
    def rule(runs: tuple[Run, ...]) -> Iterator[Finding]:
        for (experiment, scenario), members in _by(runs, lambda run: (run.experiment, run.scenario)):
            levels = sorted({str(getattr(run, field)) for run in members})
            if len(levels) > 1:
                what = f"{field} differs between runs: {', '.join(levels)}"
                yield "error", f"{experiment}/{scenario}", what, cure

    return rule


def _factors(runs: tuple[Run, ...]) -> Iterator[Finding]:
    """A factor that differs between the arms of one scenario is a hidden difference, what an arm is apart."""
    for (experiment, scenario), members in _by(runs, lambda run: (run.experiment, run.scenario)):
        for factor in sorted({name for run in members for name in run.factors} - _own(members)):
            by_arm = {run.arm: set() for run in members}
            for run in members:
                by_arm[run.arm].add(str(run.factors.get(factor, "absent")))
            if len({tuple(sorted(levels)) for levels in by_arm.values()}) > 1:
                what = f"factor {factor} differs between arms: {_shown(by_arm)}"
                yield "warning", f"{experiment}/{scenario}", what, "capture both arms at the same level"


def _own(members: list[Run]) -> set[str]:
    """The factors in which arms are meant to differ; at a share of its capacity each has its own rate."""
    by_share = all("rate_share" in run.factors for run in members)
    return {"mode", "program", "env"} | ({"rate_per_s", "capacity_per_s"} if by_share else set())


def _order(runs: tuple[Run, ...]) -> Iterator[Finding]:
    for key, members in _by(runs, lambda run: (run.experiment, run.scenario, run.capture)):
        arms = [run.arm for run in sorted(members, key=lambda run: run.order)]
        if len(set(arms)) < 2 or len(arms) < 4:
            continue
        changes = sum(a != b for a, b in itertools.pairwise(arms))
        if changes < len(arms) / 3:
            what = f"the arms were not interleaved: {' '.join(arms)}"
            yield "warning", "/".join(key), what, "drift of the host looks like an effect; capture ABBA"


def _repetitions(runs: tuple[Run, ...]) -> Iterator[Finding]:
    for key, members in _by(runs, lambda run: (run.experiment, run.scenario, run.capture)):
        if key[2] == "second-instrument":
            continue
        counts = {arm: sum(run.arm == arm for run in members) for arm in {run.arm for run in members}}
        if len(set(counts.values())) > 1:
            what = f"unequal repetitions: {_shown({a: [str(c)] for a, c in counts.items()})}"
            yield "warning", "/".join(key), what, "finish the capture with --resume"


def _instrument(runs: tuple[Run, ...]) -> Iterator[Finding]:
    limits = (
        ("foreign_cpu_share", FOREIGN_CPU, "of the CPU was used by other processes"),
        ("late_sends_share", LATE_SENDS, "of the requests were sent late: the load client could not keep up"),
        ("client_cpu_share", CLIENT_CPU, "of a core was used by the load client: it may be the bottleneck"),
    )
    for run in runs:
        for name, limit, what in limits:
            share = run.measured.get(name)
            if isinstance(share, (int, float)) and share > limit:
                yield "warning", run.id, f"{share:.0%} {what}", "repeat the run, or leave it out"
        for text in run.warnings:
            yield "warning", run.id, text, ""


RULES = (
    _files,
    _arms,
    _equal("go_version", "build both arms with one toolchain"),
    _equal("gomaxprocs", "set GOMAXPROCS to the same number in both arms"),
    _factors,
    _order,
    _repetitions,
    _instrument,
)


def _by(runs: tuple[Run, ...], key: Callable) -> list[tuple]:
    groups: dict[object, list[Run]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return sorted(groups.items())


def _shown(levels: dict) -> str:
    return ", ".join(f"{arm} {'|'.join(sorted(values))}" for arm, values in sorted(levels.items()))


def _sha256(path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
