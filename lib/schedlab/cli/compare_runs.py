"""`schedlab.compare`: from a folder of runs and the name of a metric to a Comparison."""

from __future__ import annotations

import dataclasses
from pathlib import Path


def compare_runs(
    runs,
    metric: str,
    baseline: str,
    treated: str,
    scenario: str | None = None,
    capture: str | None = None,
    scale: str | None = None,
    **options,
):
    """A Comparison of one metric between two arms; `schedlab.compare` is this function.

    `runs` is a folder, or Runs, or a catalogue. With several scenarios one must be named; without `capture`
    the quietest kind that has the metric is used. Shares are compared as differences unless `scale` says
    otherwise. `options` go to `stats.compare.compare` (margin, paired, confidence). Designs that cannot
    answer raise DesignError; caveats come first among the warnings.
    """
    chosen, values = measured(as_runs(runs), metric, (baseline, treated), scenario, capture)
    return judged(chosen, values, baseline, treated, scale, **options)


def judged(runs, values, baseline: str, treated: str, scale: str | None = None, **options):
    """The Comparison of values that were measured of `runs`, the design's caveats first."""
    from schedlab.stats import compare, design

    metric, unit, better = values[["metric", "unit", "better"]].iloc[0]
    caveats = design.caveats(runs, baseline, treated, metric)
    scale = scale or ("difference" if unit == "share" else "ratio")
    found = compare.compare(values, baseline, treated, metric, unit, better, scale, **options)
    return dataclasses.replace(found, warnings=(*caveats, *found.warnings))


def measured(runs, metric: str, arms: tuple[str, str], scenario: str | None, capture: str | None):
    """(the runs compared, their values): one scenario, and the first kind of capture that has the metric."""
    from schedlab import metrics
    from schedlab.errors import TooFewValues, UnknownName
    from schedlab.model.run import CAPTURES

    for arm in arms:
        if arm not in {r.arm for r in runs}:
            raise UnknownName("arm", arm, {r.arm for r in runs})
    ours = in_scenario([r for r in runs if r.arm in arms], scenario)
    for kind in (capture,) if capture else CAPTURES:
        chosen = [r for r in ours if r.capture == kind]
        values = metrics.collect(chosen, [metric])
        if len(values) and values["value"].notna().any():
            return chosen, values
    raise TooFewValues(f"no run of {' or '.join(arms)} has {metric}: {_why(ours, metric)}")


def _why(runs, metric: str) -> str:
    from schedlab import metrics

    reasons = metrics.collect(runs[:1], [metric])["missing_because"]
    return reasons.iloc[0] if len(reasons) else "there are none of that capture"


def in_scenario(runs, scenario: str | None):
    """The runs of that scenario; with several and none named, an error that lists them."""
    from schedlab.errors import SchedlabError, UnknownName

    known = sorted({r.scenario for r in runs})
    if scenario is None and len(known) > 1:
        raise SchedlabError(f"several scenarios ({', '.join(known)}); name one with scenario (--scenario)")
    if scenario is not None and scenario not in known:
        raise UnknownName("scenario", scenario, known)
    return [r for r in runs if scenario in (None, r.scenario)]


def as_runs(runs) -> list:
    """Runs from a folder, a catalogue, run folders, or Runs."""
    from schedlab.model import catalog
    from schedlab.model.run import Run, read_run

    if isinstance(runs, (str, Path)):
        return list(catalog.runs(runs))
    if hasattr(runs, "columns"):
        return [read_run(folder) for folder in runs["folder"]]
    runs = list(runs)
    return runs if all(isinstance(r, Run) for r in runs) else [read_run(folder) for folder in runs]
