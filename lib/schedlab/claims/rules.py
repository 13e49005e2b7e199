"""One function per kind of rule: evidence in, (verdict, reason, estimate) out.

Each reason repeats the numbers it rests on. A rule never turns a missing measurement into a verdict: it
says `not measured` and why.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from schedlab import metrics, units
from schedlab.claims.evidence import Evidence, is_host
from schedlab.claims.ledger import Claim
from schedlab.errors import TooFewValues
from schedlab.model.results import Comparison, Estimate
from schedlab.model.run import Run
from schedlab.model.titles import title
from schedlab.stats.compare import compare
from schedlab.stats.matrix import means
from schedlab.stats.say import show_effect

Finding = tuple[str, str, Estimate | None]


def between(claim: Claim, evidence: Evidence) -> Finding:
    """Every arm asked about lies inside [lo, hi]: its whole interval inside supports, outside contradicts."""
    sides = claim.arguments.get("side", "ab")
    lo, hi = float(claim.arguments["lo"]), float(claim.arguments["hi"])
    estimates = {arm: _mean(claim, evidence, arm) for arm in (evidence.arm(claim, s) for s in sides)}
    missing = [arm for arm, e in estimates.items() if e is None]
    if missing:
        return "not measured", _missing(claim, evidence, missing), None
    because = "; ".join(f"{arm}: {_shown(e)}" for arm, e in estimates.items())
    first = next(iter(estimates.values()))
    because += f"; claimed {_range(lo, hi, first.unit)}"
    ends = [_ends(e) for e in estimates.values()]
    if any(high < lo or low > hi for low, high in ends):
        return "contradicted", because, first
    if all(lo <= low and high <= hi for low, high in ends):
        return "supported", because, first
    return "undecided", because, first


def inside(claim: Claim, evidence: Evidence) -> Finding:
    """The published number lies inside the interval of the arm's mean, and that is narrow."""
    arm = evidence.arm(claim, claim.arguments.get("side", "a"))
    estimate = _mean(claim, evidence, arm)
    if estimate is None:
        return "not measured", _missing(claim, evidence, [arm]), None
    text = claim.published_a if claim.arguments.get("side", "a") == "a" else claim.published_b
    published = float(text) * float(claim.arguments.get("scale", "1"))
    because = f"{arm}: {_shown(estimate)}; published {units.show(published, estimate.unit)}"
    if published < estimate.lo or published > estimate.hi:
        return "contradicted", because, estimate
    return _if_narrow(estimate, published), because, estimate


def differs(claim: Claim, evidence: Evidence) -> Finding:
    """b - a has the claimed sign and at least the claimed size, beyond its interval."""
    comparison = _compare(claim, evidence, "difference")
    if isinstance(comparison, str):
        return "not measured", comparison, None
    least = float(claim.arguments.get("least", "0"))
    sign = 1.0 if claim.arguments["direction"] == "higher" else -1.0
    lo, hi = sorted((sign * comparison.lo, sign * comparison.hi))
    size = f" by at least {units.show(least, comparison.unit)}" if least else ""
    because = _because(comparison, f"claimed {claim.arguments['direction']}{size}")
    estimate = _effect(comparison)
    if lo > 0 and lo >= least:
        return "supported", because, estimate
    if hi < 0 or hi < least:
        return "contradicted", because, estimate
    return "undecided", because, estimate


def added(claim: Claim, evidence: Evidence) -> Finding:
    """The published number lies inside the interval of b - a, and that is narrow."""
    comparison = _compare(claim, evidence, "difference")
    if isinstance(comparison, str):
        return "not measured", comparison, None
    published = float(claim.published_a) * float(claim.arguments.get("scale", "1"))
    because = _because(comparison, f"published {units.show(published, comparison.unit)}")
    estimate = _effect(comparison)
    if published < comparison.lo or published > comparison.hi:
        return "contradicted", because, estimate
    return _if_narrow(estimate, published), because, estimate


def ratio(claim: Claim, evidence: Evidence) -> Finding:
    """b / a: a narrow interval holds the published ratio and not 1, or (with `direction`) lies beyond 1.

    `by` is the least factor that counts: 1.05 where 5 % less would still be nothing.
    """
    comparison = _compare(claim, evidence, "ratio")
    if isinstance(comparison, str):
        return "not measured", comparison, None
    estimate = _effect(comparison)
    if "direction" in claim.arguments:
        by = float(claim.arguments.get("by", "1"))
        return _beyond_one(claim.arguments["direction"], by, comparison, estimate)
    published = float(claim.published_b) / float(claim.published_a)
    because = _because(comparison, f"published ratio {units.number(published)}")
    if published < comparison.lo or published > comparison.hi:
        return "contradicted", because, estimate
    beyond = comparison.lo > 1 or comparison.hi < 1
    return (_if_narrow(estimate, published) if beyond else "undecided"), because, estimate


def host(claim: Claim, evidence: Evidence) -> Finding:
    """The host of every run is the published one; another host measures nothing about it."""
    field = claim.arguments["field"]
    seen = ", ".join(sorted({str(run.host.get(field, "unknown")) for run in evidence.runs})) or "(no run)"
    if evidence.runs and all(is_host(claim, run) for run in evidence.runs):
        return "supported", f"{title(field)} is {seen} in all {len(evidence.runs)} runs", None
    return "not measured", f"captured on {title(field)} {seen}, not on the published hardware", None


