"""Many arms: which of them may be compared with which, and all of that at once.

Arms that speak another protocol, or live in another experiment, answer another question. Within one of those
groups each arm is compared with the reference that the reader names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.inventory import session_of
from schedlab.model.results import Comparison, Estimate
from schedlab.model.run import Run
from schedlab.model.sample import Sample
from schedlab.model.titles import title
from schedlab.stats import design, dominance, histograms, multiplicity, pooled, shift, transport
from schedlab.stats.compare import compare
from schedlab.stats.say import factor, show_effect

Pairs = Sequence[tuple[str, str]]


def against(runs: Iterable[Run], references: Sequence[str]) -> list[tuple[str, str]]:
    """(baseline, treated) for every arm and the reference of its protocol: one that `references` names, or
    the first arm of the runs that speaks it."""
    speaks = {run.arm: str(run.factors.get("protocol", "")) for run in runs}
    known = [name for name in references if name in speaks]
    for arm, protocol in speaks.items():
        known += [] if protocol in {speaks[name] for name in known} else [arm]
    return [
        (name, arm) for name in known for arm in sorted(speaks) if arm != name and speaks[arm] == speaks[name]
    ]


def findings(runs: Iterable[Run], pairs: Pairs, metric: str) -> pd.DataFrame:
    """What the design says of each comparison: columns comparison, level (refusal, caveat), doubt."""
    runs = tuple(runs)
    rows = [
        (name(pair), doubt.level, doubt.text) for pair in pairs for doubt in design.check(runs, *pair, metric)
    ]
    return pd.DataFrame(rows, columns=["comparison", "level", "doubt"])


def compared(
    runs: Iterable[Run],
    values: pd.DataFrame,
    pairs: Pairs,
    margin: float | None = None,
    confidence: float = 0.95,
    correction: str = "bh",
) -> tuple[Comparison, ...]:
    """Every metric of every pair that the design allows, as one family; caveats come first in the warnings.

    `values` as `metrics.collect` gives them for these runs; a metric that an arm lacks is left out.
    """
    known, found = {run.id: run for run in runs}, []
    for pair in pairs:
        for metric, rows in values[values["arm"].isin(pair)].groupby("metric", sort=False):
            doubts = design.check([known[run] for run in rows["run"]], *pair, str(metric))
            if all(doubt.level != design.REFUSAL for doubt in doubts):
                found += _one(rows, pair, margin, confidence, tuple(doubt.text for doubt in doubts))
    return multiplicity.correct(found, correction)


def by_session(
    runs: Iterable[Run], values: pd.DataFrame, pairs: Pairs, confidence: float = 0.95
) -> tuple[Comparison, ...]:
    """The same comparisons for each session of captures alone; the metric names the session."""
    session = values["run"].map(session_of(runs))
    split = values.assign(metric=values["metric"] + ", session " + session.astype(str))
    return compared(runs, split, pairs, confidence=confidence)


def _one(rows: pd.DataFrame, pair: tuple[str, str], margin, confidence: float, doubts: tuple[str, ...]):
    from dataclasses import replace

    metric, unit, better = rows[["metric", "unit", "better"]].iloc[0]
    scale = "difference" if unit == "share" else "ratio"
    bound = margin if scale == "ratio" else None
    try:
        c = compare(rows, *pair, metric, unit, better, scale, margin=bound, confidence=confidence)
    except TooFewValues:
        return []
    return [replace(c, warnings=(*doubts, *c.warnings))]


def table(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """Comparisons of several pairs as people read them."""
    rows = [
        (f"{c.treated} / {c.baseline}", c.metric, show_effect(c), f"{c.n1} + {c.n2}", c.verdict)
        for c in comparisons
    ]
    return pd.DataFrame(rows, columns=["comparison", "metric", "effect", "runs", "verdict"])


def shift_functions(
    quantiles: pd.DataFrame, pairs: Pairs, confidence: float = 0.95
) -> dict[str, pd.DataFrame]:
    """`treated / baseline` to its shift function; a pair without quantiles in both arms is left out."""
    arms = set(quantiles["arm"]) if len(quantiles) else set()
    known = [pair for pair in pairs if arms.issuperset(pair)]
    return {name(pair): shift.shift_function(quantiles, *pair, confidence=confidence) for pair in known}


def second_views(latencies: dict[tuple[str, str], object], pairs: Pairs, confidence: float = 0.95):
    """How often slower, how far apart, pooled p50 and p99: one row per pair and view, with its interval.

    `latencies` maps (arm, run) to the seconds of its requests.
    """
    rows = []
    for pair in pairs:
        arms = [[Sample.of(x, "s") for (arm, _), x in latencies.items() if arm == own] for own in pair]
        if min(map(len, arms)) > 1:
            packed = histograms.compress_arms(*arms)
            views = _views(packed, confidence)
            rows += [(name(pair), what, e.value, e.lo, e.hi, e.unit, e.n) for what, e in views]
    return pd.DataFrame(rows, columns=["comparison", "view", "value", "lo", "hi", "unit", "runs"])


def _views(packed: tuple, confidence: float) -> list[tuple[str, Estimate]]:
    p50, p99 = pooled.quantile_ratios(*packed, [0.5, 0.99], confidence)
    return [
        ("a request of the treated arm is slower", dominance.probability_slower(*packed, confidence)),
        ("distance between the arms (W1)", transport.wasserstein(*packed, confidence)),
        ("ratio of pooled p50", p50),
        ("ratio of pooled p99", p99),
    ]


def sentence(comparisons: Iterable[Comparison]) -> str:
    """Which comparisons gave which verdict, those that tell something first."""
    found: dict[str, list[str]] = {}
    for c in comparisons:
        words = f"{c.treated} / {c.baseline} ({title(c.metric)} {show_effect(c)})"
        found.setdefault(c.verdict, []).append(words)
    unsure = len(found.pop("cannot tell", []))
    said = [f"{verdict}: {', '.join(names)}" for verdict, names in found.items()]
    return "; ".join([*said, f"cannot tell: {unsure}"]) if said or unsure else "no pair of arms to compare"


def counts(comparisons: Iterable[Comparison]) -> str:
    """How many comparisons gave which verdict: `81 comparisons: 80 cannot tell, 1 equivalent`."""
    found = pd.Series([c.verdict for c in comparisons], dtype="str").value_counts()
    said = ", ".join(f"{n} {verdict}" for verdict, n in found.items())
    return f"{found.sum()} comparisons: {said}" if len(found) else "no pair of arms to compare"


def reach(comparisons: Iterable[Comparison]) -> str:
    """The smallest factor that each metric's comparisons could have seen four times in five."""
    seen: dict[str, list[float]] = {}
    for c in comparisons:
        if c.scale == "ratio":
            seen.setdefault(c.metric, []).append(c.detectable)
    parts = [f"{title(metric)} {factor(min(d))} to {factor(max(d))}" for metric, d in seen.items()]
    return "; ".join(parts) or "nothing was compared"


def name(pair: tuple[str, str]) -> str:
    """`treated / baseline`."""
    return f"{pair[1]} / {pair[0]}"
