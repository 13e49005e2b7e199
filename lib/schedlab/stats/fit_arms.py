"""Every family fitted to every arm under every scenario, its runs together: which fits, what it means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from schedlab import units
from schedlab.dist import USUAL
from schedlab.errors import TooFewValues
from schedlab.model.extend import Family
from schedlab.model.fit import Fit
from schedlab.model.results import Estimate
from schedlab.model.run import Run
from schedlab.model.sample import Sample
from schedlab.stats.fit_dependence import effective_size
from schedlab.stats.fit_table import Fits, fits
from schedlab.stats.select import merged
from schedlab.stats.select_parts import parts
from schedlab.stats.tails import Tail, tail

Arm = tuple[str, str]


def by_arm(samples: Mapping[str, Sample], runs: Iterable[Run]) -> dict[Arm, dict[str, Sample]]:
    """(scenario, arm) to the samples of its runs, by name; runs without a sample are left out."""
    groups: dict[Arm, dict[str, Sample]] = {}
    for run in sorted(runs, key=lambda r: (r.scenario, r.arm, r.order)):
        if run.id in samples:
            groups.setdefault((run.scenario, run.arm), {})[run.id] = samples[run.id]
    return groups


def fit_arms(
    groups: Mapping[Arm, Mapping[str, Sample]], families: Iterable[Family] = USUAL
) -> dict[Arm, Fits]:
    """One `Fits` per scenario and arm; standard errors and selection are by run where there are three."""
    families = tuple(families)
    return {arm: fits(samples, families) for arm, samples in groups.items()}


def nearest(found: Mapping[Arm, Fits]) -> pd.DataFrame:
    """One row per scenario and arm: the family that comes nearest, whether it fits, and its story."""
    return pd.DataFrame([_nearest(arm, fitted) for arm, fitted in found.items()])


def parameters(found: Mapping[Arm, Fits]) -> pd.DataFrame:
    """Parameters of the nearest family of each scenario and arm, with 95 % intervals."""
    tables = [
        _about(arm, f.parameters()[lambda t, f=f: t["family"] == top(f).family.name])
        for arm, f in found.items()
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def selection(found: Mapping[Arm, Fits]) -> pd.DataFrame:
    """How each family foretells runs left out: mean log-density lost to the best, with interval over runs."""
    chosen = [(arm, f.selection.table) for arm, f in found.items() if f.selection]
    tables = [_about(arm, table.drop(columns=["k", "score", "akaike_weight"])) for arm, table in chosen]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["scenario", "arm"])


def kinds(groups: Mapping[Arm, Mapping[str, Sample]], found: Mapping[Arm, Fits]) -> pd.DataFrame:
    """How many kinds of request (parts of a lognormal mixture) each scenario and arm shows."""
    rows = []
    for arm, samples in groups.items():
        seen = parts(samples, found[arm].n_eff, most=3)
        rows.append((*arm, len(samples), seen.k or np.nan, seen.k_bic, seen.verdict))
    return pd.DataFrame(rows, columns=["scenario", "arm", "runs", "parts", "parts_by_bic", "verdict"])


def top(fitted: Fits):
    """The fit on top: of the selected family, else the first whose parameters can be read."""
    best = fitted.selection.table["family"].iloc[0] if fitted.selection else None
    ranked = [f for f in fitted if f.family.name == best] + [f for f in fitted if f.readable]
    return (ranked or list(fitted))[0]


def leaders(fitted: Fits, most: int = 3) -> list[Fit]:
    """The best families to draw, the chosen one first."""
    first = top(fitted)
    return [first, *(f for f in fitted if f.readable and f is not first)][:most]


def tails(groups: Mapping[Arm, Mapping[str, Sample]]) -> dict[Arm, Tail]:
    """The tail of every scenario and arm that has enough values in order."""
    found = {}
    for arm, samples in groups.items():
        try:
            found[arm] = tail(samples)
        except TooFewValues:
            continue
    return found


def whole(groups: Mapping[Arm, Mapping[str, Sample]], scenario: str, arm: str) -> tuple[Sample, float]:
    """All requests of an arm and how many independent ones they are worth; nothing where none were logged."""
    samples = {run: s for run, s in groups.get((scenario, arm), {}).items() if s.upper is None}
    if not samples:
        return Sample.of([], "s"), 0.0
    return merged(samples), sum(effective_size(s.values) for s in samples.values())


def tail_levels(found: Mapping[Arm, Tail]) -> pd.DataFrame:
    """Far quantiles with intervals, and whether n supports them; one row per scenario, arm and quantile."""
    tables = [_about(arm, t.levels.assign(runs=t.runs)) for arm, t in found.items()]
    empty = pd.DataFrame(columns=["scenario", "arm", "q", "supported"])
    return pd.concat(tables, ignore_index=True) if tables else empty


def levels_shown(levels: pd.DataFrame) -> pd.DataFrame:
    """`tail_levels` as people read it: quantiles by name, both estimates with their intervals in words."""
    rows = [
        (
            *(r["scenario"], r["arm"], f"p{100 * r['q']:g}", _told(r, "by_runs", "by_runs_{}")),
            *(
                _told(r, "value", "{}"),
                units.show(r["observed"], "s"),
                r["clusters_beyond"],
                r["runs_beyond"],
            ),
            *(r["runs"], "yes" if r["supported"] else "no"),
        )
        for r in levels.to_dict("records")
    ]
    names = ("scenario", "arm", "quantile", "by runs", "by tails", "observed", "clusters beyond")
    return pd.DataFrame(rows, columns=[*names, "runs beyond", "runs", "supported"])


def _told(row: dict, name: str, end: str) -> str:
    """Value and interval of a time in words; what is not known is a dash."""
    value, lo, hi = row[name], row[end.format("lo")], row[end.format("hi")]
    return "-" if math.isnan(value) else units.show_interval(value, lo, hi, "s")


def tail_indices(found: Mapping[Arm, Tail]) -> pd.DataFrame:
    """The tail index by three estimators at every threshold; one row per scenario, arm and threshold."""
    columns = [
        "share",
        "threshold",
        "exceedances",
        "clusters",
        "extremal_index",
        "hill",
        "moment",
        "xi",
        "xi_lo",
        "xi_hi",
    ]
    tables = [_about(arm, t.band[columns]) for arm, t in found.items() if len(t.band)]
    return (
        pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=["scenario", "arm", *columns])
    )


def tail_values(levels: pd.DataFrame) -> dict[str, Estimate]:
    """The supported far quantiles as estimates to publish, a value a run, by scenario, arm and quantile."""
    rows = levels[levels["supported"].astype(bool)].to_dict("records") if len(levels) else []
    rows = [row for row in rows if math.isfinite(row["by_runs"])]
    method = "t interval of the mean of logs over runs"
    return {
        f"{r['scenario']}_{r['arm']}_p{100 * r['q']:g}".lower().replace(".", "_"): Estimate(
            r["by_runs"], r["by_runs_lo"], r["by_runs_hi"], "s", int(r["runs"]), method=method
        )
        for r in rows
    }


def tail_doubts(found: Mapping[Arm, Tail]) -> pd.DataFrame:
    """Every warning of every tail, one row each."""
    rows = [(*arm, text) for arm, tail_ in found.items() for text in tail_.warnings]
    return pd.DataFrame(rows, columns=["scenario", "arm", "doubt"])


def _about(arm: Arm, table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    table.insert(0, "scenario", arm[0])
    table.insert(1, "arm", arm[1])
    return table


def _nearest(arm: Arm, fitted: Fits) -> dict:
    best = top(fitted)
    row = fitted.table().set_index("family").loc[best.family.name]
    verdict = fitted.selection.verdict if fitted.selection else "too few runs to leave one out"
    return {
        "scenario": arm[0], "arm": arm[1], "nearest": best.family.name, "verdict": verdict,
        "means": best.family.story, "n": int(best.n), "n_eff": fitted.n_eff,
        "ks": row["ks"], "ks_lo": row["ks_lo"], "ks_hi": row["ks_hi"],
        "w1_s": row["w1"], "w1_lo_s": row["w1_lo"], "w1_hi_s": row["w1_hi"],
    }  # fmt: skip