def same(claim: Claim, evidence: Evidence) -> Finding:
    """A field of run.json (`go_version`, `factors.rate_per_s`) has the published value in every run."""
    field, wanted = claim.arguments["field"], claim.arguments["value"]
    scenario = claim.arguments.get("scenario")
    runs = [run for run in evidence.runs if scenario in (None, run.scenario)]
    if not runs:
        return "not measured", f"no run of the scenario {scenario or 'any'} in the data", None
    seen = sorted({str(_field(run, field)) for run in runs})
    because = (
        f"{title(field.rpartition('.')[2])} is {', '.join(seen)} in all {len(runs)} runs; published {wanted}"
    )
    if seen == [wanted]:
        return "supported", because, None
    return "not measured", because + _OTHER_SET_UP, None


_OTHER_SET_UP = ", so the published set-up is not what was captured"


def set_up(claim: Claim, evidence: Evidence) -> Finding:
    """What was measured of the captures' set-up lies inside [lo, hi]; another set-up contradicts nothing."""
    verdict, because, estimate = between(claim, evidence)
    if verdict in ("contradicted", "undecided"):
        return "not measured", because + _OTHER_SET_UP, estimate
    return verdict, because, estimate


#: first word of a finding -> verdict, for statements checked against public source
SOURCE_VERDICTS = {
    "SUPPORTED": "supported",
    "CONTRADICTED": "contradicted",
    "INCONSISTENT": "contradicted",
    "PARTLY": "undecided",
    "NO-SUCH-ARTEFACT": "no such artefact",
    "NOT-CHECKABLE": "not checkable",
}


def source(claim: Claim, evidence: Evidence) -> Finding:
    """Checked against public source or documentation: the ledger records what was found and where."""
    word, _, reason = claim.finding.partition(": ")
    where = f" [{claim.source}]" if claim.source else ""
    return SOURCE_VERDICTS.get(word, "undecided"), reason + where, None


#: rule name in the ledger -> its code
RULES: dict[str, Callable[[Claim, Evidence], Finding]] = {
    "between": between,
    "inside": inside,
    "differs": differs,
    "added": added,
    "ratio": ratio,
    "host": host,
    "same": same,
    "set-up": set_up,
    "source": source,
}
#: rules whose verdict rests on an interval
INFERRING = ("between", "inside", "differs", "added", "ratio")


def _if_narrow(estimate: Estimate, published: float) -> str:
    """What holds a published number supports it only if it holds little else: a tenth of it either way."""
    narrow = max(estimate.hi - published, published - estimate.lo) <= 0.1 * abs(published)
    return "supported" if narrow else "undecided"


def _field(run: Run, name: str) -> object:
    """A field of a run; a dot reaches into its factors, host or what was measured."""
    outer, _, inner = name.partition(".")
    found = getattr(run, outer)
    return found.get(inner, "not recorded") if inner else found


def _mean(claim: Claim, evidence: Evidence, arm: str) -> Estimate | None:
    return means(evidence.values(claim, [arm]), evidence.confidence).get(arm)


def _missing(claim: Claim, evidence: Evidence, arms: list[str]) -> str:
    """That those arms have no value, and the first reason why."""
    values = evidence.values(claim, arms)
    reasons = values[values["value"].isna()].get("missing_because", ())
    text = f"no run of {', '.join(arms)} gives {title(claim.arguments['metric'])}"
    return f"{text}: {next(iter(reasons))}" if len(reasons) else text


def _compare(claim: Claim, evidence: Evidence, scale: str) -> Comparison | str:
    a, b = evidence.arm(claim, "a"), evidence.arm(claim, "b")
    values = evidence.values(claim, [a, b])
    metric = metrics.metric(claim.arguments["metric"])
    try:
        return compare(
            values.dropna(subset=["value"]), baseline=a, treated=b, metric=metric.name, unit=metric.unit,
            better=metric.better, scale=scale, confidence=evidence.confidence,
        )  # fmt: skip
    except TooFewValues:
        return _missing(claim, evidence, [a, b])


def _beyond_one(direction: str, by: float, comparison: Comparison, estimate: Estimate) -> Finding:
    because = _because(comparison, f"claimed {direction}" + (f" by a factor of {by:g}" if by > 1 else ""))
    bound = 1 / by if direction == "lower" else by
    lower, higher = comparison.hi < bound, comparison.lo > bound
    if not (lower or higher):
        return "undecided", because, estimate
    return ("supported" if lower == (direction == "lower") else "contradicted"), because, estimate


def _because(comparison: Comparison, claimed: str) -> str:
    sign = "/" if comparison.scale == "ratio" else "-"
    shown = _with_runs(show_effect(comparison), f"{comparison.n1} and {comparison.n2} runs")
    return f"{comparison.treated} {sign} {comparison.baseline} = {shown}; {claimed}"


def _effect(comparison: Comparison) -> Estimate:
    unit = "1" if comparison.scale == "ratio" else comparison.unit
    n, doubts = min(comparison.n1, comparison.n2), comparison.warnings
    interval = (comparison.effect, comparison.lo, comparison.hi)
    return Estimate(*interval, unit, n, comparison.confidence, comparison.method, doubts)


def _ends(estimate: Estimate) -> tuple[float, float]:
    """The interval; where several runs give the very same value, as counts may, that value."""
    if estimate.n > 2 and math.isnan(estimate.lo):
        return estimate.value, estimate.value
    return estimate.lo, estimate.hi


def _shown(estimate: Estimate) -> str:
    text = units.show_interval(estimate.value, estimate.lo, estimate.hi, estimate.unit, estimate.n)
    return _with_runs(text, f"{estimate.n} run" + "s" * (estimate.n != 1))


def _with_runs(text: str, runs: str) -> str:
    """Where all runs agree, the text says already how many they are."""
    return text if text.endswith("runs") else f"{text} ({runs})"


def _range(lo: float, hi: float, unit: str) -> str:
    if math.isinf(hi):
        return f"at least {units.show(lo, unit)}"
    if lo == hi:
        return f"exactly {units.show(lo, unit)}"
    return f"between {units.show(lo, unit)} and {units.show(hi, unit)}"
