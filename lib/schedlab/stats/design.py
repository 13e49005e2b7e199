"""Can these runs answer the question at all? What would make a comparison wrong, or needs a caveat.

A `refusal` means the difference would be of something else than the arms (unequal GOMAXPROCS, offered rate,
clock); a `caveat` travels with the result. To add a rule: a function of the two groups of runs and the
metric that yields (level, text), listed in RULES.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from schedlab.errors import SchedlabError
from schedlab.model.run import Run

REFUSAL, CAVEAT = "refusal", "caveat"

#: shares above which an instrument colours what it measures
LATE_SENDS, CLIENT_CPU, FOREIGN_CPU = 0.01, 0.90, 0.10
#: offered rates, and throughputs of closed loops, count as equal within this share
RATE_TOLERANCE = 0.02
#: a block whose runs began further apart than this, in seconds, is none
BLOCK_SPAN_S = 600.0
#: factors that say how the arm is made, not under which load it runs, and the schedule's random seed
OF_THE_ARM = ("mode", "program", "seed")


@dataclass(frozen=True)
class Doubt:
    """One reason to refuse a comparison or to read it with care."""

    level: str
    text: str


class DesignError(SchedlabError):
    """The runs of the two arms differ in more than the arm; the message says in what, and the cure."""


Arms = tuple[tuple[Run, ...], tuple[Run, ...]]


def check(runs: Iterable[Run], baseline: str, treated: str, metric: str = "") -> tuple[Doubt, ...]:
    """Every doubt about comparing the two arms on the metric, refusals first; empty where there is none."""
    runs = tuple(runs)
    arms = tuple(tuple(r for r in runs if r.arm == arm) for arm in (baseline, treated))
    doubts = [Doubt(level, text) for rule in RULES for level, text in rule(arms, metric)]
    return tuple(sorted(doubts, key=lambda doubt: doubt.level != REFUSAL))


def caveats(runs: Iterable[Run], baseline: str, treated: str, metric: str = "") -> tuple[str, ...]:
    """The caveats as warnings for a result; DesignError where the comparison has to be refused."""
    doubts = check(runs, baseline, treated, metric)
    refusals = [doubt.text for doubt in doubts if doubt.level == REFUSAL]
    if refusals:
        raise DesignError(f"{treated} against {baseline}: " + "; ".join(refusals))
    return tuple(doubt.text for doubt in doubts)


def is_latency(metric: str) -> bool:
    """Whether the metric is a time that clients measured."""
    return metric.startswith(("latency", "service"))


def _one_scenario(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    for field, cure in (("experiment", ""), ("scenario", "; pick one scenario"), ("capture", "; pick one")):
        levels = _levels(arms, field)
        if len(set().union(*levels)) > 1:
            yield REFUSAL, f"runs of several kinds are mixed: {field} is {_shown(levels)}{cure}"


def _procs(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    levels = _levels(arms, "gomaxprocs")
    if len(set().union(*levels)) > 1:
        yield REFUSAL, f"unequal GOMAXPROCS: {_shown(levels)}; capture both arms with the same"


def _toolchain(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    for field in ("go_version", "godebug"):
        levels = _levels(arms, field)
        if levels[0] != levels[1]:
            yield CAVEAT, f"{field} differs between the arms: {_shown(levels)}; it may be the whole effect"


def _offered_rate(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    rates = [_numbers(arm, lambda r: r.factors.get("rate_per_s")) for arm in arms]
    if "closed" in _loops(arms) or not all(map(len, rates)):
        return
    if _unequal(rates):
        yield REFUSAL, f"unequal offered rate: {_means(rates, '/s')}; capture both arms at the same rate"


def _closed_loop(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    if not is_latency(metric) or "closed" not in _loops(arms):
        return
    rates = [_numbers(arm, lambda r: r.measured.get("achieved_rate")) for arm in arms]
    if not all(map(len, rates)) or _unequal(rates):
        got = _means(rates, "/s") if all(map(len, rates)) else "not recorded"
        yield (
            CAVEAT,
            f"closed-loop latency at different throughputs ({got}) is not comparable; use an open loop",
        )


def _loop_kind(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    if len(_loops(arms)) > 1:
        yield REFUSAL, "open-loop and closed-loop runs are mixed; compare runs of one kind"


def _clock(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    levels = [{str(r.clock.get("latency_from", "")) for r in arm} for arm in arms]
    if len(set().union(*levels)) > 1:
        yield REFUSAL, f"latency is measured from different instants: {_shown(levels)}"
    hosts = [{str(r.host.get("label", r.host.get("cpu_model", ""))) for r in arm} for arm in arms]
    if len(set().union(*hosts)) > 1:
        yield CAVEAT, f"the runs come from different hosts: {_shown(hosts)}"


def _instruments(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    limits = (
        ("late_sends_share", LATE_SENDS, "the load client sent late"),
        ("client_cpu_share", CLIENT_CPU, "the load client was saturated"),
        ("foreign_cpu_share", FOREIGN_CPU, "other processes used the CPU"),
    )
    for name, limit, what in limits:
        bad = [r.id for arm in arms for r in arm if _number(r.measured.get(name)) > limit]
        if bad:
            yield CAVEAT, f"{what} in {_runs(bad)} (over {100 * limit:g} %): {', '.join(bad[:3])}"


def _runs(some: list) -> str:
    return f"{len(some)} run{'s' * (len(some) != 1)}"


def _schedule(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    """Runs that no metric is taken from: a client behind its schedule measures itself."""
    gone = [run for arm in arms for run in arm if run.left_out]
    if gone:
        yield CAVEAT, f"{_runs(gone)} left out ({', '.join(r.id for r in gone[:3])}): {gone[0].left_out}"


def _blocks(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    """Runs of one block made far apart: pairing them does not take out what the host did in between."""
    starts: dict[int, list[float]] = {}
    for run in itertools.chain(*arms):
        starts.setdefault(run.block, []).append(datetime.fromisoformat(run.started_at).timestamp())
    spans = [max(at) - min(at) for at in starts.values()]
    wide = [span for span in spans if span > BLOCK_SPAN_S]
    if wide:
        yield (
            CAVEAT,
            f"{len(wide)} of {len(spans)} blocks span more than {BLOCK_SPAN_S / 60:.0f} minutes (up to "
            f"{max(wide) / 60:.0f}): disturbed runs were made again later, so pairing takes out less",
        )


def _hidden(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    """Factors that differ between the arms (the effect may be theirs) or within one (they add spread)."""
    known = ("rate_per_s", "loop", *OF_THE_ARM)
    names = sorted({n for arm in arms for r in arm for n in r.factors} - set(known))
    for name in names:
        levels = [{json.dumps(r.factors.get(name)) for r in arm} for arm in arms]
        if levels[0] != levels[1]:
            yield (
                CAVEAT,
                f"factor {name} differs between the arms: {_shown(levels)}; it may be the whole effect",
            )
        elif len(levels[0]) > 1:
            yield (
                CAVEAT,
                f"factor {name} varies within the arms: {_shown(levels)}; compare one level at a time",
            )


def _order(arms: Arms, metric: str) -> Iterator[tuple[str, str]]:
    """Arms captured one after the other: a drift of the host looks like an effect."""
    runs = sorted((r for arm in arms for r in arm), key=lambda r: r.order)
    changes = sum(a.arm != b.arm for a, b in itertools.pairwise(runs))
    if min(map(len, arms)) > 1 and changes < len(runs) / 3:
        order = " ".join(r.arm for r in runs[:8])
        yield CAVEAT, f"arms were not interleaved ({order} ...): a drift looks like an effect; capture ABBA"


#: every rule, in the order in which doubts of one level are shown
RULES = (
    _one_scenario,
    _procs,
    _offered_rate,
    _loop_kind,
    _clock,
    _closed_loop,
    _toolchain,
    _instruments,
    _schedule,
    _blocks,
    _hidden,
    _order,
)


def _levels(arms: Arms, field: str) -> list[set[str]]:
    return [{str(getattr(run, field)) for run in arm} for arm in arms]


def _loops(arms: Arms) -> set[str]:
    return {str(r.factors["loop"]) for arm in arms for r in arm if "loop" in r.factors}


def _numbers(runs: Sequence[Run], of) -> np.ndarray:
    values = np.array([_number(of(run)) for run in runs])
    return values[np.isfinite(values)]


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")


def _unequal(rates: list[np.ndarray]) -> bool:
    one, two = (float(r.mean()) for r in rates)
    return abs(one - two) > RATE_TOLERANCE * max(one, two)


def _means(rates: list[np.ndarray], unit: str) -> str:
    return " and ".join(f"{r.mean():.5g}{unit}" for r in rates)


def _shown(levels: Sequence[set[str]]) -> str:
    return " against ".join("|".join(sorted(level)) or "none" for level in levels)
